"""How rounds share the steps and link boxes; the tests of the train command run them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flatsort.reid_vae.errors import TrainingError
from flatsort.training.rounds import Rounds, steps_of_rounds
from flatsort.training.usual_settings import usual_settings
from tests.flatsort.footage import crops


@pytest.mark.parametrize(
    ("steps", "rounds", "shares"),
    [
        (6, 1, [6]),
        # One third and two thirds; the last round gets the remainder.
        (4500, 2, [1500, 3000]),
        (10, 2, [3, 7]),
        (12, 3, [3, 3, 6]),
    ],
)
def test_the_last_round_has_two_shares(steps, rounds, shares):
    assert steps_of_rounds(steps, rounds) == shares


@given(st.integers(1, 10_000), st.integers(1, 9))
def test_every_round_has_a_step_and_no_step_is_lost(steps, rounds):
    shares = steps_of_rounds(steps, rounds)
    assert len(shares) == rounds
    assert min(shares) >= 1
    assert sum(shares) == max(steps, rounds)


# A box moves by 6: an IoU of 14/26 with itself in the frame before. The last crop is held out.
FOOTAGE = crops((1, 0), (2, 6), (2, 100), (3, 106), (4, 112))
HELD_OUT = np.array([False, False, False, False, True])


def rounds_of(architecture, folder):
    settings = usual_settings("nuisance", architecture=architecture)
    return Rounds(settings, FOOTAGE, 1, folder, held_out=HELD_OUT)


@pytest.mark.parametrize(("architecture", "tracklets"), [("strangers", 2), ("small", 0)])
def test_learned_features_link_boxes_of_less_overlap(architecture, tracklets, tmp_path):
    rounds = rounds_of(architecture, tmp_path)
    assert rounds.facts()["tracklets"] == tracklets
    # The gate is calibrated on the surer links.
    assert rounds._surely_linked.tolist() == [0, 1, 2, 3, 4]


def test_features_learn_when_the_people_of_the_crops_are_seen(tmp_path):
    # The second tracklet is seen until frame 3: the crop that is held out does not count.
    rows = rounds_of("strangers", tmp_path)._sightings().rows
    assert rows.tolist() == [[0, 0, 1, 2], [0, 0, 1, 2], [1, 0, 2, 3], [1, 0, 2, 3]]


def test_features_are_not_learned_for_a_covariance_without_tracklets(tmp_path):
    settings = usual_settings("nuisance", architecture="strangers")
    alone = crops((1, 0), (1, 100), (2, 200))
    with pytest.raises(TrainingError, match="no tracklet has two crops"):
        Rounds(settings, alone, 1, tmp_path, held_out=np.zeros(3, bool)).train()
