"""The living tracks as arrays that the kernels change: :mod:`tracker.table` for compiled code."""

import numpy as np

from ..detections import LARGEST_PX
from ..tracks import Tracks
from .build import kernel

ID, HITS, STREAK, AGE, DETECTION, SLOT, PUSHED, FEATURE_AGE = range(8)
"""Columns of a track's whole numbers. AGE counts frames since the last match; SLOT is its place in
the gallery, PUSHED the features put there and FEATURE_AGE frames since the last of them; the others
are as in :class:`tracker.table`."""

FEWEST = 64
"""Tracks that there is room for from the start."""

FEWEST_REPORTED = 1024
"""Reported tracks that room is made for at a time."""

LARGEST = np.iinfo(np.int64).max
"""Stands for any larger number of frames."""


class TrackArrays:
    """Room for the living tracks, and a few more; row t belongs to track t, by ascending id.

    Attributes:
        state: (capacity, 4, 5) float64, see :mod:`tracker.compiled.kalman`.
        marks: (capacity, 8) int64, columns as above. The slots of all rows, also of those behind
            the living tracks, are 0, 1, ... in some order.
        confidences: (capacity,) float64, of the last match.
        count: Living tracks.
        born: Tracks so far.
    """

    def __init__(self) -> None:
        self.state = np.empty((0, 4, 5))
        self.marks = np.empty((0, 8), np.int64)
        self.confidences = np.empty(0)
        self.count = 0
        self.born = 0

    def reserve(self, births: int) -> None:
        """Make room for so many more tracks."""
        needed = self.count + births
        if needed <= len(self.marks):
            return
        # In a steady crowd each frame asks for as many births again, and gets none.
        capacity = max(3 * needed, FEWEST)
        self.state = enlarged(self.state, capacity)
        slots = np.arange(capacity)
        slots[: len(self.marks)] = self.marks[:, SLOT]
        self.marks = enlarged(self.marks, capacity)
        self.marks[:, SLOT] = slots
        self.confidences = enlarged(self.confidences, capacity)


class ReportArrays:
    """The arrays of :class:`Tracks` that reports are written to, of many frames one after another.

    A report is a part of them and keeps them alive. At ten objects a frame, to ask numpy for five
    new arrays would be a tenth of SORT.

    Attributes:
        arrays: In the order of Tracks, (capacity, ...) each.
        used: Rows that belong to earlier reports.
    """

    def __init__(self) -> None:
        self.used = 0
        self._allocate(0)

    def reserve(self, rows: int) -> None:
        """Make room for a report of so many tracks."""
        if self.used + rows > self._capacity:
            self.used = 0
            self._allocate(max(rows, FEWEST_REPORTED))

    def take(self, end: int) -> Tracks:
        """The report that was written to the rows from `used` to end, which now are used."""
        ids, boxes_tlwh, ages, indices, confidences = self.arrays
        rows = slice(self.used, end)
        self.used = end
        return Tracks(ids[rows], boxes_tlwh[rows], ages[rows], indices[rows], confidences[rows])

    def _allocate(self, capacity: int) -> None:
        self._capacity = capacity
        self.arrays = (
            np.empty(capacity, np.int64),
            np.empty((capacity, 4)),
            np.empty(capacity, np.int64),
            np.empty(capacity, np.int64),
            np.empty(capacity),
        )


def enlarged(array: np.ndarray, rows: int) -> np.ndarray:
    """The array (R, ...) with more rows, which are not initialised."""
    larger = np.empty((rows, *array.shape[1:]), array.dtype)
    larger[: len(array)] = array
    return larger


def contiguous(array: np.ndarray) -> np.ndarray:
    """The array itself if it is laid out as the kernels' signatures want it, else a copy."""
    return array if array.flags.carray else np.array(array, order="C")


@kernel
def is_box(boxes_tlwh, confidences, row):
    """Whether a box and its confidence are sound: :func:`tracker.detections.valid_mask`."""
    for k in range(4):
        if not abs(boxes_tlwh[row, k]) < LARGEST_PX:
            return False
    is_wide = boxes_tlwh[row, 2] > 1 / LARGEST_PX
    return is_wide and boxes_tlwh[row, 3] > 1 / LARGEST_PX and np.isfinite(confidences[row])


@kernel
def miss(marks, track):
    """Count a frame in which a track has not been matched, as yet."""
    marks[track, AGE] += 1
    marks[track, FEATURE_AGE] += 1
    marks[track, DETECTION] = -1


@kernel
def hit(marks, confidences, track, detection, confidence):
    """Count a match of a track with a detection."""
    marks[track, STREAK] = marks[track, STREAK] + 1 if marks[track, AGE] == 1 else 1
    marks[track, HITS] += 1
    marks[track, AGE] = 0
    marks[track, DETECTION] = detection
    confidences[track] = confidence


@kernel
def begin(marks, confidences, track, identity, detection, confidence):
    """Start a track with a detection."""
    marks[track, ID] = identity
    marks[track, HITS] = 1
    marks[track, STREAK] = marks[track, AGE] = 0
    marks[track, PUSHED] = marks[track, FEATURE_AGE] = 0
    marks[track, DETECTION] = detection
    confidences[track] = confidence


@kernel
def move(state, marks, confidences, source, target):
    """Move a track to an earlier row, whose track is dead and leaves its slot behind."""
    if source == target:
        return
    for coordinate in range(4):
        for k in range(5):
            state[target, coordinate, k] = state[source, coordinate, k]
    for k in range(marks.shape[1]):
        marks[target, k], marks[source, k] = marks[source, k], marks[target, k]
    confidences[target] = confidences[source]


@kernel
def report(
    marks, confidences, track, row, out_ids, out_boxes, out_ages, out_detections, out_confidences
):
    """Write a track into the row of a report that has its box already.

    Returns:
        The next row; the same if coasting has shrunk the box to nothing.
    """
    out_ids[row] = marks[track, ID]
    out_ages[row] = marks[track, AGE]
    out_detections[row] = marks[track, DETECTION]
    out_confidences[row] = confidences[track]
    # Without a branch no array is counted as a reference: that costs more than all of this.
    return row + int((out_boxes[row, 2] > 0) & (out_boxes[row, 3] > 0))
