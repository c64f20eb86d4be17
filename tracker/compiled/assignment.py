"""The solver of :mod:`tracker.reference.assignment`, for matrices in which most costs are equal.

Of the R x C pairs only pairs of near boxes have a cost of their own; these pairs are the entries.
All other pairs have one higher cost, the background: no overlap, or the clamp just above the gate.
The solver works on the entries alone. It gives the result of
``scipy.optimize.linear_sum_assignment`` for the full matrix, to the last bit and the last tie. Ties
matter because they decide which detections are left over, and these number the new tracks.

Like scipy's solver it follows Crouse, "On implementing 2D rectangular assignment algorithms"
(2016): one row after another finds its shortest augmenting path by Dijkstra's algorithm.

The entries suffice for the following reason. Let u and v be the dual prices of rows and columns.
v is 0 for free columns and, apart from rounding, at most 0 for taken ones. A path that leaves the
entries therefore pays least at a free column, and ends there. So a search stays within its
connected component of entries, except for a last step onto a free column. Rounding can lift v of a
taken column slightly above 0, and the column then is slightly cheaper than the free ones. The
solver lists these few columns and tries them like entries.
"""

import numpy as np

from ..arrays import Floats, Ints
from .build import kernel


@kernel
def assign(starts: Ints, columns: Ints, costs: Floats, background: float, n_columns: int) -> Ints:
    """Assign a column to each row at the smallest total cost.

    Args:
        starts: (R + 1,) int64; the entries of row r are those from starts[r] to starts[r + 1].
        columns: (K,) int64, columns of the entries; no pair occurs twice.
        costs: (K,) float64, costs of the entries, each below the background.
        background: Cost of all other pairs.
        n_columns: C.

    Returns:
        (R,) int64 columns; -1 for the rows that are left over where R > C.
    """
    n_rows = len(starts) - 1
    if n_rows <= n_columns:
        return shortest_augmenting_paths(starts, columns, costs, background, n_columns)
    # scipy transposes a tall matrix too, and this decides its ties.
    starts, rows, costs = transpose(starts, columns, costs, n_columns)
    row_of_column = shortest_augmenting_paths(starts, rows, costs, background, n_rows)
    column_of_row = np.full(n_rows, -1, np.int64)
    for column in range(n_columns):
        column_of_row[row_of_column[column]] = column
    return column_of_row


@kernel
def transpose(
    starts: Ints, columns: Ints, costs: Floats, n_columns: int
) -> tuple[Ints, Ints, Floats]:
    """List the same entries by column: starts (C + 1,), rows (K,), costs (K,)."""
    column_starts = np.zeros(n_columns + 1, np.int64)
    for entry in range(len(columns)):
        column_starts[columns[entry]] += 1
    for column in range(1, n_columns + 1):
        column_starts[column] += column_starts[column - 1]
    rows, row_costs = np.empty(len(columns), np.int64), np.empty(len(columns))
    for row in range(len(starts) - 2, -1, -1):  # from the end of each column's list to its start
        for entry in range(starts[row], starts[row + 1]):
            column_starts[columns[entry]] -= 1
            place = column_starts[columns[entry]]
            rows[place], row_costs[place] = row, costs[entry]
    return column_starts, rows, row_costs


@kernel
def entry_of(starts: Ints, columns: Ints, row: int, column: int) -> int:
    """Return the entry of a pair, or -1 if the pair costs the background."""
    for entry in range(starts[row], starts[row + 1]):
        if columns[entry] == column:
            return entry
    return -1


@kernel
def shortest_augmenting_paths(
    starts: Ints, columns: Ints, costs: Floats, background: float, n_columns: int
) -> Ints:
    """Solve the assignment for R <= C: see :func:`assign`."""
    n_rows = len(starts) - 1
    u, v = np.zeros(n_rows), np.zeros(n_columns)
    column_of_row = np.full(n_rows, -1, np.int64)
    row_of_column = np.full(n_columns, -1, np.int64)
    distance = np.full(n_columns, np.inf)  # finite for the columns reached through entries
    reached_from = np.empty(n_columns, np.int64)
    reached = np.empty(n_columns, np.int64)
    settled, settled_at = np.empty(n_columns, np.int64), np.empty(n_columns, np.int64)
    lifted, is_lifted, n_lifted = np.empty(n_columns, np.int64), np.zeros(n_columns, np.bool_), 0
    # scipy breaks ties by the order in which it scans the unsettled columns. At first the order
    # runs from the last column to the first. Whenever a column is settled, the last column in the
    # order takes its place.
    order, place = np.empty(n_columns, np.int64), np.empty(n_columns, np.int64)
    for column in range(n_columns):
        order[column] = place[column] = n_columns - 1 - column
    first_free = 0

    for start_row in range(n_rows):
        row, shortest = start_row, 0.0
        n_reached = n_settled = 0
        free_distance, free_from = np.inf, -1  # to every free column, at the background cost
        sink = -1
        while sink < 0:
            unsettled = n_columns - n_settled
            base = shortest + background - u[row]
            n_entries = starts[row + 1] - starts[row]
            for k in range(n_entries + n_lifted):
                if k < n_entries:
                    entry = starts[row] + k
                    column = columns[entry]
                    longer = shortest + costs[entry] - u[row] - v[column]
                else:
                    column = lifted[k - n_entries]
                    longer = base - v[column]
                if place[column] >= unsettled or longer >= distance[column]:
                    continue
                if row_of_column[column] < 0 and longer >= free_distance:
                    continue
                if distance[column] == np.inf:
                    reached[n_reached] = column
                    n_reached += 1
                distance[column], reached_from[column] = longer, row
            if base < free_distance:
                free_distance, free_from = base, row

            nearest, shortest = -1, free_distance
            for k in range(n_reached):
                column = reached[k]
                if place[column] >= unsettled or distance[column] > shortest:
                    continue
                if distance[column] < shortest:
                    nearest, shortest = column, distance[column]
                elif nearest >= 0:
                    # A free column wins over a taken one. Among free columns the last in the
                    # order wins, among taken columns the first.
                    is_free, was_free = row_of_column[column] < 0, row_of_column[nearest] < 0
                    later = place[column] > place[nearest]
                    if (is_free and (later or not was_free)) or not (is_free or was_free or later):
                        nearest = column
            if nearest < 0:
                while row_of_column[first_free] >= 0:
                    first_free += 1
                k = min(unsettled, n_columns - first_free) - 1
                while row_of_column[order[k]] >= 0:
                    k -= 1
                nearest = order[k]
                if distance[nearest] > free_distance:
                    reached_from[nearest] = free_from
            if row_of_column[nearest] < 0:
                sink = nearest
            else:
                row = row_of_column[nearest]
            settled[n_settled], settled_at[n_settled] = nearest, place[nearest]
            n_settled += 1
            exchange(order, place, place[nearest], n_columns - n_settled)

        u[start_row] += shortest
        for k in range(n_settled - 1):
            column = settled[k]
            u[row_of_column[column]] += shortest - distance[column]
            v[column] -= shortest - distance[column]
            if v[column] > 0 and not is_lifted[column]:
                is_lifted[column], lifted[n_lifted] = True, column
                n_lifted += 1
        column = sink
        while column >= 0:
            row = reached_from[column]
            row_of_column[column] = row
            column, column_of_row[row] = column_of_row[row], column
            if row == start_row:
                break
        for k in range(n_reached):
            distance[reached[k]] = np.inf
        for k in range(n_settled - 1, -1, -1):
            exchange(order, place, settled_at[k], n_columns - 1 - k)
    return column_of_row


@kernel
def exchange(order: Ints, place: Ints, k: int, m: int) -> None:
    """Exchange the k-th and the m-th column in an order (C,), and in the places (C,) of columns."""
    order[k], order[m] = order[m], order[k]
    place[order[k]], place[order[m]] = k, m
