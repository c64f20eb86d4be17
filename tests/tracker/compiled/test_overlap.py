import numba
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from flatsort.tracker.boxes import iou
from flatsort.tracker.compiled.overlap import overlapping_pairs as kernel


@numba.njit
def overlapping_pairs(rows_tlwh, columns_tlwh):
    return kernel(rows_tlwh, columns_tlwh)


def dense(rows_tlwh, columns_tlwh):
    starts, columns, overlaps = overlapping_pairs(rows_tlwh, columns_tlwh)
    full = np.zeros((len(rows_tlwh), len(columns_tlwh)))
    full[np.repeat(np.arange(len(rows_tlwh)), np.diff(starts)), columns] = overlaps
    assert (overlaps > 0).all()
    assert np.count_nonzero(full) == len(columns)
    return full


@given(
    seed=st.integers(0, 10_000),
    counts=st.tuples(st.integers(0, 20), st.integers(0, 20)),
    spread=st.sampled_from([0.0, 3.0, 50.0, 1e9]),
    widest=st.sampled_from([1.0, 30.0, 1e6]),
)
def test_the_same_overlaps_as_from_all_pairs(seed, counts, spread, widest):
    rng = np.random.default_rng(seed)
    rows, columns = (
        np.column_stack(
            [rng.normal(0, spread, (n, 2)), rng.uniform(1e-3, widest, n), rng.uniform(1, 9, n)]
        )
        for n in counts
    )
    np.testing.assert_array_equal(dense(rows, columns), iou(rows, columns))


def test_boxes_that_touch_and_boxes_with_negative_sides():
    box = np.array([[0.0, 0.0, 10.0, 10.0]])
    others = np.array([[10.0, 0, 10, 10], [0, -5, 10, 5], [2, 2, -1, 5], [9, 9, 10, 10]])
    np.testing.assert_array_equal(dense(box, others), iou(box, others))
