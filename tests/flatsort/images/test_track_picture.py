"""Small pictures of tracks."""

import numpy as np
import pytest

from flatsort.images.track_picture import cut_picture, is_in_frame, open_picture, shown_areas


@pytest.fixture
def image():
    """Make a picture of 100 x 80 pixels whose right half is brighter."""
    picture = np.full((80, 100, 3), 40, np.uint8)
    picture[:, 50:] = 200
    return picture


@pytest.mark.parametrize(
    ("box", "shape"),
    [
        ((0, 0, 100, 80), (80, 100, 3)),
        ((10, 10, 20, 40), (40, 20, 3)),
        ((-10, -10, 30, 30), (20, 20, 3)),
        ((90, 0, 1000, 1), (1, 10, 3)),
        ((0, 79.4, 5, 100), (1, 5, 3)),
    ],
)
def test_a_small_box_is_cut_at_the_frames_edges_and_not_shrunk(image, box, shape):
    assert open_picture(cut_picture(image, np.array(box, float))).shape == shape


@pytest.mark.parametrize(
    ("size", "shape"),
    [((300, 300), (144, 144, 3)), ((100, 400), (192, 48, 3)), ((1, 999), (192, 1, 3))],
)
def test_large_pictures_shrink_and_keep_their_proportions(size, shape):
    image = np.zeros((1000, 1000, 3), np.uint8)
    assert open_picture(cut_picture(image, np.array([0, 0, *size], float))).shape == shape


def test_colours_are_kept(image):
    image[:] = (10, 120, 250)
    picture = open_picture(cut_picture(image, np.array([0, 0, 20, 20.0])))
    assert np.allclose(picture[10, 10], (250, 120, 10), atol=4)


def test_which_boxes_are_in_the_frame(image):
    boxes = [(0, 0, 1, 1), (-5, 0, 5, 9), (100, 0, 5, 5), (0, 0, 0.4, 5), (-50, -50, 500, 500)]
    assert is_in_frame(image, np.array(boxes)).tolist() == [True, False, False, False, True]
    assert is_in_frame(image, np.empty((0, 4))).tolist() == []


@pytest.mark.parametrize("data", [b"", b"no picture"])
def test_damaged_pictures_are_grey(data):
    assert (open_picture(data) == 128).all()


def test_the_largest_common_area_is_subtracted_from_a_box():
    # In frame 1 the second shares 4 x 10 with the first and 2 x 10 with the third.
    frames = np.array([1, 1, 1, 2, 2])
    boxes = np.array([[0, 0, 10, 10], [6, 0, 10, 10], [14, 0, 10, 10]], float)
    alone = np.array([[0, 0, 10, 10], [6, 50, 0, 10]], float)
    areas = shown_areas(frames, np.concatenate([boxes, alone]), (100, 100))
    assert areas.tolist() == [60, 60, 80, 100, 0]
    # In a frame of 20 x 5 the third box has 6 x 5, but common areas are not cut at the edge.
    assert shown_areas(frames[:3], boxes, (20, 5)).tolist() == [10, 10, 10]
