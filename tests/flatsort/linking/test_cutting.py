"""The places where tracks are cut."""

import numpy as np

from flatsort.linking.cutting import cut_tracks, survey, whole_tracks


def cut(results, frame_rate=10):
    tracklets = cut_tracks(results, survey(results), frame_rate)
    return [(each.track, each.first, each.last) for each in tracklets]


def test_a_lonely_walk_stays_whole(courses):
    assert cut(courses((1, 1, 30, 0, 10, 3))) == [(1, 1, 30)]


def test_a_gap_cuts(courses):
    """At 10 frames per second one frame may pass without a cut: 0.13 s are rounded to 1."""
    assert cut(courses((1, 1, 5, 0, 10, 0), (1, 7, 5, 0, 10, 0))) == [(1, 1, 5), (1, 7, 11)]
    assert cut(courses((1, 1, 5, 0, 10, 0), (1, 7, 5, 0, 10, 0)), 30) == [(1, 1, 11)]


def test_a_jump_cuts(courses):
    """12 of 20 pixels overlap: IoU 12 / 28 = .43. With 10 of 20 it is 1/3, below .4."""
    assert cut(courses((1, 1, 5, 0, 10, 0), (1, 6, 5, 8, 10, 0))) == [(1, 1, 10)]
    assert cut(courses((1, 1, 5, 0, 10, 0), (1, 6, 5, 10, 10, 0))) == [(1, 1, 5), (1, 6, 10)]


def test_a_better_continuation_by_another_track_cuts(courses):
    """Track 1 moves on by 6 pixels, and a new box of track 2 lies 2 pixels from its old one."""
    results = courses((1, 1, 5, 0, 10, 0), (1, 6, 5, 6, 10, 0), (2, 6, 5, 2, 10, 0))
    assert (1, 1, 5) in cut(results)
    assert (1, 6, 10) in cut(results)


def test_the_end_of_a_cover_cuts(courses):
    """Track 2 stands before track 1 in frames 4 to 6: 15 pixels lower, wholly over it."""
    results = courses((1, 1, 10, 0, 10, 0), (2, 4, 3, 0, 25, 0))
    assert cut(results) == [(1, 1, 6), (2, 4, 6), (1, 7, 10)]


def test_the_surroundings_of_boxes(courses):
    """The lower box covers 35 of 50 rows of the upper one, and the IoU is 35 / 65."""
    around = survey(courses((1, 1, 1, 0, 10, 0), (2, 1, 1, 0, 25, 0)))
    np.testing.assert_allclose(around.covered, [0.7, 0])
    np.testing.assert_allclose(around.crowding, [35 / 65, 35 / 65])
    assert around.rivalry.tolist() == [0, 0]


def test_results_without_boxes(courses):
    results = courses()
    assert cut(results) == []
    assert whole_tracks(results, 10) == []
