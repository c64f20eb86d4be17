"""The compiled trackers without appearance: reports, resets and the layout of boxes in memory."""

import numpy as np
import pytest

from flatsort.tracker import Detections, FlatSort, FlatSortConfig, Sort, SortMotion
from flatsort.tracker.compiled.table import MIN_REPORT_CAPACITY
from flatsort.tracker.reference.flat_sort import ReferenceFlatSort
from tests.tracker.compiled.engines import assert_same

both = pytest.mark.parametrize("tracker_class", [Sort, FlatSort])


@both
def test_reset_starts_anew(tracker_class):
    tracker = tracker_class()
    frame = Detections([[0.0, 0, 10, 10], [0, 0, -1, 10]], [1.0, 1.0])
    first = tracker.update(frame)
    assert tracker.dropped == 1
    tracker.reset()
    assert tracker.dropped == 0
    assert_same(tracker.update(frame), first)


@pytest.mark.parametrize(
    ("tracker_class", "start_reference"),
    [
        pytest.param(Sort, lambda: Sort(motion=SortMotion), id="Sort"),
        pytest.param(FlatSort, lambda: ReferenceFlatSort(FlatSortConfig()), id="FlatSort"),
    ],
)
def test_earlier_reports_do_not_change_later(tracker_class, start_reference):
    # The reports fill more than one block.
    corners = np.column_stack([np.arange(10) * 100.0, np.zeros(10)])
    frames = [
        Detections(np.column_stack([corners + step, np.full((10, 2), 50.0)]), np.ones(10))
        for step in range(3 * MIN_REPORT_CAPACITY // 10)
    ]
    compiled, reference = tracker_class(), start_reference()
    ours = [compiled.update(frame) for frame in frames]
    for tracks, frame in zip(ours, frames, strict=True):
        assert_same(tracks, reference.update(frame))


@both
@pytest.mark.parametrize("change", ["strided", "read-only", "Fortran", "unaligned"])
def test_boxes_in_any_memory_layout(tracker_class, change):
    boxes = np.array([[0.0, 0, 10, 20], [50, 0, 10, 20]])
    confidences = np.array([1.0, 0.8])
    wanted = tracker_class().update(Detections(boxes, confidences))
    if change == "strided":
        boxes, confidences = np.repeat(boxes, 2, axis=1)[:, ::2], np.repeat(confidences, 2)[::2]
    elif change == "Fortran":
        boxes = np.asfortranarray(boxes)
    elif change == "unaligned":
        boxes = np.frombuffer(b" " + boxes.tobytes(), offset=1).reshape(2, 4)
    else:
        boxes.flags.writeable = confidences.flags.writeable = False
    assert_same(tracker_class().update(Detections(boxes, confidences)), wanted)
