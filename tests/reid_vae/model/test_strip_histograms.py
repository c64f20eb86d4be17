"""Histograms of hue and saturation: by hand, and beside the baseline of OpenCV's colours."""

import colorsys

import cv2
import numpy as np
import pytest
import torch

from flatsort.descriptors.histogram import HistogramDescriptor
from flatsort.reid_vae.model.strip_histograms import (
    HUES,
    SATURATIONS,
    StripHistograms,
    column_weights,
    hue_and_saturation,
)


def test_hue_and_saturation_are_those_of_colorsys() -> None:
    images = torch.rand(2, 3, 4, 5)
    images[0, :, 0, 0] = 0
    images[0, :, 0, 1] = 0.5
    hue, saturation = hue_and_saturation(images)
    for n, y, x in np.ndindex(2, 4, 5):
        expected = colorsys.rgb_to_hsv(*images[n, :, y, x].tolist())[:2]
        assert (hue[n, y, x].item(), saturation[n, y, x].item()) == pytest.approx(
            expected, abs=1e-5
        )


def test_two_colours_in_two_strips() -> None:
    # The upper half is red; the lower half is half white and half green, side by side.
    image = torch.zeros(1, 3, 8, 4)
    image[:, 0, :4] = 1
    image[:, :, 4:, :2] = 1
    image[:, 1, 4:, 2:] = 1
    histograms = StripHistograms(2)(image).view(2, HUES, SATURATIONS).square()
    assert histograms.sum((1, 2)).tolist() == pytest.approx([1, 1])
    assert histograms[0, 0, SATURATIONS - 1] == pytest.approx(1)
    # Green has a third of the circle: bin 4 of 12. White has no saturation.
    assert histograms[1, 4, SATURATIONS - 1] == pytest.approx(0.5)
    assert histograms[1, 0, 0] == pytest.approx(0.5)


def test_the_middle_counts_most() -> None:
    assert column_weights(5).tolist() == pytest.approx([0.1, 0.55, 1, 0.55, 0.1])


def test_it_agrees_with_the_baseline() -> None:
    # Smooth colours, so that rounding to OpenCV's 180 hues moves few places to another bin.
    random = np.random.default_rng(0)
    small = random.integers(0, 256, (6, 4, 2, 3)).astype(np.uint8)
    crops = np.stack([cv2.resize(each, (32, 64), interpolation=cv2.INTER_LINEAR) for each in small])
    images = torch.from_numpy(crops).permute(0, 3, 1, 2).float() / 255
    found = StripHistograms(4)(images).flatten(1).numpy()
    for crop, own in zip(crops, found, strict=True):
        frame = cv2.cvtColor(crop, cv2.COLOR_RGB2BGR)
        (baseline,) = HistogramDescriptor()(frame, np.float32([[0, 0, 32, 64]]))
        # Both have four strips of length 1: the Bhattacharyya coefficients add up to 4.
        assert own @ baseline > 3.9
