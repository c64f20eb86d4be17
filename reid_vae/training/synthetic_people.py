"""Synthetic people, made from the people in the footage.

An encoder trained on the few people of a few clips memorises their clothes, and cannot represent
other clothes from another camera. Training for cameras that the footage does not show therefore
recolours crops, joins the crops of two people, and blends crops. The decoder's targets change in
the same way. All three changes are affine in L*a*b*, and so is the step from a crop to its picture.
The changed target is therefore the picture of the changed crop, except that crops are clipped to
the colours of sRGB.
"""

import math

import torch
from torch import Tensor

from ..model.colour_spaces import lab_to_rgb, rgb_to_lab
from ..model.observation import Observation

# Fraction of a batch that becomes synthetic people.
SYNTHETIC = 0.9
# Recolouring turns the hue by any angle. It scales chroma by e^-CHROMA to e^CHROMA and lightness by
# e^-LIGHTNESS to e^LIGHTNESS, and shifts lightness by at most SHIFT units of L*.
CHROMA = 0.5
LIGHTNESS = 0.35
SHIFT = 12.0
# Fraction of crops whose lower part comes from another crop, and the range of the seam's height, as
# fractions of the crop from its top.
JOINED = 0.5
SEAM = (0.3, 0.7)
# Fraction of crops that are mixed with another crop, which gets a weight of at most a half.
BLENDED = 0.5


def synthesise_people(
    images: Tensor, targets: Tensor, observation: Observation
) -> tuple[Tensor, Tensor]:
    """Replace most of a batch by synthetic people.

    Args:
        images: (N, 3, H, W) RGB in [0, 1].
        targets: (N, 3, s, s), the pictures that the decoder must reconstruct from them.
        observation: the data space of the targets.

    Returns:
        Images and targets of the same shapes, most of them changed.
    """
    colours: tuple[Tensor, ...] = (rgb_to_lab(images), observation.to_lab(targets))
    for change in (_recolour, _join, _blend):
        colours = change(*colours)
    chosen = torch.rand(len(images), 1, 1, 1, device=images.device) < SYNTHETIC
    return (
        torch.where(chosen, lab_to_rgb(colours[0]), images),
        torch.where(chosen, observation.from_lab(colours[1]), targets),
    )


def _recolour(*colours: Tensor) -> tuple[Tensor, ...]:
    """Turn the hue and scale the chroma and lightness of each crop by random amounts."""
    first = colours[0]
    count = len(first)
    angle = math.pi * _uniform(first)
    chroma = torch.exp(CHROMA * _uniform(first))
    lightness = torch.exp(LIGHTNESS * _uniform(first))
    matrix = torch.zeros(count, 3, 3, device=first.device)
    matrix[:, 0, 0] = lightness
    matrix[:, 1, 1] = matrix[:, 2, 2] = chroma * angle.cos()
    matrix[:, 2, 1] = chroma * angle.sin()
    matrix[:, 1, 2] = -matrix[:, 2, 1]
    offset = torch.zeros(count, 3, 1, 1, device=first.device)
    # Lightness is scaled about 50, the middle of its range.
    offset[:, 0, 0, 0] = 50 * (1 - lightness) + SHIFT * _uniform(first)
    return tuple(torch.einsum("nij,njhw->nihw", matrix, each) + offset for each in colours)


def _join(*colours: Tensor) -> tuple[Tensor, ...]:
    """Give some crops the lower part of another crop."""
    first = colours[0]
    count = len(first)
    others = torch.randperm(count, device=first.device)
    # Seams lie between rows of the smallest pictures, so that they have one height in all sizes.
    rows = min(each.shape[2] for each in colours)
    low, high = (round(fraction * rows) for fraction in SEAM)
    seams = torch.randint(low, high + 1, (count, 1, 1, 1), device=first.device)
    joined = torch.rand(count, 1, 1, 1, device=first.device) < JOINED
    results = []
    for each in colours:
        height = each.shape[2]
        below = torch.arange(height, device=each.device)[:, None] * rows >= seams * height
        results.append(torch.where(joined & below, each[others], each))
    return tuple(results)


def _blend(*colours: Tensor) -> tuple[Tensor, ...]:
    """Mix some crops with another crop."""
    first = colours[0]
    count = len(first)
    others = torch.randperm(count, device=first.device)
    weights = 0.5 * torch.rand(count, 1, 1, 1, device=first.device)
    weights *= torch.rand(count, 1, 1, 1, device=first.device) < BLENDED
    return tuple(torch.lerp(each, each[others], weights) for each in colours)


def _uniform(like: Tensor) -> Tensor:
    return 2 * torch.rand(len(like), device=like.device) - 1
