"""The metric and the gate, from hand-made tracklets."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flatsort.training.calibration import (
    GAP,
    HELD_OUT,
    SHORT,
    Calibration,
    calibrate,
    choose,
    equal_error,
    hold_out,
    late_frames,
)
from flatsort.training.tracklets import link_tracklets
from tests.flatsort.footage import crops


def calibrated(footage, features, queried=None):
    """Calibrate on linked tracklets; by default, every detection is compared with galleries."""
    everyone = np.ones(len(footage), bool)
    queried = everyone if queried is None else queried
    return calibrate(footage, features, features.mean(0), link_tracklets(footage), queried)


def test_equal_error_by_hand():
    # At 3, one of the four same pairs lies above (6), and one of the four other pairs lies below
    # (2.5). The next distance is 5, so all gates from 3 to 5 give the same errors: the middle is 4.
    assert equal_error(np.array([1, 2, 3, 6.0]), np.array([2.5, 5, 7, 8])) == (4.0, 0.25)


def test_perfect_separation_has_no_error_and_a_gate_between():
    assert equal_error(np.array([0.0, 0.0]), np.array([0.5, 0.9])) == (0.25, 0.0)
    gate, rate = equal_error(np.array([0.1, 0.2]), np.array([0.4]))
    assert rate == 0
    assert gate == pytest.approx(0.3)


def test_if_all_same_pairs_are_farther_the_error_is_one():
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
    # Thresholds between, on and beyond the distances; a threshold below all of them is no gate.
    candidates = [t for t in np.arange(0, 13, 0.25) if t >= min(same.min(), other.min())]
    assert rate == pytest.approx(min(map(worse_error, candidates)))


def people(frames, feature_a, feature_b, start_b=1):
    """Two people who stand 100 px apart for a number of frames, each with one feature."""
    rows = [(n, 0) for n in range(1, frames + 1)]
    rows += [(n, 100) for n in range(start_b, start_b + frames)]
    features = np.array([feature_a] * frames + [feature_b] * frames, np.float32)
    order = np.argsort([frame for frame, _ in rows], kind="stable")
    return crops(*(rows[i] for i in order)), features[order]


def test_pairs_are_counted_over_a_gap():
    footage, features = people(GAP + 2, (1, 0), (0, 1))
    found = calibrated(footage, features)
    # Only frames 11 and 12 of 12 have a frame at least ten before: 2 distances per person to the
    # own gallery, and 2 to the other's.
    assert (found.positives, found.negatives) == (4, 4)
    # Centred on their mean, the two features are opposite: the distances are 0 and 2, the gate 1.
    assert (found.kind, found.equal_error_rate) == ("cosine", 0.0)
    assert found.gate == pytest.approx(1.0)


def test_the_euclidean_distance_is_taken_where_it_is_better():
    """Three people have features 1, 2 and 6 on a line.

    Their mean is 3. Centred on it, 1 and 2 have the same direction, so their cosine is 1.
    """
    frames = GAP + 2
    rows = [(n, 100 * p) for n in range(1, frames + 1) for p in range(3)]
    features = np.array([(value, 0.0) for _ in range(frames) for value in (1, 2, 6)], np.float32)
    found = calibrated(crops(*rows), features)
    assert (found.kind, found.equal_error_rate) == ("euclidean", 0.0)
    # Distances within a person are 0, between two people 1, 4 or 5.
    assert found.gate == 0.5


@pytest.mark.parametrize(
    ("euclidean_rate", "kind"),
    [(0.0, "euclidean"), (0.15, "euclidean"), (0.17, "cosine"), (0.2, "cosine"), (0.3, "cosine")],
)
def test_cosine_is_taken_where_euclidean_is_better_by_chance(euclidean_rate, kind):
    """The standard error of a rate of 0.2 in 100 distances is sqrt(0.2 * 0.8 / 100) = 0.04."""

    def measured(kind, rate):
        return Calibration(
            kind,
            gate=1.0,
            equal_error_rate=rate,
            sure=0.5,
            positives=100,
            negatives=9,
            typical=0.4,
        )

    assert choose(measured("cosine", 0.2), measured("euclidean", euclidean_rate)).kind == kind


def test_the_nearest_feature_of_the_gallery_counts():
    """A person turns round: every query finds a similar feature in its own gallery."""
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
def test_footage_that_is_too_short(footage):
    assert calibrated(*footage) is None


def test_equal_features_err_half_the_time():
    rng = np.random.default_rng(0)
    rows = [(n, 100 * p) for n in range(1, 40) for p in range(6)]
    found = calibrated(crops(*rows), rng.normal(size=(len(rows), 8)).astype(np.float32))
    assert found.equal_error_rate == pytest.approx(0.5, abs=0.1)
    assert found.positives == 6 * 15


def test_only_queried_detections_are_compared():
    footage, features = people(GAP + 2, (1, 0), (0, 1))
    found = calibrated(footage, features, queried=footage.boxes_tlwh[:, 0] == 0)
    assert (found.positives, found.negatives) == (2, 2)


def test_the_cautious_gate_lies_below_the_distances_of_two_people():
    """Features are random, so the distances between two people vary."""
    rng = np.random.default_rng(0)
    rows = [(n, 100 * p) for n in range(1, 60) for p in range(2)]
    footage = crops(*rows)
    features = rng.normal(size=(len(rows), 3)).astype(np.float32)
    found = calibrated(footage, features)
    assert found.sure < found.gate


def test_every_fifth_long_tracklet_is_held_out_whole():
    """Eleven people stay for GAP + 1 frames; one leaves too early for calibration."""
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


def test_the_last_fifth_of_a_long_sequence_is_held_out():
    footage = crops(*[(n, 0) for n in range(1, SHORT + 1)])
    assert footage.frames[late_frames(footage, 0.2)].tolist() == list(range(81, 101))


def test_a_short_sequence_is_not_held_out():
    footage = crops(*[(n, 0) for n in range(1, SHORT)])
    assert not late_frames(footage, 0.2).any()


@pytest.mark.parametrize(("typical", "gate"), [(0.4, 0.4), (1.5, 1.0), (0.0, 1.0)])
def test_the_cautious_gate_is_never_above_the_usual_one(typical, gate):
    usual = Calibration("cosine", 1.0, 0.1, 0.5, 100, 9, typical)
    assert usual.cautious() == Calibration("cosine", gate, 0.1, 0.5, 100, 9, typical)
