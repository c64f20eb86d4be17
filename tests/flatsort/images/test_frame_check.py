"""Frames of users' programs: converted where their meaning is clear, else refused."""

import numpy as np
import pytest

from flatsort.images.crops import cut_crops
from flatsort.images.frame_check import as_bgr
from flatsort.sources.source import Frame

BOX = np.array([[2.0, 3.0, 8.0, 12.0]])
COLOUR = np.random.default_rng(0).integers(0, 255, (40, 30, 3), np.uint8)
GREY = COLOUR[..., 0]


def test_a_colour_frame_is_itself():
    assert as_bgr(COLOUR) is COLOUR


@pytest.mark.parametrize("grey", [GREY, GREY[..., None], GREY[::1, :, None]])
def test_grey_has_three_equal_channels(grey):
    converted = as_bgr(grey)
    assert converted.shape == (40, 30, 3)
    for channel in range(3):
        np.testing.assert_array_equal(converted[..., channel], GREY)


def test_alpha_is_left_out():
    with_alpha = np.dstack([COLOUR, np.full((40, 30), 7, np.uint8)])
    np.testing.assert_array_equal(as_bgr(with_alpha), COLOUR)
    np.testing.assert_array_equal(cut_crops(with_alpha, BOX, 4, 6), cut_crops(COLOUR, BOX, 4, 6))


@pytest.mark.parametrize("shape", [(40, 30), (40, 30, 1)])
def test_no_memory_beside_a_grey_frame_is_read(shape):
    # The frame lies in the middle of a larger array of another value.
    memory = np.full(3 * 40 * 30, 77, np.uint8)
    frame = memory[40 * 30 : 2 * 40 * 30].reshape(shape)
    frame[...] = 200
    assert (cut_crops(frame, np.array([[0.0, 0.0, 30.0, 40.0]]), 4, 6) == 200).all()


@pytest.mark.parametrize(
    ("frame", "error", "reason"),
    [
        (None, TypeError, "not NoneType"),
        (COLOUR.tolist(), TypeError, "not list: convert it with np.asarray"),
        (COLOUR / 255, ValueError, "uint8 values from 0 to 255, not float64"),
        (COLOUR.astype(np.uint16), ValueError, "not uint16"),
        (COLOUR.transpose(2, 0, 1), ValueError, r"colours first: use frame.transpose\(1, 2, 0\)"),
        (COLOUR[None], ValueError, r"not \(1, 40, 30, 3\)"),
        (COLOUR[:0], ValueError, r"not \(0, 30, 3\)"),
        (np.zeros((4, 5, 2), np.uint8), ValueError, r"not \(4, 5, 2\)"),
        (np.zeros(5, np.uint8), ValueError, r"not \(5,\)"),
    ],
)
def test_other_frames_are_refused(frame, error, reason):
    with pytest.raises(error, match=reason):
        cut_crops(frame, BOX, 4, 6)
    if frame is not None:
        with pytest.raises(error, match=reason):
            Frame(1, 0.0, frame)
