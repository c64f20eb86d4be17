"""Colour spaces, compared with the published white point and primaries, and with OpenCV."""

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor

from flatsort.reid_vae.model.colour_spaces import lab_to_rgb, rgb_to_lab


def one(*values: float) -> Tensor:
    """One pixel as an image (1, 3, 1, 1)."""
    return torch.tensor(values, dtype=torch.float32).view(1, 3, 1, 1)


# Greys by hand: sRGB 0.5 is ((0.5 + 0.055) / 1.055)^2.4 = 0.21404 of white, so
# L = 116 * 0.21404^(1/3) - 16 = 53.389. sRGB 0.02 lies on the linear parts of both curves:
# 0.02 / 12.92 = 0.0015480 of white, so L = 903.296 * 0.0015480 = 1.398. Red, green and blue have
# the values published for D65.
ANCHORS = [
    ((1, 1, 1), (100, 0, 0)),
    ((0, 0, 0), (0, 0, 0)),
    ((0.5, 0.5, 0.5), (53.389, 0, 0)),
    ((0.02, 0.02, 0.02), (1.398, 0, 0)),
    ((1, 0, 0), (53.24, 80.09, 67.20)),
    ((0, 1, 0), (87.73, -86.18, 83.18)),
    ((0, 0, 1), (32.30, 79.19, -107.86)),
]


@pytest.mark.parametrize(("rgb", "lab"), ANCHORS)
def test_anchors(rgb: tuple[float, ...], lab: tuple[float, ...]) -> None:
    torch.testing.assert_close(rgb_to_lab(one(*rgb)), one(*lab), atol=0.02, rtol=0)
    torch.testing.assert_close(lab_to_rgb(one(*lab)), one(*rgb), atol=2e-3, rtol=0)


def opencv(images: Tensor, code: int) -> Tensor:
    """Convert (N, 3, H, W) by OpenCV in float32."""
    converted = [cv2.cvtColor(i.permute(1, 2, 0).contiguous().numpy(), code) for i in images]
    return torch.from_numpy(np.stack(converted)).permute(0, 3, 1, 2)


# The second ceiling tests dark colours alone: both curves are linear below sRGB 0.04 and below a
# relative luminance of 0.009.
@pytest.mark.parametrize("ceiling", [1.0, 0.06])
def test_agrees_with_opencv(ceiling: float) -> None:
    images = ceiling * torch.rand(4, 3, 32, 32)
    # OpenCV gets linear light, because it reads sRGB through a table that is wrong by up to 0.4
    # units of L*. Its conversion back to sRGB is exact.
    linear = torch.where(images > 0.04045, ((images + 0.055) / 1.055) ** 2.4, images / 12.92)
    lab = rgb_to_lab(images)
    torch.testing.assert_close(lab, opencv(linear, cv2.COLOR_LRGB2LAB), atol=0.02, rtol=0)
    torch.testing.assert_close(opencv(lab, cv2.COLOR_LAB2RGB), images, atol=2e-4, rtol=0)
    torch.testing.assert_close(lab_to_rgb(lab), opencv(lab, cv2.COLOR_LAB2RGB), atol=2e-4, rtol=0)


@pytest.mark.parametrize("ceiling", [1.0, 0.06])
def test_round_trip(ceiling: float) -> None:
    images = ceiling * torch.rand(8, 3, 16, 16)
    torch.testing.assert_close(lab_to_rgb(rgb_to_lab(images)), images, atol=2e-4, rtol=0)


def test_an_image_may_have_any_number_and_shape_of_pixels() -> None:
    images = torch.rand(2, 3, 3, 5)
    lab = rgb_to_lab(images)
    assert lab.shape == images.shape
    pixel = images[1, :, 2, 4].view(1, 3, 1, 1)
    torch.testing.assert_close(lab[1, :, 2, 4], rgb_to_lab(pixel).flatten(), atol=1e-4, rtol=0)


def test_grey_has_no_chroma() -> None:
    grey = torch.linspace(0, 1, 256).expand(1, 3, 1, 256)
    lightness, *chroma = rgb_to_lab(grey)[0, :, 0]
    assert (lightness.diff() > 0).all()
    for values in chroma:
        assert values.abs().max() < 1e-3


@pytest.mark.parametrize("lab", [(50, 150, 0), (100, 50, 50), (0, 0, -80), (130, 0, 0), (-9, 0, 0)])
def test_a_colour_that_srgb_lacks_comes_back_in_range(lab: tuple[float, ...]) -> None:
    rgb = lab_to_rgb(one(*lab))
    assert torch.isfinite(rgb).all()
    assert rgb.min() >= 0
    assert rgb.max() <= 1
