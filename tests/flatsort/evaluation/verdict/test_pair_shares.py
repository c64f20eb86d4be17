"""How often crops look more like their own person."""

import numpy as np

from flatsort.evaluation.verdict.pair_shares import share_told_apart
from flatsort.tracker import AppearanceMetric

METRIC = AppearanceMetric("euclidean", gate=1.0)
PEOPLE = np.tile(np.arange(4), 60)[:, None].astype(np.float32)


def share(sure, features, chosen=None):
    chosen = np.ones(240, bool) if chosen is None else chosen
    return share_told_apart(sure, features, METRIC, chosen, 0.95)


def test_features_that_name_the_person_win_every_time(sure):
    found = share(sure, PEOPLE)
    assert (found.share.mean, found.share.people, found.pairs) == (1.0, 4, 6)
    # Four people are not enough, however many crops they have.
    assert found.text() == "too few people to say (6 pairs)"


def test_random_features_win_half_of_the_time(sure):
    features = np.random.default_rng(0).normal(size=(240, 8)).astype(np.float32)
    assert abs(share(sure, features).share.mean - 0.5) < 0.15


def test_equal_features_are_half_a_win(sure):
    assert share(sure, np.ones((240, 2), np.float32)).share.mean == 0.5


def test_only_the_chosen_boxes_are_compared(sure):
    found = share(sure, PEOPLE, np.arange(240) % 4 == 2)
    assert (found.share.people, found.pairs) == (1, 3)
