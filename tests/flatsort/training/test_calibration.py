"""Metric and gate from hand-made tracklets."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flatsort.training.calibration import (
    GAP,
    HELD_OUT,
    Calibration,
    calibrate,
    choose,
    equal_error,
    hold_out,
)
from flatsort.training.tracklets import link_tracklets
from tests.flatsort.footage import crops


def calibrated(footage, features, asked=None):
    """By its linked tracklets, every detection asked about unless told otherwise."""
    everyone = np.ones(len(footage), bool)
    asked = everyone if asked is None else asked
    return calibrate(footage, features, features.mean(0), link_tracklets(footage), asked)


def test_equal_error_by_hand():
    # At 3: of the same pairs only 6 lies above (1/4), of the others only 2.5 below (1/4). The next
    # distance seen is 5, so any gate from 3 to 5 errs alike: 4.
    assert equal_error(np.array([1, 2, 3, 6.0]), np.array([2.5, 5, 7, 8])) == (4.0, 0.25)


def test_perfect_separation_has_no_error_and_a_gate_between():
    assert equal_error(np.array([0.0, 0.0]), np.array([0.5, 0.9])) == (0.25, 0.0)
    gate, rate = equal_error(np.array([0.1, 0.2]), np.array([0.4]))
    assert rate == 0
    assert gate == pytest.approx(0.3)


def test_all_the_wrong_way_round():
    gate, rate = equal_error(np.array([5.0, 6.0]), np.array([1.0, 2.0]))
    assert rate == 1
    assert 1 <= gate <= 6


@given(
    st.lists(st.integers(0, 12), min_size=1, max_size=12),
    st.lists(st.integers(0, 12), min_size=1, max_size=12),
)
def test_no_threshold_does_better(same, other):
    same, other = np.array(same, float), np.array(other, float)

    def worse_error(gate):
        return max((same > gate).mean(), (other <= gate).mean())

    gate, rate = equal_error(same, other)
    assert worse_error(gate) == pytest.approx(rate)
    # Every threshold, between, on and beyond the distances there are; below all is no gate.
    candidates = [t for t in np.arange(0, 13, 0.25) if t >= min(same.min(), other.min())]
    assert rate == pytest.approx(min(map(worse_error, candidates)))


def people(frames, feature_a, feature_b, start_b=1):
    """Two people standing 100 px apart, in so many frames each, with a feature each."""
    rows = [(n, 0) for n in range(1, frames + 1)]
    rows += [(n, 100) for n in range(start_b, start_b + frames)]
    features = np.array([feature_a] * frames + [feature_b] * frames, np.float32)
    order = np.argsort([frame for frame, _ in rows], kind="stable")
    return crops(*(rows[i] for i in order)), features[order]


def test_pairs_are_counted_over_a_gap():
    footage, features = people(GAP + 2, (1, 0), (0, 1))
    found = calibrated(footage, features)
    # Of 12 frames, those with a past of ten frames and more are the 11th and the 12th: 2 distances
    # a person to the own gallery, and 2 to the other's.
    assert (found.positives, found.negatives) == (4, 4)
    # About their mean the two features are opposite: distance 0 and 2, and the gate between.
    assert (found.kind, found.equal_error_rate) == ("cosine", 0.0)
    assert found.gate == pytest.approx(1.0)


def test_the_euclidean_distance_is_taken_where_it_is_better():
    """Features in one direction: about their mean, cosines only tell the smaller from the larger.

    Three people at 1, 2 and 6 on a line: their mean is 3, so 1 and 2 look alike to a cosine.
    """
    frames = GAP + 2
    rows = [(n, 100 * p) for n in range(1, frames + 1) for p in range(3)]
    features = np.array([(value, 0.0) for _ in range(frames) for value in (1, 2, 6)], np.float32)
    found = calibrated(crops(*rows), features)
    assert (found.kind, found.equal_error_rate) == ("euclidean", 0.0)
    # Distances: the same 0; of two people 1, 4 or 5.
    assert found.gate == 0.5


@pytest.mark.parametrize(
    ("euclidean_rate", "kind"),
    [(0.0, "euclidean"), (0.15, "euclidean"), (0.17, "cosine"), (0.2, "cosine"), (0.3, "cosine")],
)
def test_cosine_is_taken_where_the_other_is_better_by_chance(euclidean_rate, kind):
    """One in five of 100: the standard error is sqrt(0.2 * 0.8 / 100) = 0.04."""

    def measured(kind, rate):
        return Calibration(
            kind, gate=1.0, equal_error_rate=rate, sure=0.5, positives=100, negatives=9
        )

    assert choose(measured("cosine", 0.2), measured("euclidean", euclidean_rate)).kind == kind


def test_the_nearest_feature_of_the_gallery_counts():
    """Somebody who turns round: every query's own gallery holds a feature like it."""
    frames = GAP + 4
    footage, features = people(frames, (1.0, 0.0), (0.0, 1.0))
    turned = features.copy()
    turned[footage.boxes_tlwh[:, 0] == 0] = [(1, 0.5 * (n % 2)) for n in range(frames)]
    found = calibrated(footage, turned)
    assert found.equal_error_rate == 0


@pytest.mark.parametrize(
    "footage",
    [
        pytest.param(people(GAP, (1, 0), (0, 1)), id="too short"),
        pytest.param(people(GAP + 2, (1, 0), (0, 1), start_b=50), id="never seen together"),
    ],
)
def test_footage_that_tells_nothing(footage):
    assert calibrated(*footage) is None


def test_features_that_tell_nothing_err_half_the_time():
    rng = np.random.default_rng(0)
    rows = [(n, 100 * p) for n in range(1, 40) for p in range(6)]
    found = calibrated(crops(*rows), rng.normal(size=(len(rows), 8)).astype(np.float32))
    assert found.equal_error_rate == pytest.approx(0.5, abs=0.1)
    assert found.positives == 6 * 15


def test_only_those_asked_about_are_compared():
    footage, features = people(GAP + 2, (1, 0), (0, 1))
    found = calibrated(footage, features, asked=footage.boxes_tlwh[:, 0] == 0)
    assert (found.positives, found.negatives) == (2, 2)


def test_what_is_sure_is_below_what_two_people_look_like():
    """Two people at distance 0 to 2 of each other: one in a hundred is as near as the hundredth."""
    rng = np.random.default_rng(0)
    rows = [(n, 100 * p) for n in range(1, 60) for p in range(2)]
    footage = crops(*rows)
    features = rng.normal(size=(len(rows), 3)).astype(np.float32)
    found = calibrated(footage, features)
    assert found.sure < found.gate


def test_every_fifth_long_tracklet_is_held_out_whole():
    """Eleven people over GAP + 1 frames, and one who is there too shortly to be asked about."""
    rows = [(n, 100 * p) for n in range(1, GAP + 2) for p in range(2 * HELD_OUT + 1)]
    rows += [(n, 5000) for n in range(1, GAP + 1)]
    footage = crops(*sorted(rows))
    held = hold_out(footage, link_tracklets(footage))
    chosen = np.unique(footage.boxes_tlwh[held, 0])
    assert chosen.tolist() == [100 * (HELD_OUT - 1), 100 * (2 * HELD_OUT - 1)]
    assert held.sum() == 2 * (GAP + 1)


def test_nothing_is_held_out_of_few():
    footage, _ = people(GAP + 2, (1, 0), (0, 1))
    assert not hold_out(footage, link_tracklets(footage)).any()
