"""Changes that keep a person's identity, made to a whole batch of crops at once."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True)
class Augmentation:
    """Ranges of the random changes; each is drawn uniformly for every crop.

    Attributes:
        shift: of the box, as a fraction of its side: a detector's jitter.
        scale: of the box, as a fraction.
        contrast: relative change of the contrast about the crop's mean.
        brightness: shift of all values on the [0, 1] scale.
        colour: shift of each channel on the [0, 1] scale: the light's colour.
        erased: share of crops in which a patch is painted over, as by somebody in front.
        patch: its least and greatest side, as fractions of the crop's.
    """

    shift: float = 0.06
    scale: float = 0.10
    contrast: float = 0.20
    brightness: float = 0.10
    colour: float = 0.03
    erased: float = 0.5
    patch: tuple[float, float] = (0.15, 0.5)


def mirror(images: Tensor) -> Tensor:
    """Images (N, 3, H, W), half of them flipped: which way a person faces says not who it is.

    Made before the target is: it cannot be undone from the picture.
    """
    flipped = torch.rand(len(images), 1, 1, 1, device=images.device) < 0.5
    return torch.where(flipped, images.flip(-1), images)


def disturb(images: Tensor, ranges: Augmentation) -> Tensor:
    """What the encoder sees: crops shifted, scaled, relit and partly erased.

    The decoder's target knows nothing of it, so that the latent code learns to leave it out.

    Args:
        images: (N, 3, H, W) in [0, 1].
        ranges: how much of each change.

    Returns:
        (N, 3, H, W) in [0, 1].
    """
    return _erase(_relight(_move(images, ranges), ranges), ranges)


def _move(images: Tensor, ranges: Augmentation) -> Tensor:
    count = len(images)
    scale = 1 + _uniform((count, 2), ranges.scale, images)
    # grid_sample's coordinates run from -1 to 1, so a fraction of the side counts twice.
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
    """One patch of one random colour, wholly inside the crop, in a share of the crops."""
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
