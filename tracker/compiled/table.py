"""The living tracks as arrays that the kernels change: :mod:`tracker.reference.table`, compiled."""

import numpy as np

from ..arrays import Floats, FloatsOrInts, Ints, Singles
from ..constants import LARGEST_PX
from ..tracks import Tracks
from .build import kernel

ID, HITS, STREAK, AGE, DETECTION, SLOT, PUSHED, FEATURE_AGE = range(8)
"""Columns of `marks`, the whole numbers of each track.

AGE counts the frames since the last match. SLOT is the track's place in the gallery, PUSHED the
number of features put there, and FEATURE_AGE the number of frames since the newest feature. The
other columns are as in :class:`tracker.reference.table.TrackTable`."""

MIN_CAPACITY = 64
"""Smallest capacity, in living tracks."""

MIN_REPORT_CAPACITY = 1024
"""Smallest capacity of a block of reports, in reported tracks."""

MAX_COUNT = np.iinfo(np.int64).max
"""Largest number of frames that a kernel can count; it stands for every larger setting."""


class TrackArrays:
    """Arrays with room for the living tracks and some more. Row t is track t, by ascending id.

    Attributes:
        state: (capacity, 4, 5) float64, see :mod:`tracker.compiled.kalman`.
        marks: (capacity, 8) int64, columns as above. The slots of all rows, the unused rows
            included, are 0, 1, ..., capacity - 1 in some order.
        confidences: (capacity,) float64, confidence of the last matched detection.
        count: Number of living tracks.
        born: Number of tracks so far.
    """

    def __init__(self) -> None:
        self.state = np.empty((0, 4, 5))
        self.marks = np.empty((0, 8), np.int64)
        self.confidences = np.empty(0)
        self.count = 0
        self.born = 0

    def reserve(self, births: int) -> None:
        """Make room for this number of births."""
        needed = self.count + births
        if needed <= len(self.marks):
            return
        # The capacity becomes three times the need, so that arrays grow rarely: every frame
        # reserves one birth per detection, though few detections start a track.
        capacity = max(3 * needed, MIN_CAPACITY)
        self.state = enlarged(self.state, capacity)
        slots = np.arange(capacity)
        slots[: len(self.marks)] = self.marks[:, SLOT]
        self.marks = enlarged(self.marks, capacity)
        self.marks[:, SLOT] = slots
        self.confidences = enlarged(self.confidences, capacity)


class ReportArrays:
    """A block of arrays into which the kernels write the reports of many frames in turn.

    A report is a :class:`Tracks` of views of these arrays, which live as long as the report does.
    Five new arrays per frame would cost a tenth of SORT's time at ten objects per frame.

    Attributes:
        arrays: The fields of Tracks in their order, (capacity, ...) each.
        used: Number of rows that belong to earlier reports.
    """

    def __init__(self) -> None:
        self.used = 0
        self._allocate(0)

    def reserve(self, rows: int) -> None:
        """Make room for a report of this number of tracks."""
        if self.used + rows > self._capacity:
            self.used = 0
            self._allocate(max(rows, MIN_REPORT_CAPACITY))

    def take(self, end: int) -> Tracks:
        """Return the report in the rows from `used` to end, and mark these rows as used."""
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


def enlarged(array: FloatsOrInts, rows: int) -> FloatsOrInts:
    """Return a copy of the array (R, ...) with more rows; the new rows are not initialised."""
    larger = np.empty((rows, *array.shape[1:]), array.dtype)
    larger[: len(array)] = array
    return larger


def contiguous(array: Singles) -> Singles:
    """Return the array itself if it has the memory layout that the kernels need, else a copy."""
    return array if array.flags.carray else np.array(array, order="C")


@kernel
def is_box(boxes_tlwh: Floats, confidences: Floats, row: int) -> bool:
    """Tell whether a box and its confidence are valid: :func:`tracker.detections.valid_mask`."""
    for k in range(4):
        if not abs(boxes_tlwh[row, k]) < LARGEST_PX:
            return False
    is_wide = boxes_tlwh[row, 2] > 1 / LARGEST_PX
    is_valid: bool = (
        is_wide and boxes_tlwh[row, 3] > 1 / LARGEST_PX and np.isfinite(confidences[row])
    )
    return is_valid


@kernel
def miss(marks: Ints, track: int) -> None:
    """Count a frame as missed by a track; a later :func:`hit` in the frame corrects this."""
    marks[track, AGE] += 1
    marks[track, FEATURE_AGE] += 1
    marks[track, DETECTION] = -1


@kernel
def hit(marks: Ints, confidences: Floats, track: int, detection: int, confidence: float) -> None:
    """Count a match of a track with a detection."""
    marks[track, STREAK] = marks[track, STREAK] + 1 if marks[track, AGE] == 1 else 1
    marks[track, HITS] += 1
    marks[track, AGE] = 0
    marks[track, DETECTION] = detection
    confidences[track] = confidence


@kernel
def begin(
    marks: Ints, confidences: Floats, track: int, identity: int, detection: int, confidence: float
) -> None:
    """Start a track with a detection."""
    marks[track, ID] = identity
    marks[track, HITS] = 1
    marks[track, STREAK] = marks[track, AGE] = 0
    marks[track, PUSHED] = marks[track, FEATURE_AGE] = 0
    marks[track, DETECTION] = detection
    confidences[track] = confidence


@kernel
def move(state: Floats, marks: Ints, confidences: Floats, source: int, target: int) -> None:
    """Move a track to the earlier row of a dead track; the two exchange their slots."""
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
    marks: Ints,
    confidences: Floats,
    track: int,
    row: int,
    out_ids: Ints,
    out_boxes: Floats,
    out_ages: Ints,
    out_detections: Ints,
    out_confidences: Floats,
) -> int:
    """Write a track into a row of a report. The box is in that row already.

    Returns:
        The next row, or the same row if coasting has shrunk the box to nothing.
    """
    out_ids[row] = marks[track, ID]
    out_ages[row] = marks[track, AGE]
    out_detections[row] = marks[track, DETECTION]
    out_confidences[row] = confidences[track]
    # There is no branch here, because numba would then count references to the arrays, which costs
    # more than the rest of this function.
    return row + int((out_boxes[row, 2] > 0) & (out_boxes[row, 3] > 0))
