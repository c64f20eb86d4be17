import numba
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from flatsort.tracker import Detections
from flatsort.tracker.compiled.selection import surviving_rows as survivors_kernel
from flatsort.tracker.compiled.selection import usable_rows as usable_kernel
from flatsort.tracker.detections import surviving_rows as reference_survivors
from flatsort.tracker.reference.selection import usable_rows as reference_usable


@numba.njit
def surviving_rows(boxes_tlwh, max_overlap):
    return survivors_kernel(boxes_tlwh, max_overlap)


@numba.njit
def usable_rows(boxes_tlwh, confidences, order, min_confidence, min_height):
    return usable_kernel(boxes_tlwh, confidences, order, min_confidence, min_height)


@given(
    seed=st.integers(0, 10_000),
    count=st.integers(0, 25),
    max_overlap=st.sampled_from([0.0, 0.3, 0.7, 1.0]),
)
def test_the_same_rows_survive(seed, count, max_overlap):
    rng = np.random.default_rng(seed)
    boxes_tlwh = rng.integers(1, 20, (count, 4)).astype(float)
    confidences = rng.integers(0, 5, count) / 5.0
    order = np.argsort(confidences, kind="stable")[::-1]
    survivors = order[surviving_rows(boxes_tlwh[order], max_overlap)]
    expected = reference_survivors(boxes_tlwh, confidences, max_overlap)
    np.testing.assert_array_equal(survivors, expected)


@given(seed=st.integers(0, 10_000), count=st.integers(0, 25))
def test_the_same_rows_are_usable(seed, count):
    rng = np.random.default_rng(seed)
    boxes_tlwh = rng.integers(1, 20, (count, 4)).astype(float)
    boxes_tlwh[rng.random((count, 4)) < 0.05] = rng.choice([np.nan, np.inf, 0.0, -1.0])
    confidences = rng.integers(0, 5, count) / 5.0
    rows, dropped = usable_rows(boxes_tlwh, confidences, np.arange(count), 0.4, 8.0)
    expected, expected_dropped = reference_usable(Detections(boxes_tlwh, confidences), 0.4, 8.0)
    np.testing.assert_array_equal(rows, expected)
    assert dropped == expected_dropped
