"""Matching by cost: :func:`tracker.reference.assignment.min_cost_matching`, compiled."""

import numpy as np

from ..arrays import Floats, Ints
from .assignment import assign, entry_of
from .build import kernel


@kernel
def pairs_within(limit: float, starts: Ints, columns: Ints, costs: Floats) -> tuple[Ints, Floats]:
    """Return columns and costs of the pairs that cost at most the limit; change starts to match."""
    count = begin = 0
    for row in range(len(starts) - 1):
        for pair in range(begin, starts[row + 1]):
            if costs[pair] <= limit:
                columns[count], costs[count] = columns[pair], costs[pair]
                count += 1
        begin, starts[row + 1] = starts[row + 1], count
    return columns[:count], costs[:count]


@kernel
def pair_off(
    tracks: Ints,
    free: Ints,
    starts: Ints,
    columns: Ints,
    costs: Floats,
    background: float,
    refuses: bool,
    detection_of: Ints,
) -> Ints:
    """Assign the tracks of the rows to the free detections, as ``min_cost_matching`` does.

    Args:
        tracks: (R,) int64, the tracks of the rows; longer arrays are accepted.
        free: (F,) int64, the detections of the columns.
        starts: (R + 1,) int64, see :func:`tracker.compiled.assignment.assign`.
        columns: (K,) int64.
        costs: (K,) float64.
        background: Cost of all other pairs.
        refuses: Whether pairs at the background cost are refused.
        detection_of: (T,) int64, the detection of each track; this function writes its matches.

    Returns:
        (.,) int64, the detections that are still free: first the unpaired ones, then those whose
        pair was refused.
    """
    column_of = assign(starts, columns, costs, background, len(free))
    is_paired = np.zeros(len(free), np.bool_)
    for row in range(len(column_of)):
        if column_of[row] >= 0:
            is_paired[column_of[row]] = True
    left, count = np.empty(len(free), np.int64), 0
    for column in range(len(free)):
        if not is_paired[column]:
            left[count] = free[column]
            count += 1
    for row in range(len(column_of)):
        column = column_of[row]
        if column < 0:
            continue
        if refuses and entry_of(starts, columns, row, column) < 0:
            left[count] = free[column]
            count += 1
        else:
            detection_of[tracks[row]] = free[column]
    return left[:count]
