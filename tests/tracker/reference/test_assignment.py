from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flatsort.tracker.reference.assignment import (
    max_overlap_matching,
    min_cost_matching,
)


def pairs(matches):
    return {tuple(pair) for pair in matches.tolist()}


def test_by_hand():
    # A greedy choice of (0, 0) at 1 would leave 9 for row 1; the best total is 2 + 3.
    matches, rows, columns = min_cost_matching(np.array([[1.0, 2], [3, 9]]), 5)
    assert pairs(matches) == {(0, 1), (1, 0)}
    assert len(rows) == len(columns) == 0


def test_costly_pairs_stay_unmatched():
    matches, rows, columns = min_cost_matching(np.array([[1.0, 9], [9, 9]]), 5)
    assert pairs(matches) == {(0, 0)}
    np.testing.assert_array_equal(rows, [1])
    np.testing.assert_array_equal(columns, [1])


def test_the_largest_cost_itself_is_accepted():
    assert len(min_cost_matching(np.array([[5.0]]), 5)[0]) == 1


def test_the_cost_of_a_refused_pair_does_not_influence_the_others():
    # Without the clamp 4 + 4 would beat 0 + 100. Clamped at 1, 0 + 1 beats 1 + 1.
    matches, _, _ = min_cost_matching(np.array([[0.0, 4], [4, 100]]), 1)
    assert pairs(matches) == {(0, 0)}


def test_infinite_costs_are_refused():
    matches, rows, _ = min_cost_matching(np.array([[np.inf, np.inf], [np.inf, 0.1]]), 0.2)
    assert pairs(matches) == {(1, 1)}
    np.testing.assert_array_equal(rows, [0])


def test_a_large_limit_does_not_swallow_the_clamp():
    matches, _, _ = min_cost_matching(np.array([[501.0]], dtype=np.float32), 500.0)
    assert len(matches) == 0


def test_unpaired_columns_come_before_refused_ones():
    # Row 0 is paired with column 0 but refused; columns 1 and 2 are never paired.
    _, _, columns = min_cost_matching(np.array([[9.0, 9, 9]]), 5)
    np.testing.assert_array_equal(columns, [1, 2, 0])


@pytest.mark.parametrize("solve", [min_cost_matching, max_overlap_matching])
@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (2, 0)])
def test_matches_of_nothing_are_two_dimensional(solve, shape):
    matches, rows, columns = solve(np.empty(shape), 0.5)
    assert matches.shape == (0, 2)
    assert matches.dtype == np.intp
    np.testing.assert_array_equal(rows, np.arange(shape[0]))
    np.testing.assert_array_equal(columns, np.arange(shape[1]))


COSTS = st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(0, 10_000)).map(
    lambda t: np.random.default_rng(t[2]).uniform(0, 1, t[:2])
)


@given(cost=COSTS, limit=st.floats(0.05, 1))
def test_against_brute_force(cost, limit):
    matches, rows, columns = min_cost_matching(cost, limit)
    clamped = np.where(cost > limit, limit + 1e-5, cost)
    wide = clamped if cost.shape[0] <= cost.shape[1] else clamped.T
    best = min(
        sum(wide[row, column] for row, column in enumerate(chosen))
        for chosen in permutations(range(wide.shape[1]), len(wide))
    )
    refused = min(cost.shape) - len(matches)
    total = cost[matches[:, 0], matches[:, 1]].sum() + refused * (limit + 1e-5)
    assert total == pytest.approx(best)
    assert sorted([*matches[:, 0], *rows]) == list(range(cost.shape[0]))
    assert sorted([*matches[:, 1], *columns]) == list(range(cost.shape[1]))
    assert (cost[matches[:, 0], matches[:, 1]] <= limit).all()


def test_pairs_without_rivals_are_taken_without_the_solver():
    # The solver would prefer 0.29 + 0.29 to 0.31 + 0. Only (0, 0) is above 0.3, so it is a match.
    overlap = np.array([[0.31, 0.29], [0.29, 0.0]])
    matches, rows, columns = max_overlap_matching(overlap, 0.3)
    assert pairs(matches) == {(0, 0)}
    np.testing.assert_array_equal(rows, [1])
    np.testing.assert_array_equal(columns, [1])


def test_overlap_is_solved_when_ambiguous():
    # 0.7 + 0.9 beats 0.8 + 0.5.
    matches, _, _ = max_overlap_matching(np.array([[0.8, 0.7], [0.9, 0.5]]), 0.3)
    assert pairs(matches) == {(0, 1), (1, 0)}


def test_overlaps_are_assigned_first_and_refused_afterwards():
    # Row 0 has two partners, so the solver runs. Overlaps are not clamped in SORT: 0.5 + 0.29 beats
    # 0.6 + 0. The pair at 0.29 is refused afterwards.
    matches, rows, columns = max_overlap_matching(np.array([[0.6, 0.5], [0.29, 0.0]]), 0.3)
    assert pairs(matches) == {(0, 1)}
    np.testing.assert_array_equal(rows, [1])
    np.testing.assert_array_equal(columns, [0])
