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
    """

    shift: float = 0.06
    scale: float = 0.10
    contrast: float = 0.20
    brightness: float = 0.10
    colour: float = 0.03


def augment(images: Tensor, ranges: Augmentation) -> tuple[Tensor, Tensor]:
    """What the encoder sees, and what the decoder is to make of it.

    The encoder sees the crop shifted, scaled and relit; the target is the crop as it was, so that
    the latent code learns to leave those changes out. Flipping changes both: which way a person
    faces cannot be undone from the picture.

    Args:
        images: (N, 3, H, W) in [0, 1].
        ranges: how much of each change.

    Returns:
        Inputs and targets, both (N, 3, H, W) in [0, 1].
    """
    flipped = torch.rand(len(images), 1, 1, 1, device=images.device) < 0.5
    targets = torch.where(flipped, images.flip(-1), images)
    return _relight(_move(targets, ranges), ranges), targets


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


def _uniform(shape: tuple[int, ...], limit: float, like: Tensor) -> Tensor:
    return (2 * torch.rand(shape, device=like.device) - 1) * limit
