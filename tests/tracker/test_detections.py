import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flatsort.tracker.detections import Detections, surviving_rows, valid_mask

GOOD = [1.0, 2, 3, 4]


def test_converts_and_counts():
    detections = Detections([[1, 2, 3, 4]], [1], [[1, 0, 0]])
    assert len(detections) == 1
    assert detections.boxes_tlwh.dtype == np.float64
    assert detections.features.dtype == np.float32


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([[1, 2, 3]], [1]), r"boxes_tlwh must have shape \(N, 4\), not \(1, 3\)"),
        (([GOOD], [1, 1]), r"confidences must have shape \(1,\), not \(2,\)"),
        (([GOOD], [1], [[1.0], [2.0]]), r"features must have shape \(1, D\), not \(2, 1\)"),
        (([GOOD], [1], [1.0]), r"features must have shape"),
    ],
)
def test_shapes_that_do_not_fit(arguments, message):
    with pytest.raises(ValueError, match=message):
        Detections(*arguments)


def test_empty():
    assert len(Detections.empty()) == 0
    assert Detections([], []).boxes_tlwh.shape == (0, 4)


def test_select_keeps_rows_together():
    detections = Detections([GOOD, [5, 6, 7, 8]], [0.1, 0.2], [[1.0], [2.0]])
    chosen = detections.select(np.array([1, 0]))
    np.testing.assert_array_equal(chosen.boxes_tlwh[0], [5, 6, 7, 8])
    np.testing.assert_array_equal(chosen.confidences, [0.2, 0.1])
    np.testing.assert_array_equal(chosen.features, [[2], [1]])


@pytest.mark.parametrize(
    "bad",
    [
        [np.nan, 0, 1, 1],
        [0, np.inf, 1, 1],
        [0, 0, np.nan, 1],
        [0, 0, 0, 1],
        [0, 0, 1, -1],
        [0, 0, 1e300, 1],
        [0, 0, 1e-300, 1],
    ],
)
def test_invalid_boxes(bad):
    mask = valid_mask(Detections([GOOD, bad, GOOD], [0.1, 0.2, 0.3]))
    assert mask.tolist() == [True, False, True]


def test_a_confidence_of_nan_is_invalid():
    assert valid_mask(Detections([GOOD], [np.nan])).tolist() == [False]


def test_suppression_measures_the_covered_box():
    large, small = [0.0, 0, 99, 99], [0.0, 0, 49, 99]
    # The small box, 50 x 100 pixels, is covered completely; the large one, 100 x 100, by half.
    boxes = np.array([large, small])
    large_first, small_first = np.array([0.9, 0.8]), np.array([0.8, 0.9])
    assert len(surviving_rows(boxes, large_first, 0.7)) == 1
    assert len(surviving_rows(boxes, small_first, 0.7)) == 2
    assert len(surviving_rows(boxes, small_first, 0.5)) == 2  # 0.5 > 0.5 is false
    assert len(surviving_rows(boxes, small_first, 0.49)) == 1


def test_suppression_returns_best_first():
    apart = np.array([[0.0, 0, 9, 9], [100, 0, 9, 9], [200, 0, 9, 9]])
    np.testing.assert_array_equal(surviving_rows(apart, np.array([0.2, 0.9, 0.5]), 0.5), [1, 2, 0])


def test_a_suppressed_box_suppresses_no_other():
    # a covers b, and b covers c. a does not cover c, so c survives once b is suppressed.
    a, b, c = [0.0, 0, 99, 9], [40.0, 0, 99, 9], [80.0, 0, 99, 9]
    rows = surviving_rows(np.array([a, b, c]), np.array([0.9, 0.8, 0.7]), 0.5)
    np.testing.assert_array_equal(rows, [0, 2])  # a covers 60 of 100 columns of b, 20 of c


def test_the_later_of_two_equally_confident_boxes_survives():
    rows = surviving_rows(np.array([GOOD, GOOD]), np.array([1.0, 1.0]), 0.5)
    np.testing.assert_array_equal(rows, [1])


def test_an_overlap_limit_of_one_suppresses_nothing():
    rows = surviving_rows(np.array([GOOD] * 3), np.ones(3), 1.0)
    assert sorted(rows) == [0, 1, 2]


@given(seed=st.integers(0, 10_000))
def test_rounding_suppresses_nothing_at_an_overlap_limit_of_one(seed):
    # (100.1 + 20.2) - 100.1 is not 20.2, so rounding could make a covered fraction exceed 1.
    rng = np.random.default_rng(seed)
    corners = np.sort(rng.uniform(0, 1000, (20, 2, 2)), axis=1)
    inner = np.concatenate([corners[:, 0], corners[:, 1] - corners[:, 0]], axis=1).round(1)
    boxes = np.concatenate([[[-10.0, -10, 1100, 1100]], inner])
    confidences = np.linspace(1, 0.5, len(boxes))
    assert len(surviving_rows(boxes, confidences, 1.0)) == len(boxes)


def test_suppression_without_boxes():
    assert len(surviving_rows(np.empty((0, 4)), np.empty(0), 0.5)) == 0


@given(seed=st.integers(0, 10_000), max_overlap=st.floats(0, 1))
def test_suppression_against_the_greedy_definition(seed, max_overlap):
    rng = np.random.default_rng(seed)
    boxes = np.concatenate([rng.uniform(0, 40, (8, 2)), rng.uniform(5, 60, (8, 2))], axis=1)
    confidences = rng.permutation(8) / 8
    kept: list[int] = []
    for row in np.argsort(-confidences):
        if all(_covered(boxes[row], boxes[other]) <= max_overlap for other in kept):
            kept.append(row)
    np.testing.assert_array_equal(surviving_rows(boxes, confidences, max_overlap), kept)


def _covered(box, other):
    right, bottom = box[0] + box[2], box[1] + box[3]
    width = min(right, other[0] + other[2]) - max(box[0], other[0]) + 1
    height = min(bottom, other[1] + other[3]) - max(box[1], other[1]) + 1
    # Sides are differences of corners, so that a box inside another is covered by exactly 1.
    return max(0, width) * max(0, height) / ((right - box[0] + 1) * (bottom - box[1] + 1))
