"""The bounds that engines promise hold for the exact distances."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from flatsort.retrieval.neighbours import ENGINES, installed_engines


@pytest.mark.parametrize("engine", installed_engines())
@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 10**6),
    offset=st.sampled_from([0.0, 1e3, 1e6]),
    scale=st.sampled_from([1e-3, 1.0, 1e15]),
    is_rounded=st.booleans(),
)
def test_bounds_hold(engine, seed, offset, scale, is_rounded):
    rng = np.random.default_rng(seed)
    count, columns = rng.integers(1, 60), rng.integers(1, 20)
    values = rng.normal(size=(count + 25, columns)) * 2
    # Rounded points coincide.
    values = np.round(values) if is_rounded else values
    values = (scale * (values + offset)).astype(np.float32)
    points, queries = values[:count], values[count:]
    wanted = int(rng.integers(1, count + 1))
    bounds, rows = ENGINES[engine](points).nearest(queries, wanted)
    assert bounds.shape == rows.shape == (25, wanted)
    true = cdist(queries, points)
    assert (bounds <= np.take_along_axis(true, rows, axis=1)).all()
    assert all(len(set(row)) == wanted for row in rows.tolist())
    np.put_along_axis(true, rows, np.inf, axis=1)
    assert (true.min(axis=1) >= bounds.max(axis=1)).all()


@pytest.mark.parametrize("engine", installed_engines())
def test_bounds_are_near_the_distances(engine):
    values = np.random.default_rng(3).normal(size=(200, 32)).astype(np.float32)
    bounds, rows = ENGINES[engine](values[:150]).nearest(values[150:], 20)
    true = np.take_along_axis(cdist(values[150:], values[:150]), rows, axis=1)
    assert bounds == pytest.approx(true, rel=1e-3)


def test_the_tree_is_always_installed():
    assert installed_engines()[0] == "kd-tree"
