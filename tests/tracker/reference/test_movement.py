"""The movement of the picture, as fitted to pairs of a track and a box."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flatsort.tracker.reference.movement import (
    Movement,
    estimate_movement,
    estimate_remainder,
    fit_movement,
    mutual_pairs,
    total,
)

RIGHT = np.array([1.0, 0, 0, 0])
# Ten people in two rows, 200 px apart, 40 px wide and 80 px high.
CROWD = np.array([[200.0 * k, 300.0 * row, 40, 80] for row in range(2) for k in range(5)])
CENTRES = CROWD[:, :2] + CROWD[:, 2:] / 2


def test_a_movement_by_hand():
    movement = Movement(2.0, np.array([1.0, 0.0]), np.array([0.0, 5.0]))
    np.testing.assert_array_equal(movement.moved(np.array([[3.0, 1.0]])), [[5, 7]])


@pytest.mark.parametrize("shift", [(0, 0), (30, 0), (-20, 45)])
def test_a_shift_is_found(shift):
    movement = estimate_movement(CROWD, CROWD + np.array([*shift, 0, 0]), 8, 8)
    np.testing.assert_allclose(movement.moved(CENTRES), CENTRES + shift, atol=1e-9)
    assert movement.scale == pytest.approx(1)


def test_a_zoom_is_found():
    movement = fit_movement(CENTRES, 1.05 * CENTRES + 10, 80, 1.1)
    # The additional pair at rest, 27 px from the centre, weighs little against arms of 300 px.
    assert movement.scale == pytest.approx(1.05, abs=1e-3)
    np.testing.assert_allclose(movement.moved(CENTRES), 1.05 * CENTRES + 10, atol=0.5)


def test_the_zoom_of_one_frame_is_limited():
    assert fit_movement(CENTRES, 1.5 * CENTRES, 80, 1.1).scale == 1.1
    assert fit_movement(CENTRES, 0.5 * CENTRES, 80, 1.1).scale == 1 / 1.1


def test_three_of_ten_who_move_on_their_own_do_not_count():
    after = CENTRES + np.array([30, 0])
    walkers = [1, 5, 9]
    after[walkers] += [60, -10]
    movement = fit_movement(CENTRES, after, 80, 1.1)
    # Least squares would shift all by 30 + 18 px.
    others = np.delete(np.arange(10), walkers)
    np.testing.assert_allclose(movement.moved(CENTRES)[others], after[others], atol=4)


def test_too_few_pairs():
    assert estimate_movement(CROWD[:3], CROWD, 4, 8) is None
    assert estimate_movement(CROWD[:4], CROWD, 4, 8) is not None
    assert estimate_movement(np.empty((0, 4)), CROWD, 2, 8) is None
    assert estimate_movement(CROWD, np.empty((0, 4)), 2, 8) is None


@pytest.mark.parametrize(("people", "scale"), [(7, 1.0), (8, 1.05)])
def test_few_pairs_give_no_zoom(people, scale):
    movement = estimate_movement(CROWD[:people], CROWD[:people] * 1.05 + 3 * RIGHT, 4, 8)
    assert movement.scale == pytest.approx(scale, abs=1e-3)


@pytest.mark.parametrize(("shift", "found"), [(1.6, 0.0), (1.7, 1.7)])
def test_few_pairs_give_no_shift_below_its_uncertainty(shift, found):
    # Two of four people move 2 px further than the shift, two 2 px less. With errors of 2 px and a
    # jitter of 0.8 px the uncertainty is 2.8 / sqrt(3) = 1.62 px.
    boxes = CROWD[:4] + np.outer([shift + each for each in (2, -2, -2, 2)], RIGHT)
    movement = estimate_movement(CROWD[:4], boxes, 4, 8)
    np.testing.assert_allclose(movement.shift, [found, 0], atol=1e-9)


def test_many_pairs_give_any_shift():
    boxes = CROWD + np.outer([0.1 + each for each in (2, -2, -2, 2, 0, 0, 2, -2, -2, 2)], RIGHT)
    np.testing.assert_allclose(estimate_movement(CROWD, boxes, 4, 8).shift, [0.1, 0], atol=1e-2)


@pytest.mark.parametrize(("measured", "share"), [(0.4, 0.5), (0.8, 0.8), (0.1, 1 / 17)])
def test_boxes_and_measurement_count_by_the_inverse_of_their_variances(measured, share):
    # Five people move by 4 px beyond the measurement, without errors. The jitter of 0.8 px divided
    # by sqrt(4) is the uncertainty of the boxes, 0.4 px. The weights 1 / 0.4^2 and 1 / 0.8^2 are in
    # the ratio 4 : 1, those of 1 / 0.4^2 and 1 / 0.1^2 in the ratio 1 : 16.
    remainder = estimate_remainder(CROWD[:5], CROWD[:5] + 4 * RIGHT, 5, 8, measured)
    np.testing.assert_allclose(remainder.shift, [4 * share, 0], atol=1e-9)
    assert remainder.scale == pytest.approx(1)


def test_the_zoom_of_the_remainder_has_the_same_share():
    full = estimate_movement(CROWD, CROWD * 1.05, 4, 8)
    errors = np.abs(full.moved(CENTRES) - CENTRES * 1.05).sum(axis=1)
    boxes = (errors.mean() + 0.01 * 80 * 1.05) / 3
    half = estimate_remainder(CROWD, CROWD * 1.05, 4, 8, boxes)
    assert half.scale - 1 == pytest.approx((full.scale - 1) / 2)
    np.testing.assert_allclose(half.shift, full.shift / 2)


def test_too_few_pairs_leave_no_remainder():
    assert estimate_remainder(CROWD[:4], CROWD[:4] + RIGHT, 5, 8, 1.0) is None
    assert estimate_remainder(CROWD, np.empty((0, 4)), 5, 8, 1.0) is None


def test_pairs_are_mutual():
    # Both tracks overlap the first box most, which overlaps the first track most.
    tracks = np.array([[0.0, 0, 40, 80], [10, 0, 40, 80]])
    boxes = np.array([[2.0, 0, 40, 80], [500, 0, 40, 80]])
    assert mutual_pairs(tracks, boxes).tolist() == [[0, 0]]


@pytest.mark.parametrize(("height", "pairs"), [(96.0, 1), (97.0, 0), (67.0, 1), (66.0, 0)])
def test_heights_within_a_fifth(height, pairs):
    # 80 * 1.2 = 96 and 80 / 1.2 = 66.7.
    box = np.array([[0.0, 80 - height, 40, height]])
    assert len(mutual_pairs(CROWD[:1], box)) == pairs


@pytest.mark.parametrize(("right", "pairs"), [(40, 1), (50, 1), (56, 0), (64, 0)])
def test_boxes_beside_each_other_can_be_a_pair(right, pairs):
    # Grown by 1.6, the boxes are 64 px wide. Moved by 50 px, they share 14 px: 14 / 114 = 0.12.
    # Moved by 56 px: 8 / 120 = 0.07.
    assert len(mutual_pairs(CROWD[:1], CROWD[:1] + right * RIGHT)) == pairs


@given(seed=st.integers(0, 2**32), power=st.integers(-8, 8))
def test_other_units_give_the_same_movement(seed, power):
    rng = np.random.default_rng(seed)
    after, unit = CENTRES + rng.normal(0, 20, CENTRES.shape), 2.0**power
    one = fit_movement(CENTRES, after, 80, 1.1)
    other = fit_movement(CENTRES * unit, after * unit, 80 * unit, 1.1)
    assert one.scale == other.scale
    np.testing.assert_array_equal(one.centre * unit, other.centre)
    np.testing.assert_array_equal(one.shift * unit, other.shift)


def test_a_total_adds_in_order():
    values = np.array([1e16, 1.0, 1.0, -1e16])
    assert total(values) == 0.0
    np.testing.assert_array_equal(total(np.ones((3, 2))), [3, 3])
