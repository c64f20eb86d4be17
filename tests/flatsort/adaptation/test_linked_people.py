"""People of footage, linked over absences by motion and looks."""

import numpy as np
import pytest

from flatsort.adaptation.linked_footage import LinkedFootage
from flatsort.adaptation.linked_people import link_people
from flatsort.tracker import AppearanceMetric
from flatsort.training.crop_set import CropRule

PEOPLE, LENGTH, RATE = 8, 120, 25.0
AWAY = range(40, 90)
METRIC = AppearanceMetric("cosine", gate=1.0)


@pytest.fixture
def linked(make_footage):
    """Eight people stand 60 pixels apart; the last one is away for two seconds."""
    rows = [
        (frame, 60 * person, person)
        for frame in range(1, LENGTH + 1)
        for person in range(PEOPLE)
        if person < PEOPLE - 1 or frame not in AWAY
    ]
    return LinkedFootage(make_footage(*rows), CropRule(min_height=20, size=2))


def test_a_person_is_known_again_after_an_absence(linked):
    rng = np.random.default_rng(0)
    truth = linked.footage.features[:, 0].astype(int)
    features = np.eye(PEOPLE)[truth] + 0.1 * rng.normal(size=(len(truth), PEOPLE))
    people = link_people(linked, RATE, features.astype(np.float32), METRIC)
    known = people >= 0
    assert known.mean() > 0.95
    for person in range(PEOPLE):
        assert len(np.unique(people[known & (truth == person)])) == 1
    assert len(np.unique(people[known])) == PEOPLE
    # The tracklets alone know the last person as two.
    assert len(np.unique(linked.tracklets)) == PEOPLE + 1


def test_looks_that_tell_nobody_apart_leave_the_tracklets(linked):
    rng = np.random.default_rng(0)
    features = rng.normal(size=(len(linked.footage), PEOPLE)).astype(np.float32)
    people = link_people(linked, RATE, features, METRIC)
    np.testing.assert_array_equal(people, linked.tracklets)
