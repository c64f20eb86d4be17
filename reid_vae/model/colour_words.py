"""Histograms of colours in horizontal stripes: features that need no learning.

Learned features forget some colours, because two pictures that light and cameras have changed must
look alike to them. The histograms keep the colours: each place of a crop gives its weight to the
nearest of a few colours, the words; windows of places collect the weights, and each row of windows
keeps the largest and the mean weight of each word. A person who turns moves colours along a row
and leaves the row's values nearly the same (LOMO: Liao et al. 2015).
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from .architecture import HUES, Architecture
from .colour_spaces import rgb_to_lab

# Chroma of the coloured words in units of a* and b*: most clothes have less than twice as much.
_CHROMA = 20.0
# Weight of a unit of lightness beside a unit of a* or b*: light varies more than colour.
_LIGHTNESS = 0.6
# Standard deviation of the Gaussian about a word, in the same units: about half the distance to the
# nearest word.
_DEVIATION = 7.0
# Mean of each channel, as the exponential of its mean logarithm, to which a crop is scaled: this
# takes out exposure and the colour of the light. Values below _DARKEST count as _DARKEST.
_MIDDLE, _DARKEST = 0.35, 0.02
# Side of a window in places. Windows overlap by half.
_WINDOW = 4
# Smallest weight before the square root, which has no finite slope at 0.
_LEAST = 1e-6


class ColourWords(nn.Module):
    """Maps images of half width to histograms.

    Args:
        architecture: gives the number of lightnesses; each has a grey word and HUES coloured ones.
    """

    words: Tensor
    units: Tensor

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        words, units = colour_words(architecture.word_levels), torch.tensor([_LIGHTNESS, 1.0, 1.0])
        self.register_buffer("units", units[:, None, None], persistent=False)
        self.register_buffer("words", words * units, persistent=False)

    def forward(self, halved: Tensor) -> Tensor:
        """Map images (N, 3, H, H / 2) RGB in [0, 1] to square roots of weights (N, F, 1, 1)."""
        places = functional.avg_pool2d(halved, 2).clamp(min=_DARKEST)
        light = places.log().mean((2, 3), keepdim=True).exp()
        places = rgb_to_lab((places / light * _MIDDLE).clamp(0, 1)) * self.units
        # Minus half the squared distance to each word. The square of the place itself is the same
        # for all words, so it cancels.
        scale = 1 / _DEVIATION**2
        kernels = (scale * self.words)[:, :, None, None]
        near = functional.conv2d(places, kernels, -scale / 2 * self.words.square().sum(1))
        # A softmax in three steps, because onnxruntime's own over channels takes six times as long.
        weights = (near - near.amax(1, keepdim=True)).exp()
        weights = weights / weights.sum(1, keepdim=True)
        windows = functional.avg_pool2d(weights, _WINDOW, _WINDOW // 2)
        rows = torch.cat([windows.amax(3), windows.mean(3)], 1)
        return rows.clamp(min=_LEAST).sqrt().flatten(1)[:, :, None, None]


def colour_words(levels: int) -> Tensor:
    """Return the words (levels * (1 + HUES), 3) in L*a*b*, the darkest first."""
    hues = [(0.0, 0.0)]
    for number in range(HUES):
        angle = 2 * math.pi * number / HUES
        hues.append((_CHROMA * math.cos(angle), _CHROMA * math.sin(angle)))
    steps = ((number + 0.5) * 100 / levels for number in range(levels))
    return torch.tensor([(lightness, a, b) for lightness in steps for a, b in hues])
