"""Tracking hand-made footage of two people."""

import numpy as np
import pytest

from flatsort.adaptation.trial_tracks import TrackFigures, follow, track_figures
from flatsort.tracker import AppearanceMetric

METRIC = AppearanceMetric("euclidean", gate=0.5)


def standing(left, first, last, look=0.0):
    return [(number, left, look) for number in range(first, last + 1)]


def figures(footage, features=None, metric=None):
    return track_figures(follow(footage, features, metric), footage)


def test_two_who_stand_still_to_the_end_are_two_tracks_uncut(make_footage):
    footage = make_footage(*standing(40, 1, 10), *standing(100, 1, 10))
    followed = follow(footage)
    assert sorted(set(followed.ids.tolist())) == [1, 2]
    assert np.unique(followed.boxes_tlwh[:, 0].round()).tolist() == [40, 100]
    assert track_figures(followed, footage) == TrackFigures(2, 10.0, 10.0, 0)


def test_appearance_continues_a_track_that_motion_loses(make_footage):
    """A person is away for ten frames: one track by appearance, two by motion.

    SORT reports a track from its third hit on.
    """
    footage = make_footage(*standing(60, 1, 10), *standing(60, 21, 30))
    assert figures(footage).identities == 2
    found = figures(footage, footage.features, METRIC)
    assert (found.identities, found.cut) == (1, 0)


def test_a_different_appearance_starts_a_new_track(make_footage):
    footage = make_footage(*standing(60, 1, 10), *standing(60, 21, 30, look=5.0))
    assert figures(footage, footage.features, METRIC).identities == 2


@pytest.mark.parametrize(
    ("left", "cut"),
    # The margin is half a width, 10 px, and the picture is 160 wide: 11 is inside, 9 is not.
    [(11, 1), (9, 0), (129, 1), (131, 0)],
)
def test_a_track_is_cut_if_it_ends_inside_the_picture(make_footage, left, cut):
    footage = make_footage(*standing(left, 1, 10), length=20)
    assert figures(footage).cut == cut


def test_a_track_that_reaches_the_end_of_its_burst_is_not_cut(make_footage):
    numbers = [*range(1, 11), *range(501, 511)]
    footage = make_footage(*standing(60, 1, 10), *standing(60, 501, 510), numbers=numbers)
    for found in (figures(footage), figures(footage, footage.features, METRIC)):
        # No track continues in another burst.
        assert (found.identities, found.cut) == (2, 0)


def test_the_median_and_the_mean(make_footage):
    people = standing(30, 1, 12), standing(70, 1, 6), standing(110, 1, 6)
    footage = make_footage(*people[0], *people[1], *people[2])
    found = figures(footage)
    assert (found.mean_length, found.median_length) == (8.0, 6.0)


def test_confidences_on_any_scale_are_tracked(make_footage):
    footage = make_footage(*standing(60, 1, 10))
    low = footage.confidences - 5
    object.__setattr__(footage, "confidences", low)
    assert figures(footage).identities == 1


def test_footage_without_people(make_footage):
    footage = make_footage(numbers=[1, 2, 3])
    assert figures(footage) == TrackFigures(0, 0.0, 0.0, 0)
