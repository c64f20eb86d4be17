"""Pairs of boxes that are near each other, found without looking at every pair.

A pair belongs to a row and a column of an assignment. The columns are sorted by one horizontal
coordinate into bins of equal width, as many bins as columns. A row then looks only into the bins
that it spans. If the picture grows with the crowd, the number of columns per row stays constant.
"""

import numpy as np

from ..arrays import Floats, FloatsOrInts, Ints
from .build import kernel


@kernel
def sort_into_bins(x: Floats) -> tuple[Ints, Ints, float, float]:
    """Sort coordinates (C,) into bins of equal width.

    Returns:
        members (C,) int64, ordered by bin; starts (C + 2,) int64, where bins 0 to C start in
        members and where the last one ends; the smallest coordinate; the number of bins per pixel.
    """
    count = len(x)
    low, bins_per_px = 0.0, 0.0
    if count > 0:
        low = high = x[0]
        for k in range(1, count):
            low, high = min(low, x[k]), max(high, x[k])
        if high > low:
            bins_per_px = count / (high - low)
    starts = np.zeros(count + 2, np.int64)
    for k in range(count):
        starts[bin_of(x[k], low, bins_per_px, count)] += 1
    for k in range(1, count + 2):
        starts[k] += starts[k - 1]
    members = np.empty(count, np.int64)
    for k in range(count - 1, -1, -1):  # from the end of each bin to its start
        k_bin = bin_of(x[k], low, bins_per_px, count)
        starts[k_bin] -= 1
        members[starts[k_bin]] = k
    return members, starts, low, bins_per_px


@kernel
def bin_of(x: float, low: float, bins_per_px: float, count: int) -> int:
    """Return the bin of a coordinate, from 0 to count; a larger coordinate has no smaller bin."""
    position = (x - low) * bins_per_px
    if position >= count:
        return count
    # NaN goes to bin 0, because every comparison with NaN is false.
    return int(position) if position > 0 else 0


@kernel
def span(
    x_from: float, x_to: float, starts: Ints, low: float, bins_per_px: float
) -> tuple[int, int]:
    """Return a range of members that contains all coordinates from x_from to x_to.

    It includes one more bin at either end, which outweighs all rounding.
    """
    count = len(starts) - 2
    first = max(bin_of(x_from, low, bins_per_px, count) - 1, 0)
    last = min(bin_of(x_to, low, bins_per_px, count) + 1, count)
    return starts[first], starts[last + 1]


@kernel
def doubled(entries: FloatsOrInts) -> FloatsOrInts:
    """Return a copy (2 K,) of the entries (K,), whose second half is not initialised."""
    larger = np.empty(2 * len(entries), entries.dtype)
    for k in range(len(entries)):
        larger[k] = entries[k]
    return larger


@kernel
def iou(boxes_a: Floats, a: int, boxes_b: Floats, b: int) -> float:
    """Return the IoU of rows a and b of boxes (., 4) tlwh; 0 unless they intersect."""
    left_a, top_a, width_a, height_a = boxes_a[a, 0], boxes_a[a, 1], boxes_a[a, 2], boxes_a[a, 3]
    left_b, top_b, width_b, height_b = boxes_b[b, 0], boxes_b[b, 1], boxes_b[b, 2], boxes_b[b, 3]
    right_a, bottom_a = left_a + width_a, top_a + height_a
    right_b, bottom_b = left_b + width_b, top_b + height_b
    if not (left_a < right_b and left_b < right_a and top_a < bottom_b and top_b < bottom_a):
        return 0.0
    width = min(right_a, right_b) - max(left_a, left_b)
    height = min(bottom_a, bottom_b) - max(top_a, top_b)
    if not (width > 0 and height > 0):
        return 0.0
    shared = width * height
    fraction: float = shared / (width_a * height_a + width_b * height_b - shared)
    return fraction


@kernel
def overlapping_pairs(rows_tlwh: Floats, columns_tlwh: Floats) -> tuple[Ints, Ints, Floats]:
    """Return the IoU of all pairs of boxes (R, 4) and (C, 4) that intersect.

    Returns:
        starts (R + 1,) int64, columns (K,) int64 and overlaps (K,) in (0, 1]. The pairs of row r
        are those from starts[r] to starts[r + 1].
    """
    n_rows, n_columns = len(rows_tlwh), len(columns_tlwh)
    lefts, widest = np.empty(n_columns), 0.0
    for column in range(n_columns):
        lefts[column] = columns_tlwh[column, 0]
        widest = max(widest, columns_tlwh[column, 2])
    members, bin_starts, low, bins_per_px = sort_into_bins(lefts)
    starts = np.zeros(n_rows + 1, np.int64)
    columns, overlaps = np.empty(4 * n_rows, np.int64), np.empty(4 * n_rows)
    count = 0
    for row in range(n_rows):
        left = rows_tlwh[row, 0]
        right = left + rows_tlwh[row, 2]
        first, end = span(left - widest, right, bin_starts, low, bins_per_px)
        # Room is made per row and not per pair: numba counts references wherever a variable may
        # become another array.
        while count + end - first > len(columns):
            columns, overlaps = doubled(columns), doubled(overlaps)
        for k in range(first, end):
            overlap = iou(rows_tlwh, row, columns_tlwh, members[k])
            if overlap > 0:
                columns[count], overlaps[count] = members[k], overlap
                count += 1
        starts[row + 1] = count
    return starts, columns[:count], overlaps[:count]
