"""Heads lose their detail; everything else stays."""

import numpy as np

from flatsort.images.head_blur import blur_heads

NOISE = np.random.default_rng(0).integers(0, 255, (200, 100, 3), np.uint8)


def test_the_head_of_each_box_loses_its_detail():
    # Head: y 50 to 70 of the box, and 5 more pixels on each side.
    blurred = blur_heads(NOISE, np.array([[20.0, 50, 40, 100]]))
    head = blurred[45:75, 15:65]
    # Neighbours in a picture of four tiles differ little, in noise by 85 on average.
    assert np.abs(np.diff(head.astype(int), axis=1)).mean() < 6
    outside = np.ones((200, 100), bool)
    outside[45:75, 15:65] = False
    np.testing.assert_array_equal(blurred[outside], NOISE[outside])


def test_the_picture_itself_stays():
    before = NOISE.copy()
    blur_heads(NOISE, np.array([[20.0, 50, 40, 100]]))
    np.testing.assert_array_equal(NOISE, before)


def test_boxes_outside_the_picture_harm_nothing():
    boxes = np.array([[-500.0, -500, 40, 100], [90, 190, 40, 100], [1e9, 0, 1, 1], [20, 20, 0, 0]])
    assert blur_heads(NOISE, boxes).shape == NOISE.shape
    assert blur_heads(NOISE, np.empty((0, 4))).shape == NOISE.shape
