"""Pictures fitted into other proportions, and boxes converted back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flatsort.images.letterbox import GREY, letterbox


def test_a_wide_picture_gets_grey_above_and_below():
    """200 x 100 pixels become 100 x 50 in 100 x 100, with 25 grey rows above and below."""
    fitted, fit = letterbox(np.full((100, 200, 3), 7, np.uint8), 100, 100)
    assert (fit.scale, fit.left, fit.top) == (0.5, 0, 25)
    assert (fitted[25:75] == 7).all()
    assert (fitted[:25] == GREY).all()
    assert (fitted[75:] == GREY).all()
    box = np.array([[10.0, 35.0, 20.0, 30.0]])
    np.testing.assert_allclose(fit.boxes_in_picture(box), [[20, 20, 40, 60]])


def test_a_small_tall_picture_grows_between_columns_of_the_given_grey():
    fitted, fit = letterbox(np.full((20, 10, 3), 200, np.uint8), 60, 40, grey=0)
    assert (fit.scale, fit.left, fit.top) == (2, 20, 0)
    assert (fitted[:, 20:40] == 200).all()
    assert fitted[:, :20].max() == fitted[:, 40:].max() == 0


def test_a_picture_in_the_corner_has_all_grey_right_or_below():
    fitted, fit = letterbox(np.full((100, 200, 3), 7, np.uint8), 100, 100, before=0)
    assert (fit.scale, fit.left, fit.top) == (0.5, 0, 0)
    assert (fitted[:50] == 7).all()
    assert (fitted[50:] == GREY).all()


@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 60), st.integers(1, 60))
def test_any_size_into_any_other(width, height, into_width, into_height):
    image = np.full((height, width, 3), 255, np.uint8)
    fitted, fit = letterbox(image, into_width, into_height, grey=0)
    assert fitted.shape == (into_height, into_width, 3)
    columns, rows = (fitted[..., 0] > 0).any(0).sum(), (fitted[..., 0] > 0).any(1).sum()
    # The picture fills one side; its proportions decide how much of the other.
    assert columns == into_width or rows == into_height
    assert columns == pytest.approx(max(1, width * fit.scale), abs=1)
    assert rows == pytest.approx(max(1, height * fit.scale), abs=1)
