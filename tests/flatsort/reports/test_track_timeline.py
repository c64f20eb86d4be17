"""Stretches of frames, worked out by hand."""

import numpy as np
import pytest

from flatsort.reports.track_timeline import Bar, Track, find_tracks, stretches


@pytest.mark.parametrize(
    ("frames", "ids", "bars"),
    [
        ([], [], ()),
        ([7], [3], (Bar(7, 7, 3),)),
        ([1, 2, 3], [3, 3, 3], (Bar(1, 3, 3),)),
        # A gap, and a change of identity without a gap.
        ([1, 2, 4, 5, 6], [3, 3, 3, 4, 4], (Bar(1, 2, 3), Bar(4, 4, 3), Bar(5, 6, 4))),
        ([2, 4, 6], [1, 1, 1], (Bar(2, 2, 1), Bar(4, 4, 1), Bar(6, 6, 1))),
    ],
)
def test_stretches(frames, ids, bars):
    assert stretches(np.array(frames, np.int64), np.array(ids, np.int64)) == bars


def test_tracks_are_ordered_by_first_frame_for_any_order_of_rows(make_rows):
    rows = make_rows((6, 9, 0), (2, 5, 0), (3, 9, 0), (1, 5, 0), (2, 9, 0), (2, 4, 0))
    four, five, nine = Bar(2, 2, 4), Bar(1, 2, 5), (Bar(2, 3, 9), Bar(6, 6, 9))
    assert find_tracks(rows) == [Track(5, (five,), 1), Track(4, (four,), 1), Track(9, nine, 1)]
    last = find_tracks(rows)[2]
    assert (last.first, last.last, last.frames) == (2, 6, 3)


def test_no_rows_give_no_tracks(make_rows):
    assert find_tracks(make_rows()) == []
