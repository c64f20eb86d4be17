"""benchmarks/adapters.py: boxes go into a tracker's form and come back the same."""

import numpy as np
import pytest

from benchmarks import adapters
from benchmarks.association_boxes import Frame

FRAME = Frame(np.array([[10.0, 20, 30, 40], [5, 6, 7, 8]]), np.array([0.9, 0.8]), None)


def test_corners():
    given = adapters.CORNERS.given(FRAME)
    assert given.tolist() == [[10, 20, 40, 60, 0.9], [5, 6, 12, 14, 0.8]]
    assert adapters.CORNERS_AND_CLASS.given(FRAME)[:, 5].tolist() == [0, 0]


@pytest.mark.parametrize("more", [[], [0.9, 0.0, 1.0]])
def test_rows_of_corners_are_read(more):
    answer = [[10, 20, 40, 60, 7, *more], [5, 6, 12, 14, 3, *more]]
    ids, boxes_tlwh = adapters.CORNERS.read(np.array(answer))
    assert ids.tolist() == [7, 3]
    np.testing.assert_array_equal(boxes_tlwh, FRAME.boxes_tlwh)


@pytest.mark.parametrize("answer", [np.empty((0, 5)), np.empty((0, 8)), []])
def test_no_rows(answer):
    ids, boxes_tlwh = adapters.CORNERS.read(answer)
    assert (ids.shape, boxes_tlwh.shape) == ((0,), (0, 4))


def test_supervision_reports_confirmed_tracks_only():
    given = adapters.SUPERVISION.given(FRAME)
    given.tracker_id = np.array([-1, 4])
    ids, boxes_tlwh = adapters.SUPERVISION.read(given)
    assert ids.tolist() == [4]
    np.testing.assert_array_equal(boxes_tlwh, FRAME.boxes_tlwh[1:])


def test_our_trackers_take_and_return_boxes():
    from flatsort.tracker import FlatSort

    tracks = FlatSort().update(adapters.OURS.given(FRAME))
    ids, boxes_tlwh = adapters.OURS.read(tracks)
    assert sorted(ids.tolist()) == [1, 2]
    assert sorted(boxes_tlwh.tolist()) == sorted(FRAME.boxes_tlwh.tolist())
