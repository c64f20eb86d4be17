import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from flatsort.tracker.boxes import (
    intersection,
    iou,
    tlwh_to_xyah,
    tlwh_to_xysr,
    tlwh_to_xywh,
    xyah_to_tlwh,
    xysr_to_tlwh,
    xywh_to_tlwh,
)

BOX = np.array([[10.0, 20.0, 30.0, 60.0]])
BOXES = arrays(
    float,
    st.tuples(st.integers(0, 6), st.just(4)),
    elements=st.floats(0.1, 2000, allow_nan=False),
)


def test_xyah_by_hand():
    # The centre is (10 + 15, 20 + 30), the aspect ratio 30 / 60.
    np.testing.assert_array_equal(tlwh_to_xyah(BOX), [[25, 50, 0.5, 60]])


def test_xywh_by_hand():
    np.testing.assert_array_equal(tlwh_to_xywh(BOX), [[25, 50, 30, 60]])


def test_xysr_by_hand():
    # The area is 30 * 60.
    np.testing.assert_array_equal(tlwh_to_xysr(BOX), [[25, 50, 1800, 0.5]])


@pytest.mark.parametrize(
    ("there", "back"),
    [(tlwh_to_xyah, xyah_to_tlwh), (tlwh_to_xysr, xysr_to_tlwh), (tlwh_to_xywh, xywh_to_tlwh)],
)
@given(boxes=BOXES)
def test_conversions_are_inverse(there, back, boxes):
    np.testing.assert_allclose(back(there(boxes)), boxes, rtol=1e-9, atol=1e-9)


def test_conversions_take_a_single_box():
    np.testing.assert_array_equal(tlwh_to_xyah(BOX[0]), tlwh_to_xyah(BOX)[0])
    np.testing.assert_allclose(xysr_to_tlwh(tlwh_to_xysr(BOX[0])), BOX[0])


def test_iou_by_hand():
    a = np.array([[0.0, 0, 10, 10]])
    b = np.array([[0.0, 0, 10, 10], [5, 0, 10, 10], [10, 0, 10, 10], [2, 2, 5, 5]])
    # The same box; 50 / (100 + 100 - 50); touching edges; a box inside, 25 / 100.
    np.testing.assert_allclose(iou(a, b), [[1, 1 / 3, 0, 0.25]])


def test_iou_of_a_box_shrunk_to_nothing_is_zero():
    flat = np.array([[0.0, 0, 0, 0], [5, 5, -3, 4], [5, 5, -3, -4], [np.nan] * 4])
    assert not iou(flat, np.array([[0.0, 0, 10, 10]])).any()


@given(a=BOXES, b=BOXES)
def test_iou_is_symmetric_and_a_fraction(a, b):
    overlaps = iou(a, b)
    assert overlaps.shape == (len(a), len(b))
    np.testing.assert_allclose(overlaps, iou(b, a).T)
    assert (overlaps >= 0).all()
    # A right or lower end below 4000 is rounded by at most 2.3e-13: a share of 2.3e-12 of a side of
    # 0.1. Both sides of an intersection double this, and so does the union, which subtracts it.
    assert (overlaps <= 1 + 1e-11).all()


def test_intersection_margin_counts_both_end_pixels():
    a = np.array([[0.0, 0, 9, 9]])
    # Each side is 9 + 1 = 10 pixels. The second box shares only the pixel (9, 9).
    np.testing.assert_array_equal(intersection(a, a, margin=1.0), [[100]])
    corner = np.array([[9.0, 9, 5, 5]])
    np.testing.assert_array_equal(intersection(a, corner, margin=1.0), [[1]])
