"""People who were never filmed, made of those who were.

An encoder trained on the few people of a few clips learns their clothes by heart, and has no place
for others' when another camera shows some. In a training for such a camera, crops are recoloured,
put together from two people's and blended, and what the decoder is to make of them likewise. All
three changes are affine in L*a*b*, as is the way from a crop to its picture: the target is the new
person's own picture, but for colours that sRGB does not have, which the crop is clipped to.
"""

import math

import torch
from torch import Tensor

from ..model.colour import lab_to_rgb, rgb_to_lab
from ..model.observation import Observation

# The share of a batch that is invented.
INVENTED = 0.9
# Recolouring: any hue, chroma and lightness up to these factors e^x, and so many units of L* up or
# down.
CHROMA = 0.5
LIGHTNESS = 0.35
SHIFT = 12.0
# The share of invented people who wear another's trousers, and between which heights, as fractions
# of the crop, they begin.
JOINED = 0.5
SEAM = (0.3, 0.7)
# The share of invented people who are mixed with another, by at most half.
BLENDED = 0.5


def invent(images: Tensor, targets: Tensor, observation: Observation) -> tuple[Tensor, Tensor]:
    """Turn most of a batch into people who were never filmed.

    Args:
        images: (N, 3, H, W) RGB in [0, 1].
        targets: (N, 3, s, s), the pictures the decoder is to make of them.
        observation: whose pictures those are.

    Returns:
        Images and targets as before, with new people in them.
    """
    colours = (rgb_to_lab(images), observation.to_lab(targets))
    for change in (_recolour, _join, _blend):
        colours = change(*colours)
    chosen = torch.rand(len(images), 1, 1, 1, device=images.device) < INVENTED
    return (
        torch.where(chosen, lab_to_rgb(colours[0]), images),
        torch.where(chosen, observation.from_lab(colours[1]), targets),
    )


def _recolour(*colours: Tensor) -> tuple[Tensor, ...]:
    """Turn the hue, and stretch chroma and lightness, of each crop by amounts of its own."""
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
    # Lightness is stretched about the middle of its scale.
    offset[:, 0, 0, 0] = 50 * (1 - lightness) + SHIFT * _uniform(first)
    return tuple(torch.einsum("nij,njhw->nihw", matrix, each) + offset for each in colours)


def _join(*colours: Tensor) -> tuple[Tensor, ...]:
    """Give some crops the lower part of another."""
    first = colours[0]
    count = len(first)
    others = torch.randperm(count, device=first.device)
    # In whole rows of the smallest picture, so that the seam is at one height in all.
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
    """Mix some crops with another."""
    first = colours[0]
    count = len(first)
    others = torch.randperm(count, device=first.device)
    weights = 0.5 * torch.rand(count, 1, 1, 1, device=first.device)
    weights *= torch.rand(count, 1, 1, 1, device=first.device) < BLENDED
    return tuple(torch.lerp(each, each[others], weights) for each in colours)


def _uniform(like: Tensor) -> Tensor:
    return 2 * torch.rand(len(like), device=like.device) - 1
