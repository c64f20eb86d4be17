"""Crops: exact pixels, colours and borders."""

import sys

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flatsort.images import crops
from flatsort.images.crops import cut_crops

GREY = 128


@pytest.fixture
def frame():
    """12 x 10 pixels, all different in blue and green, red constant: B = x, G = y, R = 200."""
    image = np.empty((10, 12, 3), np.uint8)
    image[..., 0] = np.arange(12)
    image[..., 1] = np.arange(10)[:, None]
    image[..., 2] = 200
    return image


def test_a_box_of_the_crops_size_is_copied_and_its_channels_become_rgb(frame):
    crop = cut_crops(frame, np.array([[3.0, 2.0, 4.0, 5.0]]), 4, 5)[0]
    assert crop.dtype == np.uint8
    # Rows 2 to 6, columns 3 to 6; red first.
    np.testing.assert_array_equal(crop[..., 0], np.full((5, 4), 200))
    np.testing.assert_array_equal(crop[..., 1], np.repeat(np.arange(2, 7)[:, None], 4, 1))
    np.testing.assert_array_equal(crop[..., 2], np.repeat(np.arange(3, 7)[None], 5, 0))


def test_corners_are_rounded_to_whole_pixels(frame):
    # 2.6 -> 3, 1.6 -> 2, right 2.6 + 4.2 = 6.8 -> 7, bottom 1.6 + 5.1 = 6.7 -> 7.
    near = cut_crops(frame, np.array([[2.6, 1.6, 4.2, 5.1]]), 4, 5)
    np.testing.assert_array_equal(near, cut_crops(frame, np.array([[3.0, 2.0, 4.0, 5.0]]), 4, 5))


def test_halving_takes_the_mean_of_four_pixels(frame):
    crop = cut_crops(frame, np.array([[0.0, 0.0, 4.0, 4.0]]), 2, 2)[0]
    # Green is the row: (0+0+1+1)/4 = 0.5 and 2.5. Blue is the column, with the same means. The
    # tolerance allows a half to be rounded either way.
    np.testing.assert_allclose(crop[..., 1], [[0.5, 0.5], [2.5, 2.5]], atol=0.5)
    np.testing.assert_allclose(crop[..., 2], [[0.5, 2.5], [0.5, 2.5]], atol=0.5)


def test_a_box_over_the_border_shows_its_part_inside(frame):
    over = np.array([[-3.0, -2.0, 7.0, 6.0], [8.0, 6.0, 40.0, 50.0]])
    inside = np.array([[0.0, 0.0, 4.0, 4.0], [8.0, 6.0, 4.0, 4.0]])
    np.testing.assert_array_equal(cut_crops(frame, over, 4, 4), cut_crops(frame, inside, 4, 4))


@pytest.mark.parametrize(
    "box",
    [
        pytest.param((-20, 0, 10, 5), id="left of it"),
        pytest.param((0, -9, 4, 9), id="touching its top"),
        pytest.param((12, 0, 4, 4), id="touching its right"),
        pytest.param((3, 50, 4, 4), id="below"),
        pytest.param((3.1, 3.1, 0.2, 4.0), id="thinner than a pixel"),
        pytest.param((1e8, 1e8, 10, 10), id="far away"),
        pytest.param((3, 3, np.nan, 4), id="of no width"),
        pytest.param((3, np.nan, 4, 4), id="nowhere"),
        pytest.param((np.inf, 3, 4, np.inf), id="infinitely far"),
    ],
)
def test_a_box_that_shows_nothing_is_grey(frame, box):
    crops = cut_crops(frame, np.array([box], float), 6, 7)
    assert (crops == GREY).all()
    assert crops.shape == (1, 7, 6, 3)


def test_a_grey_crop_does_not_disturb_its_neighbours(frame):
    boxes = np.array([[0, 0, 4, 4], [-20, 0, 4, 4], [4, 4, 4, 4]], float)
    crops = cut_crops(frame, boxes, 4, 4)
    np.testing.assert_array_equal(crops[[0, 2]], cut_crops(frame, boxes[[0, 2]], 4, 4))
    assert (crops[1] == GREY).all()


def cut_one(frame, box, width, height):
    """Cut one box by the rule: clip, sample pixels, average, interpolate, swap colours."""
    left, top, right, bottom = np.rint([box[0], box[1], box[0] + box[2], box[1] + box[3]])
    left, right = np.clip([left, right], 0, frame.shape[1]).astype(int)
    top, bottom = np.clip([top, bottom], 0, frame.shape[0]).astype(int)
    if right <= left or bottom <= top:
        return np.full((height, width, 3), GREY, np.uint8)
    rows = sampled_pixels(top, bottom, height)
    columns = sampled_pixels(left, right, width)
    patch = frame[np.ix_(rows, columns)]
    smaller = (min(width, len(columns)), min(height, len(rows)))
    shrunk = cv2.resize(patch, smaller, interpolation=cv2.INTER_AREA)
    return cv2.resize(shrunk, (width, height), interpolation=cv2.INTER_LINEAR)[..., ::-1]


def sampled_pixels(first, end, wanted):
    """Return four to eight pixels per pixel of the crop, centred; all pixels if there are fewer."""
    step = max(1, (end - first) // (4 * wanted))
    return np.arange(first + (step - 1) // 2, end, step)


def test_a_crop_of_a_large_box_averages_four_pixels_in_each_direction():
    """A crop of 2 x 1 from 24 x 8 takes the middle of every three columns and every second row."""
    frame = np.zeros((8, 24, 3), np.uint8)
    frame[::2, 1:12:3] = 100
    frame[::2, 13::3] = 40
    crop = cut_crops(frame, np.array([[0.0, 0.0, 24.0, 8.0]]), 2, 1)
    np.testing.assert_array_equal(crop[0, 0, :, 0], [100, 40])


@pytest.fixture(params=["machine code", "OpenCV"])
def form(request, monkeypatch):
    if request.param == "OpenCV":
        monkeypatch.setitem(sys.modules, "numba", None)


@pytest.mark.usefixtures("form")
@pytest.mark.parametrize("size", [(32, 32), (64, 128), (7, 5)])
def test_many_boxes_at_once_are_the_same_boxes_one_by_one(size):
    """Boxes larger and smaller than the crop, larger along one side only, over borders, outside."""
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (108, 192, 3), np.uint8)
    boxes = rng.uniform((-20, -20, 1, 1), (190, 105, 120, 150), (200, 4)).astype(np.float32)
    expected = [cut_one(noise, box, *size) for box in boxes]
    assert any((crop == GREY).all() for crop in expected)
    crops = cut_crops(noise, boxes, *size)
    np.testing.assert_array_equal(crops, expected)
    assert crops.flags.c_contiguous


@pytest.mark.usefixtures("form")
@pytest.mark.parametrize("times", [(1, 1), (2, 2), (2, 1), (1, 3), (3, 3), (5, 4), (12, 2)])
def test_whole_numbers_of_pixels(times):
    """OpenCV adds integers here. It rounds a half up for means of four, and to even for others."""
    rng = np.random.default_rng(1)
    noise = rng.integers(0, 256, (200, 300, 3), np.uint8)
    sides = np.array([6, 7]) * times
    boxes = np.array([[3, 2, *sides], [50, 40, *sides]], float)
    expected = [cut_one(noise, box, 6, 7) for box in boxes]
    np.testing.assert_array_equal(cut_crops(noise, boxes, 6, 7), expected)


def test_machine_code_shrinks_the_boxes(monkeypatch):
    """Boxes that are larger than the crop along both sides never reach OpenCV."""
    resized = []
    monkeypatch.setattr(crops, "_resize_into", lambda *words: resized.append(words))
    boxes = np.array([[0, 0, 9, 9], [0, 0, 9, 3], [0, 0, 4, 4]], float)
    cut_crops(np.zeros((10, 12, 3), np.uint8), boxes, 4, 4)
    assert [corners.tolist() for _, _, corners, _ in resized] == [[0, 0, 9, 3]]


@pytest.mark.usefixtures("form")
def test_frames_in_any_memory_layout(frame):
    """Frames that are read-only, part of a larger image or mirrored."""
    boxes = np.array([[1, 1, 9, 8], [2, 0, 3, 3]], float)
    expected = cut_crops(frame, boxes, 4, 5)
    frame.flags.writeable = False
    np.testing.assert_array_equal(cut_crops(frame, boxes, 4, 5), expected)
    larger = np.zeros((20, 30, 3), np.uint8)
    larger[5:15, 7:19] = frame
    np.testing.assert_array_equal(cut_crops(larger[5:15, 7:19], boxes, 4, 5), expected)
    mirrored = np.ascontiguousarray(frame[:, ::-1])
    np.testing.assert_array_equal(cut_crops(mirrored[:, ::-1], boxes, 4, 5), expected)


def test_no_boxes(frame):
    assert cut_crops(frame, np.empty((0, 4)), 6, 7).shape == (0, 7, 6, 3)


def test_a_huge_box_is_the_whole_frame(frame):
    huge = cut_crops(frame, np.array([[-1e9, -1e9, 2e9, 2e9]]), 6, 5)
    np.testing.assert_array_equal(huge, cut_crops(frame, np.array([[0, 0, 12.0, 10]]), 6, 5))


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_boxes_of_any_number_type(frame, dtype):
    np.testing.assert_array_equal(
        cut_crops(frame, np.array([[3, 2, 4, 5]], dtype), 4, 5),
        cut_crops(frame, np.array([[3.0, 2.0, 4.0, 5.0]]), 4, 5),
    )


def test_the_frame_is_not_written_to(frame):
    before = frame.copy()
    cut_crops(frame, np.array([[0, 0, 12, 10]], float), 12, 10)[:] = 0
    np.testing.assert_array_equal(frame, before)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(-30, 30), st.floats(-30, 30), st.floats(1e-9, 60), st.floats(1e-9, 60)),
        max_size=4,
    )
)
def test_a_frame_of_one_colour_gives_crops_of_it_or_grey(boxes):
    plain = np.full((10, 12, 3), 50, np.uint8)
    crops = cut_crops(plain, np.array(boxes, float).reshape(-1, 4), 5, 6)
    assert crops.shape == (len(boxes), 6, 5, 3)
    for crop in crops:
        assert (crop == 50).all() or (crop == GREY).all()
