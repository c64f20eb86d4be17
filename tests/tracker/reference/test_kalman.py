from functools import partial

import numpy as np
import pytest
from scipy.spatial.distance import mahalanobis

from flatsort.tracker import DeepSortMotion, SortMotion
from flatsort.tracker.boxes import tlwh_to_xyah, tlwh_to_xysr
from flatsort.tracker.filterpy_motion import FilterpyMotion, deepsort_filter, sort_filter
from flatsort.tracker.reference.flat_sort_motion import FlatSortMotion
from flatsort.tracker.reference.movement import Movement

PAIRS = [
    pytest.param(DeepSortMotion, deepsort_filter, id="deepsort"),
    pytest.param(SortMotion, sort_filter, id="sort"),
]
BOX = np.array([[100.0, 50.0, 40.0, 80.0]])


def shifted(right, down=0):
    return BOX + np.array([right, down, 0, 0])


def random_boxes(rng, count):
    return np.column_stack([rng.uniform(0, 1000, (count, 2)), rng.uniform(20, 300, (count, 2))])


@pytest.mark.parametrize(("block", "factory"), PAIRS)
@pytest.mark.parametrize("seed", range(3))
def test_equal_to_filterpy_over_long_random_videos(block, factory, seed):
    rng = np.random.default_rng(seed)
    ours, oracle = block(), FilterpyMotion(factory)
    truth = random_boxes(rng, 5)
    for model in (ours, oracle):
        model.append(truth)
    for _ in range(1200):
        for model in (ours, oracle):
            model.predict()
        truth = truth + rng.normal(0, [4, 4, 1, 1], truth.shape)
        truth[:, 2:] = np.clip(truth[:, 2:], 15, 400)
        seen = np.flatnonzero(rng.random(len(truth)) < 0.8)
        measured = truth[seen] + rng.normal(0, 1, (len(seen), 4))
        queries = random_boxes(rng, 3)
        rows = rng.permutation(len(truth))
        np.testing.assert_allclose(
            ours.gating_distance(rows, queries), oracle.gating_distance(rows, queries), rtol=1e-9
        )
        for model in (ours, oracle):
            model.update(seen, measured)
        if rng.random() < 0.1:
            kept = rng.random(len(truth)) < 0.8
            born = random_boxes(rng, rng.integers(0, 3))
            truth = np.concatenate([truth[kept], born])
            for model in (ours, oracle):
                model.keep(kept)
                model.append(born)
        assert len(ours) == len(oracle) == len(truth)
        np.testing.assert_allclose(ours.boxes_tlwh(), oracle.boxes_tlwh(), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("block", "convert"), [(DeepSortMotion, tlwh_to_xyah), (SortMotion, tlwh_to_xysr)]
)
def test_gating_distance_is_squared_mahalanobis(block, convert):
    motion = block()
    motion.append(BOX)
    query = np.array([[110.0, 55, 42, 78]])
    # The covariance of the innovation of a new track is P0 + R. DeepSORT at height 80:
    # (80/10)^2 + (80/20)^2 = 80 for cx, cy, h, and 0.01^2 + 0.1^2 = 0.0101 for a. SORT: 10 + 1 for
    # x, y, and 10 + 10 for s, r.
    diagonal = {DeepSortMotion: [80, 80, 0.0101, 80], SortMotion: [11, 11, 20, 20]}[block]
    expected = mahalanobis(convert(query)[0], convert(BOX)[0], np.diag(1 / np.array(diagonal)))
    distance = motion.gating_distance(np.array([0]), query)
    assert distance.shape == (1, 1)
    assert distance[0, 0] == pytest.approx(expected**2)


def test_deepsort_noise_by_hand():
    # At height 80 the standard deviations are 4 for position and 0.5 for velocity, and 8 and 5 for
    # a new track. After one step the variance of cx is 64 + 25 + 16 = 105, and the gain is
    # 105 / (105 + 16).
    motion = DeepSortMotion()
    motion.append(BOX)
    motion.predict()
    motion.update(np.array([0]), shifted(12.1))
    assert motion.boxes_tlwh()[0, 0] == pytest.approx(100 + 12.1 * 105 / 121)


def test_sort_noise_by_hand():
    # The variance of x is 10 + 10^4 + 1 = 10011 after one step; the measurement noise is 1.
    motion = SortMotion()
    motion.append(BOX)
    motion.predict()
    motion.update(np.array([0]), shifted(10))
    assert motion.boxes_tlwh()[0, 0] == pytest.approx(100 + 10 * 10011 / 10012)


def test_flatsort_noise_by_hand():
    # At 40 x 80 px the standard deviations are 2 px for x and w and 4 px for y and h, and for a new
    # track 4 and 8; those of the velocities are 2.5 and 5 px for a new track. After one step the
    # variance of x is 16 + 6.25 + 4 = 26.25, that of y 64 + 25 + 16 = 105.
    motion = FlatSortMotion()
    motion.append(BOX)
    motion.predict()
    motion.update(np.array([0]), shifted(30.25, 12.1))
    np.testing.assert_allclose(
        motion.boxes_tlwh(), shifted(30.25 * 26.25 / 30.25, 12.1 * 105 / 121)
    )


def test_flatsort_holds_the_height_of_the_named_tracks_only():
    motion = FlatSortMotion()
    motion.append(np.concatenate([BOX, BOX]))
    for height in (76.0, 72.0, 68.0):
        motion.predict()
        box = [100.0, 50.0, 40.0, height]
        motion.update(np.array([0, 1]), np.array([box, box]))
    before = motion.boxes_tlwh()
    motion.hold_height(np.array([True, False]))
    motion.predict()
    change = (motion.boxes_tlwh() - before)[:, 3]
    assert change[0] == 0
    assert change[1] < -1


def test_flatsort_moves_all_boxes_with_the_picture():
    motion = FlatSortMotion()
    motion.append(BOX)  # its centre is (120, 90)
    motion.shift(np.array([5.0, 0.0]))
    motion.warp(Movement(2.0, np.array([100.0, 90.0]), np.array([0.0, 7.0])))
    # The centre (125, 90) goes to 100 + 2 * 25 and 90 + 7; the sides double.
    np.testing.assert_allclose(motion.boxes_tlwh(), [[110, 17, 80, 160]])


@pytest.mark.parametrize(
    "create", [SortMotion, partial(FilterpyMotion, sort_filter)], ids=["block", "filterpy"]
)
def test_sort_area_never_vanishes(create):
    motion = create()
    motion.append(BOX)
    for side in (80, 40, 20, 10):
        motion.predict()
        motion.update(np.array([0]), np.array([[100.0, 50, side / 2, side]]))
    for _ in range(100):
        motion.predict()
        assert (motion.boxes_tlwh()[:, 2:] > 0).all()


@pytest.mark.parametrize("block", [DeepSortMotion, SortMotion, FlatSortMotion])
def test_a_track_at_rest_stays(block):
    motion = block()
    motion.append(BOX)
    motion.predict()
    np.testing.assert_allclose(motion.boxes_tlwh(), BOX)


@pytest.mark.parametrize("block", [DeepSortMotion, SortMotion, FlatSortMotion])
def test_constant_velocity_is_learned(block):
    motion = block()
    motion.append(BOX)
    for step in range(1, 200):
        motion.predict()
        motion.update(np.array([0]), shifted(3 * step, -step))
    motion.predict()
    np.testing.assert_allclose(motion.boxes_tlwh(), shifted(600, -200), atol=0.01)


@pytest.mark.parametrize(("block", "factory"), PAIRS)
def test_no_tracks(block, factory):
    for motion in (block(), FilterpyMotion(factory)):
        motion.append(np.empty((0, 4)))
        motion.predict()
        motion.update(np.empty(0, dtype=int), np.empty((0, 4)))
        motion.keep(np.empty(0, dtype=bool))
        assert len(motion) == 0
        assert motion.boxes_tlwh().shape == (0, 4)
        assert motion.gating_distance(np.empty(0, dtype=int), BOX).shape == (0, 1)
