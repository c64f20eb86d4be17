"""Random changes that make pairs of one person: what another camera or moment may do to a crop.

They are stronger than those of reid_vae.training.augmentation, because features learn from them
alone which differences say nothing about the person: the background, people in front, the place in
the box, sharpness, light and the camera's colours.
"""

import torch
from torch import Tensor
from torch.nn import functional

# Share of the crops that get the surroundings of another crop. The person is about in the middle:
# the seam runs there beside the person, at 0.45 to 0.8 of the way to the edge.
SURROUNDED = 0.5
# Share of the crops with another person in front, who covers the lower part from one side.
HIDDEN = 0.35
# Share of the crops in which a patch of one colour covers something.
ERASED = 0.35
# Share of the crops that lose half of their resolution.
BLURRED = 0.25


def vary(images: Tensor) -> Tensor:
    """Return each crop as another camera may see it: (N, 3, H, W) in [0, 1], N >= 2.

    Other crops of the batch give backgrounds and people in front.
    """
    images = _hide(_surround(images))
    return _erase(_relight(_blur(_move(images))))


def _surround(images: Tensor) -> Tensor:
    """Replace the surroundings of some people by those of others."""
    rows, columns = _coordinates(images)
    side = _uniform(images, 0.45, 0.8) - (columns - _uniform(images, -0.15, 0.15)).abs()
    end = _uniform(images, 0.9, 1.3) - rows.abs()
    person = torch.sigmoid(12 * side) * torch.sigmoid(12 * end)
    person = torch.where(_chosen(images, SURROUNDED), person, 1.0)
    return torch.lerp(_shuffled(images), images, person)


def _hide(images: Tensor) -> Tensor:
    """Put another person in front of some people, to one side and lower."""
    rows, columns = _coordinates(images)
    centre, top = _uniform(images, -1.3, 1.3), _uniform(images, -0.2, 1.0)
    front = ((columns - centre).abs() < _uniform(images, 0.35, 0.8)) & (rows > top)
    transform = torch.zeros(len(images), 2, 3, device=images.device)
    transform[:, 0, 0] = transform[:, 1, 1] = 1
    transform[:, 0, 2], transform[:, 1, 2] = -centre.flatten(), -1 - top.flatten()
    others = _warp(_shuffled(images), transform)
    return torch.where(front & _chosen(images, HIDDEN), others, images)


def _move(images: Tensor) -> Tensor:
    """Shift, scale, shear and mirror the box."""
    transform = torch.zeros(len(images), 2, 3, device=images.device)
    turned = torch.where(_chosen(images, 0.5), -1.0, 1.0)
    transform[:, 0, 0] = (turned * _uniform(images, 0.78, 1.15)).flatten()
    transform[:, 1, 1] = _uniform(images, 0.78, 1.12).flatten()
    transform[:, 0, 1] = _uniform(images, -0.08, 0.08).flatten()
    transform[:, 0, 2] = _uniform(images, -0.2, 0.2).flatten()
    transform[:, 1, 2] = _uniform(images, -0.16, 0.16).flatten()
    return _warp(images, transform)


def _blur(images: Tensor) -> Tensor:
    """Halve the resolution of some crops."""
    coarse = functional.interpolate(
        functional.avg_pool2d(images, 2),
        size=images.shape[-2:],
        mode="bilinear",
        align_corners=False,
    )
    return torch.where(_chosen(images, BLURRED), coarse, images)


def _relight(images: Tensor) -> Tensor:
    """Change gamma, exposure, the colour of the light, contrast, saturation and noise."""
    gain = torch.exp(_uniform(images, -0.35, 0.35) + _uniform(images, -0.12, 0.12, channels=3))
    images = images.clamp(1e-4, 1) ** torch.exp(_uniform(images, -0.5, 0.5)) * gain
    mean = images.mean((1, 2, 3), keepdim=True)
    contrast = torch.exp(_uniform(images, -0.4, 0.3))
    images = torch.lerp(mean, images, contrast) + _uniform(images, -0.1, 0.1)
    images = torch.lerp(images.mean(1, keepdim=True), images, _uniform(images, 0.5, 1.4))
    return images + _uniform(images, 0, 0.03) * torch.randn_like(images)


def _erase(images: Tensor) -> Tensor:
    """Paint a patch of one colour over some crops, and clip all values to [0, 1]."""
    rows, columns = _coordinates(images)
    patch = (rows - _uniform(images, -1, 1)).abs() < _uniform(images, 0.1, 0.4)
    patch = patch & ((columns - _uniform(images, -1, 1)).abs() < _uniform(images, 0.2, 0.7))
    colour = _uniform(images, 0, 1, channels=3)
    return torch.where(patch & _chosen(images, ERASED), colour, images).clamp(0, 1)


def _coordinates(images: Tensor) -> tuple[Tensor, Tensor]:
    """Return the coordinates of rows (1, 1, H, 1) and columns (1, 1, 1, W), from -1 to 1."""
    height, width = images.shape[-2:]
    rows = torch.linspace(-1, 1, height, device=images.device)[None, None, :, None]
    return rows, torch.linspace(-1, 1, width, device=images.device)[None, None, None, :]


def _warp(images: Tensor, transform: Tensor) -> Tensor:
    grid = functional.affine_grid(transform, list(images.shape), align_corners=False)
    return functional.grid_sample(images, grid, padding_mode="border", align_corners=False)


def _shuffled(images: Tensor) -> Tensor:
    return images[torch.randperm(len(images), device=images.device)]


def _chosen(images: Tensor, share: float) -> Tensor:
    return torch.rand(len(images), 1, 1, 1, device=images.device) < share


def _uniform(images: Tensor, low: float, high: float, channels: int = 1) -> Tensor:
    """Draw numbers (N, channels, 1, 1) between low and high."""
    return low + (high - low) * torch.rand(len(images), channels, 1, 1, device=images.device)
