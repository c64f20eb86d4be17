"""Which detection belongs to which track: assignment problems on a matrix of costs.

Rows are tracks and columns are detections. All functions return

* matches, (K, 2) intp, a row and a column each, two-dimensional also when empty,
* unmatched rows, (.,) intp,
* unmatched columns, (.,) intp: those never paired first, then those whose pair was too costly.
  DeepSORT and SORT number their new tracks in this order.

scipy's solver serves throughout: clamped costs make ties common, and it breaks them the same way
every time.
"""

import numpy as np

Matching = tuple[np.ndarray, np.ndarray, np.ndarray]


def min_cost_matching(cost: np.ndarray, max_cost: float) -> Matching:
    """Pair rows and columns at the least total cost, as nwojke/deep_sort does.

    Costs above max_cost are all set to the same value just above it, so that a pair that will be
    refused cannot distort the others by how bad it is; such pairs come back unmatched.

    Args:
        cost: (R, C) costs; infinite where a pair is impossible.
        max_cost: Largest acceptable cost.

    Returns:
        matches, unmatched rows, unmatched columns; see the module.
    """
    # Not above: compiled trackers do without it, and it takes longer to import than they to run.
    from scipy.optimize import linear_sum_assignment

    clamped = np.where(cost > max_cost, np.float64(max_cost + 1e-5), cost)
    rows, columns = linear_sum_assignment(clamped)
    return _split(rows, columns, cost[rows, columns] <= max_cost, cost.shape)


def max_overlap_matching(overlap: np.ndarray, min_overlap: float) -> Matching:
    """Pair rows and columns at the greatest total overlap, as abewley/sort does.

    Overlaps are not clamped. Where the pairs above min_overlap are one-to-one already they are
    taken as they are: besides being quick this differs from solving, which may trade a good pair
    for two poor ones.

    Args:
        overlap: (R, C) overlaps.
        min_overlap: Smallest acceptable overlap.

    Returns:
        matches, unmatched rows, unmatched columns; see the module.
    """
    from scipy.optimize import linear_sum_assignment

    above = overlap > min_overlap
    if above.any() and above.sum(axis=0).max() == 1 and above.sum(axis=1).max() == 1:
        rows, columns = np.nonzero(above)
    else:
        rows, columns = linear_sum_assignment(overlap, maximize=True)
    return _split(rows, columns, overlap[rows, columns] >= min_overlap, overlap.shape)


def matching_cascade(cost: np.ndarray, max_cost: float, ages: np.ndarray, depth: int) -> Matching:
    """Match the most recently seen tracks first (DeepSORT paper, Listing 1).

    Rows of age 1 take their pick of all columns, rows of age 2 of those left, and so on: a long
    occluded track's wide covariance would otherwise draw detections away from a current one.

    Args:
        cost: (R, C) costs; infinite where a pair is impossible.
        max_cost: Largest acceptable cost.
        ages: (R,) frames since each row was last matched, from 1.
        depth: Greatest age that takes part.

    Returns:
        matches, unmatched rows (ascending), unmatched columns; see the module.
    """
    matches = [np.empty((0, 2), dtype=np.intp)]
    free = np.arange(cost.shape[1])
    for age in np.unique(ages[ages <= depth]):
        if len(free) == 0:
            break
        level = np.flatnonzero(ages == age)
        found, _, left = min_cost_matching(cost[np.ix_(level, free)], max_cost)
        matches.append(np.column_stack([level[found[:, 0]], free[found[:, 1]]]))
        free = free[left]
    merged = np.concatenate(matches)
    return merged, _missing(merged[:, 0], cost.shape[0]), free


def _split(
    rows: np.ndarray, columns: np.ndarray, accepted: np.ndarray, shape: tuple[int, ...]
) -> Matching:
    matches = np.column_stack([rows[accepted], columns[accepted]])
    unmatched_rows = np.concatenate([_missing(rows, shape[0]), rows[~accepted]])
    unmatched_columns = np.concatenate([_missing(columns, shape[1]), columns[~accepted]])
    return matches, unmatched_rows, unmatched_columns


def _missing(present: np.ndarray, count: int) -> np.ndarray:
    """The numbers below count that are not present, ascending."""
    missing = np.ones(count, dtype=bool)
    missing[present] = False
    return np.flatnonzero(missing)
