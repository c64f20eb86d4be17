import numba
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from flatsort.tracker.compiled.selection import surviving_rows as kernel
from flatsort.tracker.detections import surviving_rows as readable


@numba.njit
def surviving_rows(boxes_tlwh, max_overlap):
    return kernel(boxes_tlwh, max_overlap)


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
    np.testing.assert_array_equal(survivors, readable(boxes_tlwh, confidences, max_overlap))
