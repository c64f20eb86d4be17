"""Random changes to a batch of crops that keep each person's identity."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True)
class Augmentation:
    """Ranges of the random changes; every change is drawn uniformly and separately per crop.

    Attributes:
        shift: largest shift of the box, as a fraction of its side; imitates a detector's jitter.
        scale: largest relative change of the box's size.
        contrast: largest relative change of the contrast about the crop's mean.
        brightness: largest shift of all values, on the [0, 1] scale.
        colour: largest shift of each channel, on the [0, 1] scale; imitates the colour of light.
        erased: fraction of crops in which one patch is painted over; imitates a person in front.
        patch: smallest and largest side of that patch, as fractions of the crop's side.
        of_targets: whether the decoder's target shows the same changes. The descriptor then does
            not learn to ignore them, but the decoder learns more pictures than the footage shows.
    """

    shift: float = 0.06
    scale: float = 0.10
    contrast: float = 0.20
    brightness: float = 0.10
    colour: float = 0.03
    erased: float = 0.5
    patch: tuple[float, float] = (0.15, 0.5)
    of_targets: bool = False


def mirror(images: Tensor) -> Tensor:
    """Flip each image (N, 3, H, W) with probability 1/2: facing left or right is not identity.

    Flip before making the target, because the encoder cannot see whether a crop was flipped.
    """
    flipped = torch.rand(len(images), 1, 1, 1, device=images.device) < 0.5
    return torch.where(flipped, images.flip(-1), images)


def disturb(images: Tensor, ranges: Augmentation) -> Tensor:
    """Return the encoder's input: crops shifted, scaled, relit and partly erased.

    The decoder's target shows none of these changes, so the latent code learns to ignore them.

    Args:
        images: (N, 3, H, W) in [0, 1].
        ranges: ranges of the changes.

    Returns:
        (N, 3, H, W) in [0, 1].
    """
    return _erase(_relight(_move(images, ranges), ranges), ranges)


def _move(images: Tensor, ranges: Augmentation) -> Tensor:
    count = len(images)
    scale = 1 + _uniform((count, 2), ranges.scale, images)
    # grid_sample's coordinates run from -1 to 1, so the side has length 2.
    shift = 2 * _uniform((count, 2), ranges.shift, images)
    transform = torch.zeros(count, 2, 3, device=images.device)
    transform[:, 0, 0], transform[:, 1, 1] = scale[:, 0], scale[:, 1]
    transform[:, :, 2] = shift
    grid = functional.affine_grid(transform, list(images.shape), align_corners=False)
    return functional.grid_sample(images, grid, padding_mode="border", align_corners=False)


def _relight(images: Tensor, ranges: Augmentation) -> Tensor:
    count = len(images)
    contrast = 1 + _uniform((count, 1, 1, 1), ranges.contrast, images)
    offset = _uniform((count, 1, 1, 1), ranges.brightness, images) + _uniform(
        (count, 3, 1, 1), ranges.colour, images
    )
    mean = images.mean((1, 2, 3), keepdim=True)
    return ((images - mean) * contrast + mean + offset).clamp(0, 1)


def _erase(images: Tensor, ranges: Augmentation) -> Tensor:
    """Paint a patch of one random colour, wholly inside the crop, over a fraction of the crops."""
    count, _, height, width = images.shape
    low, high = ranges.patch
    sides = low + (high - low) * torch.rand(2, count, 1, device=images.device)
    starts = (1 - sides) * torch.rand(2, count, 1, device=images.device)
    inside = []
    for start, side, length in zip(starts, sides, (height, width), strict=True):
        position = (torch.arange(length, device=images.device) + 0.5) / length
        inside.append((position >= start) & (position < start + side))
    patch = inside[0][:, None, :, None] & inside[1][:, None, None, :]
    chosen = torch.rand(count, 1, 1, 1, device=images.device) < ranges.erased
    colour = torch.rand(count, 3, 1, 1, device=images.device)
    return torch.where(patch & chosen, colour, images)


def _uniform(shape: tuple[int, ...], limit: float, like: Tensor) -> Tensor:
    return (2 * torch.rand(shape, device=like.device) - 1) * limit
