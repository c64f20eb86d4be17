"""Colour histograms: which people are near each other."""

import cv2
import numpy as np
import pytest

from flatsort.descriptors.histogram import (
    CROP_HEIGHT,
    CROP_WIDTH,
    HUE_BINS,
    SATURATION_BINS,
    STRIPS,
    HistogramDescriptor,
    create,
)

BOX = np.array([[0.0, 0.0, CROP_WIDTH, CROP_HEIGHT]])
WIDTH = STRIPS * HUE_BINS * SATURATION_BINS


@pytest.fixture
def describe():
    return HistogramDescriptor()


def person(shirt, trousers=(90, 60, 40), light=1.0):
    """Draw a person of the size of a crop: head, shirt and trousers, colours in BGR."""
    image = np.empty((CROP_HEIGHT, CROP_WIDTH, 3), np.float64)
    image[:16], image[16:40], image[40:] = (120, 150, 200), shirt, trousers
    return np.clip(image * light, 0, 255).astype(np.uint8)


def distance(describe, one, other):
    return float(describe.metric.distances(describe(one, BOX), describe(other, BOX))[0, 0])


def test_a_red_and_a_blue_shirt_are_farther_apart_than_the_gate(describe):
    assert distance(describe, person((30, 30, 200)), person((200, 40, 30))) > describe.metric.gate


def test_the_same_person_in_another_light_is_near(describe):
    red = (30, 30, 200)
    assert distance(describe, person(red), person(red, light=0.6)) < 0.05
    assert distance(describe, person(red), person(red, light=1.2)) < 0.05


def test_noise_and_light_matter_less_than_clothes(describe):
    noise = np.random.default_rng(0).normal(0, 6, (CROP_HEIGHT, CROP_WIDTH, 3))
    same = np.clip(person((30, 30, 200), light=0.8) + noise, 0, 255).astype(np.uint8)
    other = person((30, 200, 30))
    red = person((30, 30, 200))
    assert distance(describe, red, same) < distance(describe, red, other)


def test_the_place_of_a_colour_matters(describe):
    """Red over blue differs from blue over red, because the strips are compared one by one."""
    red, blue = (30, 30, 200), (200, 40, 30)
    # The strips show head, shirt, shirt with trousers, and trousers. The first and the third are
    # equal in both people; the others have no colour in common: 1 - (1 + 0 + 1 + 0) / 4.
    found = distance(describe, person(red, blue), person(blue, red))
    assert found == pytest.approx(0.5, abs=1e-6)


def test_each_strip_is_a_unit_vector(describe):
    random = np.random.default_rng(0).integers(0, 256, (90, 80, 3), np.uint8)
    boxes = np.array([[0, 0, 20, 60], [-5, 30, 50, 100], [500, 500, 9, 9], [3, 3, 0.5, 0.5]])
    features = describe(random, boxes)
    assert features.shape == (4, WIDTH)
    assert features.dtype == np.float32
    strips = features.reshape(4, STRIPS, -1)
    np.testing.assert_allclose(np.linalg.norm(strips, axis=2), 1, atol=1e-6)


def test_one_colour_fills_one_bin_of_each_strip(describe):
    # Pure green, (0, 255, 0): OpenCV hue 60 of 180 -> bin 60 * 12 // 180 = 4; saturation 255 ->
    # the last bin of 6.
    green = np.zeros((CROP_HEIGHT, CROP_WIDTH, 3), np.uint8)
    green[..., 1] = 255
    strips = describe(green, BOX).reshape(STRIPS, HUE_BINS, SATURATION_BINS)
    expected = np.zeros_like(strips)
    expected[:, 4, 5] = 1
    np.testing.assert_allclose(strips, expected, atol=1e-6)


def test_the_sides_of_the_box_count_less_than_its_middle(describe):
    street = np.full((CROP_HEIGHT, CROP_WIDTH, 3), (200, 40, 30), np.uint8)
    middle, sides = street.copy(), street.copy()
    middle[:, 8:24] = (30, 30, 200)
    sides[:, :8] = sides[:, 24:] = (30, 30, 200)
    # 16 columns are red in both.
    red = np.full_like(street, (30, 30, 200))
    assert distance(describe, red, middle) < distance(describe, red, sides)


def test_no_boxes(describe):
    assert describe(np.zeros((9, 9, 3), np.uint8), np.empty((0, 4))).shape == (0, WIDTH)


def test_boxes_together_and_alone_are_described_alike(describe):
    image = np.random.default_rng(1).integers(0, 256, (80, 90, 3), np.uint8)
    image = cv2.GaussianBlur(image, (0, 0), 4)
    boxes = np.array([[0, 0, 20, 60], [30, 10, 25, 70], [60, 5, 20, 50]], float)
    alone = np.concatenate([describe(image, box[None]) for box in boxes])
    np.testing.assert_array_equal(describe(image, boxes), alone)


def test_create_returns_a_descriptor_that_needs_images(make_sequence):
    descriptor = create("", make_sequence(images=False))
    descriptor.start_frame(1)
    assert descriptor.needs_images
    assert descriptor.metric.kind == "cosine"
