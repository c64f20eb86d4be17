"""The gallery of a person."""

import numpy as np

from flatsort.tracker import AppearanceMetric
from flatsort.tracker.identity.person import Person, Sighting

EUCLIDEAN = AppearanceMetric("euclidean", gate=1.0)
SIGHTING = Sighting(1, np.array([10.0, 20.0, 30.0, 40.0]), np.zeros(2))


def person(*values, budget=8):
    """A person with one-dimensional features, seen in frames 1, 2, ..."""
    made = Person(SIGHTING, body=1)
    for frame, value in enumerate(values, 1):
        made.add(frame, np.array([value], np.float32), budget)
    return made


def distance(made, value=0.0, until=None):
    return made.distances(EUCLIDEAN, np.array([[value]], np.float32), until)[0]


def test_the_distance_is_the_mean_over_the_nearest_quarter():
    """A quarter of eight crops are two: (1 + 2) / 2."""
    assert distance(person(8, 7, 6, 5, 4, 3, 2, 1)) == 1.5


def test_one_crop_is_compared_at_least():
    assert distance(person(3, 2)) == 2


def test_only_crops_until_a_frame_count():
    assert distance(person(3, 2, 1), until=2) == 2
    assert np.isnan(distance(person(3), until=0))


def test_the_oldest_crop_makes_room():
    made = person(1, 5, 6, budget=2)
    assert distance(made) == 5
    assert made.newest == 3


def test_without_crops_there_is_no_distance():
    made = person()
    assert np.isnan(distance(made))
    assert not made.is_known
    assert made.newest == -1


def test_crops_are_taken_over():
    made = person(5)
    made.absorb(person(1), budget=8)
    made.absorb(person(), budget=8)
    assert distance(made) == 1


def test_a_sighting_moves_with_the_camera():
    moved = SIGHTING.moved(np.array([3.0, -1.0]))
    assert moved.tolist() == [13.0, 19.0, 30.0, 40.0]
