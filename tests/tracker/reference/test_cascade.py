import numpy as np
import pytest

from flatsort.tracker.reference.assignment import min_cost_matching
from flatsort.tracker.reference.cascade import matching_cascade


def pairs(matches):
    return {tuple(pair) for pair in matches.tolist()}


def test_cascade_prefers_the_recently_seen():
    # The older row would fit better: 0.0 against 0.1.
    cost = np.array([[0.0], [0.1]])
    matches, rows, columns = matching_cascade(cost, 0.2, ages=np.array([2, 1]), depth=30)
    assert pairs(matches) == {(1, 0)}
    np.testing.assert_array_equal(rows, [0])
    assert len(columns) == 0


def test_cascade_leaves_free_columns_to_older_rows():
    cost = np.array([[0.1, 0.1], [0.0, 0.9]])
    matches, rows, _ = matching_cascade(cost, 0.2, ages=np.array([3, 1]), depth=30)
    assert pairs(matches) == {(1, 0), (0, 1)}
    assert len(rows) == 0


def test_cascade_stops_at_its_depth():
    matches, rows, columns = matching_cascade(np.zeros((1, 1)), 0.2, np.array([31]), depth=30)
    assert len(matches) == 0
    np.testing.assert_array_equal(rows, [0])
    np.testing.assert_array_equal(columns, [0])


def test_cascade_of_one_age_is_one_assignment():
    cost = np.random.default_rng(0).uniform(0, 1, (6, 7))
    ours = matching_cascade(cost, 0.5, ages=np.ones(6, dtype=int), depth=30)
    assert pairs(ours[0]) == pairs(min_cost_matching(cost, 0.5)[0])


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (2, 0)])
def test_cascade_of_nothing(shape):
    matches, rows, columns = matching_cascade(np.empty(shape), 0.2, np.ones(shape[0]), 30)
    assert matches.shape == (0, 2)
    assert len(rows) == shape[0]
    assert len(columns) == shape[1]
