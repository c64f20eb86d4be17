"""Metric and gate from hand-made tracklets."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.calibration import GAP, calibrate, equal_error, link_tracklets
from tools.crop_cache import CropSet

SIZE = (20.0, 40.0)


def crops(*rows):
    """(frame, left) or (frame, left, sequence); boxes are 20 x 40 at the top."""
    table = np.array([(*row, 0)[:3] for row in rows], float).reshape(-1, 3)
    count = len(table)
    boxes_tlwh = np.column_stack([table[:, 1], np.zeros(count), np.tile(SIZE, (count, 1))])
    return CropSet(
        images=np.zeros((count, 1, 1, 3), np.uint8),
        sequences=table[:, 2].astype(np.int64),
        frames=table[:, 0].astype(np.int64),
        boxes_tlwh=boxes_tlwh,
    )


def linked(*rows):
    return link_tracklets(crops(*rows)).tolist()


def test_two_people_over_three_frames_are_two_tracklets():
    assert linked((1, 0), (1, 100), (2, 1), (2, 101), (3, 2), (3, 102)) == [0, 1, 0, 1, 0, 1]


def test_the_order_within_a_frame_does_not_matter():
    assert linked((1, 0), (1, 100), (2, 101), (2, 1)) == [0, 1, 1, 0]


@pytest.mark.parametrize(
    ("shift", "same"),
    # Overlap of boxes 20 wide, one shifted by s: (20 - s) / (20 + s), 17/23 = 0.74, 16/24 = 0.67.
    [(3, True), (4, False)],
)
def test_a_successor_overlaps_by_more_than_seven_tenths(shift, same):
    assert linked((1, 0), (2, shift)) == ([0, 0] if same else [0, 1])


def test_a_frame_between_parts_them():
    assert linked((1, 0), (3, 0), (4, 0)) == [0, 1, 1]


def test_sequences_are_apart():
    assert linked((1, 0, 0), (2, 0, 0), (2, 0, 1), (3, 0, 1)) == [0, 0, 2, 2]


@pytest.mark.parametrize(
    ("rival", "same"),
    # The rival's overlap with the box at 0: 11/29 = 0.38 and 9/31 = 0.29, the limit being 0.3.
    [(9, False), (11, True)],
)
def test_a_rival_near_refuses_the_link(rival, same):
    assert (linked((1, 0), (2, 1), (2, rival))[1] == 0) is same
    # Likewise when two boxes could have become one: to the box at 1, it is 12/28 and 10/30.
    assert (linked((1, 0), (1, rival + 1), (2, 1))[2] == 0) is same


def test_neither_of_two_good_successors_is_taken():
    assert linked((1, 0), (2, 1), (2, 2)) == [0, 1, 2]


def test_no_crops():
    assert linked() == []


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
    found = calibrate(footage, features)
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
    found = calibrate(crops(*rows), features)
    assert (found.kind, found.equal_error_rate) == ("euclidean", 0.0)
    # Distances: the same 0; of two people 1, 4 or 5.
    assert found.gate == 0.5


def test_the_nearest_feature_of_the_gallery_counts():
    """Somebody who turns round: every query's own gallery holds a feature like it."""
    frames = GAP + 4
    footage, features = people(frames, (1.0, 0.0), (0.0, 1.0))
    turned = features.copy()
    turned[footage.boxes_tlwh[:, 0] == 0] = [(1, 0.5 * (n % 2)) for n in range(frames)]
    found = calibrate(footage, turned)
    assert found.equal_error_rate == 0


@pytest.mark.parametrize(
    "footage",
    [
        pytest.param(people(GAP, (1, 0), (0, 1)), id="too short"),
        pytest.param(people(GAP + 2, (1, 0), (0, 1), start_b=50), id="never seen together"),
    ],
)
def test_footage_that_tells_nothing(footage):
    assert calibrate(*footage) is None


def test_features_that_tell_nothing_err_half_the_time():
    rng = np.random.default_rng(0)
    rows = [(n, 100 * p) for n in range(1, 40) for p in range(6)]
    found = calibrate(crops(*rows), rng.normal(size=(len(rows), 8)).astype(np.float32))
    assert found.equal_error_rate == pytest.approx(0.5, abs=0.1)
    assert found.positives == 6 * 15
