"""The detections that are worth tracking: the filters of :mod:`tracker.detections`, compiled."""

import numpy as np

from ..arrays import Floats, Ints
from .build import kernel
from .overlap import sort_into_bins, span
from .table import is_box


@kernel
def usable_rows(
    boxes_tlwh: Floats,
    confidences: Floats,
    order: Ints | range,
    min_confidence: float,
    min_height: float,
) -> tuple[Ints, int]:
    """Select the valid boxes that are confident and high enough, in the given order (N,).

    Returns:
        (K,) int64 rows, and the number of invalid boxes.
    """
    rows = np.empty(len(order), np.int64)
    kept = dropped = 0
    for row in order:
        if not is_box(boxes_tlwh, confidences, row):
            dropped += 1
        elif confidences[row] >= min_confidence and boxes_tlwh[row, 3] >= min_height:
            rows[kept] = row
            kept += 1
    return rows[:kept], dropped


@kernel
def take(boxes_tlwh: Floats, rows: Ints) -> Floats:
    """Return the rows (K,) of boxes (., 4), as boxes (K, 4)."""
    taken = np.empty((len(rows), 4))
    for k in range(len(rows)):
        for side in range(4):
            taken[k, side] = boxes_tlwh[rows[k], side]
    return taken


@kernel
def surviving_rows(boxes_tlwh: Floats, max_overlap: float) -> Ints:
    """Return the boxes that survive suppression: :func:`tracker.detections.surviving_rows`.

    Args:
        boxes_tlwh: (N, 4) boxes, from the most to the least confident.
        max_overlap: Largest covered fraction that survives; at 1 nothing is suppressed.

    Returns:
        (K,) int64 rows, ascending.
    """
    count = len(boxes_tlwh)
    if max_overlap >= 1:
        return np.arange(count)
    lefts, widest = np.empty(count), 0.0
    for row in range(count):
        lefts[row] = boxes_tlwh[row, 0]
        widest = max(widest, boxes_tlwh[row, 2])
    members, starts, low, bins_per_px = sort_into_bins(lefts)
    suppressed = np.zeros(count, np.bool_)
    rows, kept = np.empty(count, np.int64), 0
    for row in range(count):
        if suppressed[row]:
            continue
        rows[kept] = row
        kept += 1
        left = lefts[row]
        right = left + boxes_tlwh[row, 2] + 1
        first, end = span(left - widest - 1, right, starts, low, bins_per_px)
        for k in range(first, end):
            later = members[k]
            if later > row and not suppressed[later]:
                suppressed[later] = covered(boxes_tlwh, row, later) > max_overlap
    return rows[:kept]


@kernel
def covered(boxes_tlwh: Floats, row: int, later: int) -> float:
    """Return the fraction of a later box that a row covers, counted in whole pixels."""
    left, top = boxes_tlwh[later, 0], boxes_tlwh[later, 1]
    right, bottom = left + boxes_tlwh[later, 2], top + boxes_tlwh[later, 3]
    area = (right - left + 1) * (bottom - top + 1)
    width = (
        min(boxes_tlwh[row, 0] + boxes_tlwh[row, 2], right) - max(boxes_tlwh[row, 0], left) + 1.0
    )
    height = (
        min(boxes_tlwh[row, 1] + boxes_tlwh[row, 3], bottom) - max(boxes_tlwh[row, 1], top) + 1.0
    )
    fraction: float = max(width, 0.0) * max(height, 0.0) / area
    return fraction
