"""Assignment of rows to columns of a cost matrix.

In DeepSORT rows are tracks and columns are detections; in SORT it is the other way round. Both
matching functions return

* matches, (K, 2) intp, one row and one column per match; of shape (0, 2) if there are none,
* unmatched rows, (.,) intp,
* unmatched columns, (.,) intp.

Unmatched rows and columns have this order: first the unpaired ones, then those whose pair was too
costly. The trackers number their new tracks in this order.

The solver is always scipy's. Clamped costs make ties common, and this solver always breaks a tie in
the same way.
"""

import numpy as np

from ..arrays import Bools, Floats, Ints
from ..constants import CLAMP

Matching = tuple[Ints, Ints, Ints]


def min_cost_matching(cost: Floats, max_cost: float) -> Matching:
    """Pair rows and columns at the smallest total cost, as nwojke/deep_sort does.

    All costs above max_cost are set to the same value just above it. A pair that will be refused
    thus cannot influence the other pairs by its cost. Refused pairs come back unmatched.

    Args:
        cost: (R, C) costs; infinite where a pair is impossible.
        max_cost: Largest acceptable cost.

    Returns:
        Matches, unmatched rows, unmatched columns; see the module.
    """
    # scipy is imported here because the compiled engine does without it, and the import takes
    # longer than that engine takes for a video.
    from scipy.optimize import linear_sum_assignment

    clamped = np.where(cost > max_cost, np.float64(max_cost + CLAMP), cost)
    rows, columns = linear_sum_assignment(clamped)
    return _split(rows, columns, cost[rows, columns] <= max_cost, cost.shape)


def max_overlap_matching(overlap: Floats, min_overlap: float) -> Matching:
    """Pair rows and columns at the largest total overlap, as abewley/sort does.

    Overlaps are not clamped. If there are pairs above min_overlap and no two of them share a row
    or a column, they are the matches. This shortcut is fast, and its result can differ from the
    solver's, which may give up one good pair for two poor ones.

    Args:
        overlap: (R, C) overlaps.
        min_overlap: Smallest acceptable overlap.

    Returns:
        Matches, unmatched rows, unmatched columns; see the module.
    """
    from scipy.optimize import linear_sum_assignment

    above = overlap > min_overlap
    if above.any() and above.sum(axis=0).max() == 1 and above.sum(axis=1).max() == 1:
        rows, columns = np.nonzero(above)
    else:
        rows, columns = linear_sum_assignment(overlap, maximize=True)
    return _split(rows, columns, overlap[rows, columns] >= min_overlap, overlap.shape)


def _split(rows: Ints, columns: Ints, accepted: Bools, shape: tuple[int, ...]) -> Matching:
    matches = np.column_stack([rows[accepted], columns[accepted]])
    unmatched_rows = np.concatenate([missing_numbers(rows, shape[0]), rows[~accepted]])
    unmatched_columns = np.concatenate([missing_numbers(columns, shape[1]), columns[~accepted]])
    return matches, unmatched_rows, unmatched_columns


def missing_numbers(present: Ints, count: int) -> Ints:
    """Return the numbers from 0 to count - 1 that are not present, ascending."""
    missing = np.ones(count, dtype=bool)
    missing[present] = False
    return np.flatnonzero(missing)
