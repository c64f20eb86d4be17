"""Hand-made footage of people who walk side by side, and trackers that cheat."""

import numpy as np
import pytest

from flatsort.evaluation.verdict.contestant import Contestant
from flatsort.evaluation.verdict.detected_boxes import DetectedBoxes
from flatsort.evaluation.verdict.sure_people import find_sure_people
from flatsort.tracker import Tracks

FRAME_RATE = 10.0


def make_boxes(*rows, numbers=None):
    """Make boxes from rows (frame, left, top[, height]); they are half as wide as high."""
    table = np.array([(*row, 40.0)[:4] for row in rows], float).reshape(-1, 4)
    table = table[np.argsort(table[:, 0], kind="stable")]
    frames = table[:, 0].astype(np.int64)
    if numbers is None:
        numbers = np.arange(1, frames.max() + 1)
    height = table[:, 3]
    return DetectedBoxes(
        np.asarray(numbers, np.int64),
        frames,
        np.column_stack([table[:, 1], table[:, 2], height / 2, height]),
        np.full(len(table), 0.9),
    )


@pytest.fixture
def walkers():
    """Four people walk side by side for 60 frames, 100 px apart; row 4 f + p is person p."""
    rows = [(n, 100 * p + n, 50) for n in range(1, 61) for p in range(4)]
    return make_boxes(*rows)


@pytest.fixture
def sure(walkers):
    return find_sure_people(walkers, FRAME_RATE)


class ByLooks:
    """A tracker that reads the person off the feature, and gives ids by a rule.

    Args:
        name_person: returns the id of a person in a frame, from the number of frames in which the
            person was missing since last seen, the person, and the persons missing now.
    """

    def __init__(self, name_person):
        self._name = name_person
        self._missed = {}

    def update(self, detections):
        people = detections.features[:, 0].astype(int).tolist()
        absent = sorted(set(self._missed) - set(people))
        for person in absent:
            self._missed[person] += 1
        ids = [self._name(person, self._missed.get(person, 0), absent) for person in people]
        self._missed.update(dict.fromkeys(people, 0))
        count = len(people)
        return Tracks(
            np.array(ids, np.int64).reshape(-1),
            detections.boxes_tlwh,
            np.zeros(count, np.int64),
            np.arange(count),
            detections.confidences,
        )


def by_looks(name, make_rule, count=240, people=4):
    """Make a contestant whose features say who each box shows."""
    features = np.tile(np.arange(people), count // people)[:, None].astype(np.float32)
    return Contestant(name, lambda: ByLooks(make_rule()), features)


def perfect():
    """Each person always has the same id."""
    return lambda person, _missed, _absent: person + 1


def forgetful():
    """A person who was missing gets a new id."""
    ids, highest = {}, [0]

    def name(person, missed, _absent):
        if person not in ids or missed:
            highest[0] += 1
            ids[person] = highest[0]
        return ids[person]

    return name


def thievish():
    """The first person in view gets the id of somebody who is missing."""
    stolen = set()

    def name(person, _missed, absent):
        victims = [other for other in absent if other not in stolen]
        if victims and person not in absent:
            stolen.add(victims[0])
            return victims[0] + 1
        return person + 1

    return name
