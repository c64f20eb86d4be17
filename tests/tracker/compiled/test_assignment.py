"""The solver on entries gives the pairs of scipy's solver on the full matrix, ties included."""

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from flatsort.tracker.compiled.assignment import assign as kernel


@numba.njit("int64[::1](int64[::1], int64[::1], float64[::1], float64, int64)")
def assign(starts, columns, costs, background, n_columns):
    return kernel(starts, columns, costs, background, n_columns)


def entries(cost, background):
    rows, columns = np.nonzero(cost < background)
    starts = np.searchsorted(rows, np.arange(len(cost) + 1))
    # A copy, because np.nonzero returns two strided views of one array.
    return starts, columns.copy(), cost[rows, columns], background, cost.shape[1]


def by_scipy(cost):
    expected = np.full(len(cost), -1)
    rows, columns = linear_sum_assignment(cost)
    expected[rows] = columns
    return expected


@st.composite
def sparse_costs(draw):
    """A matrix that is mostly background. Its entries take few values (ties) or many."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    background = draw(st.sampled_from([0.0, 0.7 + 1e-5, 0.2 + 1e-5, 1.0]))
    shape = draw(st.tuples(st.integers(1, 12), st.integers(1, 12)))
    step = draw(st.sampled_from([1e-16, 0.1, 0.25]))
    below = np.ceil(rng.random(shape) / step) * step
    near = rng.random(shape) < draw(st.floats(0, 1))
    return np.where(near, background - below, background), background


@given(problem=sparse_costs())
@settings(max_examples=1000)
def test_equal_to_scipy_with_all_its_ties(problem):
    cost, background = problem
    np.testing.assert_array_equal(assign(*entries(cost, background)), by_scipy(cost))


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_nothing_to_assign(shape):
    assert assign(*entries(np.empty(shape), 1.0)).tolist() == [-1] * shape[0]


def test_without_entries_rows_take_columns_in_order():
    assert assign(*entries(np.full((2, 3), 0.5), 0.5)).tolist() == [0, 1]
    assert assign(*entries(np.full((3, 2), 0.5), 0.5)).tolist() == [0, 1, -1]


def test_a_price_lifted_by_rounding():
    # (0.9 + 1) - 1 is slightly below 0.9: a taken column becomes slightly cheaper than free ones.
    cost = np.ones((7, 7))
    cost[2, 1], cost[4, 2], cost[5, 1], cost[6, 1] = 0.9, 0.7, 0.8, 0.8
    np.testing.assert_array_equal(assign(*entries(cost, 1.0)), by_scipy(cost))


def test_components_are_independent():
    # Two problems in one matrix give the same pairs as each problem alone.
    rng = np.random.default_rng(0)
    one, other = rng.random((4, 4)), rng.random((3, 3))
    both = np.full((7, 7), 1.0)
    both[:4, :4], both[4:, 4:] = one, other
    alone = [*by_scipy(one), *(4 + by_scipy(other))]
    assert assign(*entries(both, 1.0)).tolist() == alone
