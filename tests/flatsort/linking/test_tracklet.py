"""Places and velocities at the ends of tracklets."""

import numpy as np
import pytest

from flatsort.linking.cutting import whole_tracks


def test_a_person_who_stands_still(courses):
    (tracklet,) = whole_tracks(courses((7, 3, 20, 40, 10, 0)), frame_rate=10)
    for end, frame in ((tracklet.start, 3), (tracklet.end, 22)):
        assert (end.frame, end.height) == (frame, 50)
        np.testing.assert_allclose(end.place, [50, 10])
        np.testing.assert_allclose(end.velocity, [0, 0], atol=1e-12)


def test_the_velocity_of_a_walk_is_drawn_towards_zero(courses):
    """The fit sees 5 boxes, half a second at 10 per second.

    Their times about the mean have the sum of squares 10, and the prior adds 6, so the velocity is
    10 / (10 + 6) of 8 pixels per frame.
    """
    (tracklet,) = whole_tracks(courses((7, 1, 30, 0, 10, 8)), frame_rate=10)
    assert tracklet.end.velocity[0] == pytest.approx(8 * 10 / 16)
    assert tracklet.start.velocity[0] == pytest.approx(8 * 10 / 16)
    # The middle of the five boxes is right; the end lies two steps of the velocity beyond it.
    assert tracklet.end.place[0] == pytest.approx(27 * 8 + 10 + 2 * 5)


def test_two_boxes_say_nothing_about_a_velocity(courses):
    (tracklet,) = whole_tracks(courses((7, 1, 2, 0, 10, 8)), frame_rate=10)
    assert tracklet.end.velocity.tolist() == [0, 0]
    assert tracklet.end.place.tolist() == [14, 10]


def test_a_split_keeps_each_row_once(courses):
    (tracklet,) = whole_tracks(courses((7, 1, 6, 0, 10, 8)), frame_rate=10)
    before, after = tracklet.split(4)
    assert before.frames.tolist() == [1, 2, 3]
    assert after.frames.tolist() == [4, 5, 6]
    assert [*before.rows, *after.rows] == tracklet.rows.tolist()
