"""Histograms of hue and saturation in horizontal strips: features that need no learning.

They are those of the baseline `histogram` (flatsort.descriptors.histogram): four strips for head,
chest, hips and legs, and outer columns that count less, because they show mostly the street. Unlike
the words of reid_vae.model.colour_words they leave out brightness, and nothing takes out the colour
of the light: within one camera it is the same for all.
"""

import math

import torch
from torch import Tensor, nn

from .architecture import HISTOGRAM_BINS

HUES, SATURATIONS = HISTOGRAM_BINS
# Weight of the outermost column; the middle one has the weight 1.
_LEAST_WEIGHT = 0.1
# Smallest largest channel, below which a black place has no saturation.
_BLACK = 1e-6


class StripHistograms(nn.Module):
    """Maps images of half width to square roots of histograms.

    The dot product of two square roots is the Bhattacharyya coefficient of the histograms.

    Args:
        strips: number of horizontal strips.
    """

    def __init__(self, strips: int) -> None:
        super().__init__()
        self.strips = strips

    def forward(self, halved: Tensor) -> Tensor:
        """Map images (N, 3, H, H / 2) RGB in [0, 1] to (N, strips * HUES * SATURATIONS, 1, 1)."""
        hue, saturation = hue_and_saturation(halved)
        hues = _indicators((hue * HUES).floor(), HUES)
        saturations = _indicators((saturation * SATURATIONS).floor(), SATURATIONS)
        weights = column_weights(halved.shape[-1], halved.device)
        hues = self._in_strips(hues * weights)
        counts = hues @ self._in_strips(saturations).transpose(-1, -2)
        counts = counts.flatten(2)
        shares = counts / counts.sum(2, keepdim=True)
        roots: Tensor = shares.sqrt().flatten(1)[:, :, None, None]
        return roots

    def _in_strips(self, values: Tensor) -> Tensor:
        """Reshape (N, B, H, W) to (N, strips, B, places)."""
        rows: Tensor = values.unflatten(2, (self.strips, -1))
        return rows.transpose(1, 2).flatten(3)


def hue_and_saturation(images: Tensor) -> tuple[Tensor, Tensor]:
    """Return hue and saturation of images (N, 3, H, W) RGB in [0, 1].

    Returns:
        Two tensors (N, H, W) of values from 0 to 1. Hue 0 is red; grey has the hue 0, too.
    """
    red, green, blue = images.unbind(1)
    highest, lowest = images.amax(1), images.amin(1)
    chroma = highest - lowest
    divisor = chroma.clamp(min=_BLACK)
    # Products instead of torch.where, which takes onnxruntime five times as long.
    is_red = (highest == red).to(images.dtype)
    is_green = (highest == green).to(images.dtype) * (1 - is_red)
    sector = is_red * (green - blue) / divisor
    sector = sector + is_green * (2 + (blue - red) / divisor)
    sector = sector + (1 - is_red - is_green) * (4 + (red - green) / divisor)
    hue = (sector + 6 * (sector < 0).to(images.dtype)) / 6
    return hue, chroma / highest.clamp(min=_BLACK)


def column_weights(width: int, device: torch.device | None = None) -> Tensor:
    """Return the weight of each column (width,): 1 in the middle, less at the sides."""
    across = torch.linspace(-1, 1, width, device=device)
    return _LEAST_WEIGHT + (1 - _LEAST_WEIGHT) * torch.cos(across * math.pi / 2) ** 2


def _indicators(numbers: Tensor, count: int) -> Tensor:
    """Map bin numbers (N, H, W) to (N, count, H, W): 1 in the place's bin, else 0.

    The last bin also takes numbers above it.
    """
    bins = torch.arange(count, device=numbers.device, dtype=numbers.dtype)[:, None, None]
    return (numbers.clamp(max=count - 1)[:, None] == bins).to(numbers.dtype)
