"""Evidence of places and times."""

import numpy as np
import pytest

from flatsort.linking.cutting import whole_tracks
from flatsort.linking.movement import Movement

ALL = np.array([0])


def evidence(results, least=0, most=1000):
    tracklets = whole_tracks(results, frame_rate=10)
    assert len(tracklets) == 2
    return float(Movement(tracklets, least, most).evidence(ALL, ALL + 1)[0])


def test_the_evidence_of_a_person_who_waits(courses):
    """After 1 s at the same place: the error is 0, and its deviation 50 (.15 + .35) = 25 pixels.

    All boxes span 420 x 50 pixels, of which a third counts; so 7000 / (2 pi 625) is the ratio of
    the densities, and the time away costs .3 log 2.
    """
    results = courses((1, 1, 10, 0, 10, 0), (2, 20, 1, 0, 10, 0))
    # A first box far away widens the scene; the end of the tracklet does not see it.
    results.boxes_tlwh[0, 0] = -400
    expected = np.log(7000 / (2 * np.pi * 25**2)) - 0.3 * np.log(2)
    assert evidence(results) == pytest.approx(expected)


def test_a_walk_goes_on_straight(courses):
    walk = (1, 1, 20, 0, 10, 4)
    on, back = (2, 25, 20, 96, 10, 4), (2, 25, 20, 56, 10, 4)
    assert evidence(courses(walk, on)) > evidence(courses(walk, back)) + 0.5


@pytest.mark.parametrize(
    "second",
    [
        pytest.param((2, 10, 5, 0, 10, 0), id="shares a frame"),
        pytest.param((2, 11, 5, 130, 10, 0), id="too fast: 130 > 50 (1 + 1.5 * .1)"),
    ],
)
def test_impossible_ways(courses, second):
    assert evidence(courses((1, 1, 10, 0, 10, 0), second)) == -np.inf


def test_the_time_between_has_bounds(courses):
    results = courses((1, 1, 10, 0, 10, 0), (2, 15, 5, 0, 10, 0))
    assert np.isfinite(evidence(results, least=5, most=5))
    assert evidence(results, least=6) == -np.inf
    assert evidence(results, most=4) == -np.inf


def test_another_height_speaks_against(courses):
    same = courses((1, 1, 10, 0, 10, 0), (2, 15, 5, 0, 10, 0))
    grown = courses((1, 1, 10, 0, 10, 0), (2, 15, 5, 0, 10, 0))
    grown.boxes_tlwh[10:, 3] = 80
    assert evidence(grown) < evidence(same) - 1
