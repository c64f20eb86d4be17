"""Gaps are filled by straight courses."""

import numpy as np

from flatsort.linking.gap_filling import fill_gaps


def test_a_gap_of_two_frames(courses):
    """From left 0 in frame 1 to left 30 in frame 4; the tops go from 10 to 16."""
    results = courses((7, 1, 1, 0, 10, 0), (7, 4, 1, 30, 16, 0), (8, 1, 1, 90, 10, 0))
    filled = fill_gaps(results, longest=2)
    assert filled.frames.tolist() == [1, 4, 1, 2, 3]
    assert filled.ids.tolist() == [7, 7, 8, 7, 7]
    np.testing.assert_allclose(filled.boxes_tlwh[3:], [[10, 12, 20, 50], [20, 14, 20, 50]])
    assert filled.confidences.tolist() == [1, 1, 1, 0, 0]
    assert len(results) == 3


def test_a_longer_gap_stays(courses):
    results = courses((7, 1, 1, 0, 10, 0), (7, 4, 1, 30, 16, 0))
    assert len(fill_gaps(results, longest=1)) == 2
    assert len(fill_gaps(courses(), longest=9)) == 0
