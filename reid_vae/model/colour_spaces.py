"""Conversion between sRGB and CIE L*a*b*.

Euclidean distance in L*a*b* approximates how different two colours look.
"""

import torch
from torch import Tensor

# Matrix from linear RGB to XYZ: IEC 61966-2-1 (sRGB, D65 white) and CIE 15.
_RGB_TO_XYZ = torch.tensor(
    (
        (0.412453, 0.357580, 0.180423),
        (0.212671, 0.715160, 0.072169),
        (0.019334, 0.119193, 0.950227),
    )
)
# Relative XYZ value below which L*a*b* replaces the cube root by a line, because the slope of the
# root grows without bound towards 0 (CIE 15).
_LINEAR_BELOW = (6 / 29) ** 3
_WHITE = _RGB_TO_XYZ.sum(1)


def rgb_to_lab(images: Tensor) -> Tensor:
    """Convert sRGB images (N, 3, H, W) in [0, 1] to L in [0, 100], a and b in about [-110, 110]."""
    linear = torch.where(images <= 0.04045, images / 12.92, ((images + 0.055) / 1.055) ** 2.4)
    relative = _mix(linear, _RGB_TO_XYZ / _WHITE[:, None])
    root = torch.where(
        relative > _LINEAR_BELOW,
        relative.clamp(min=_LINEAR_BELOW) ** (1 / 3),
        relative / (3 * (6 / 29) ** 2) + 4 / 29,
    )
    x, y, z = root.unbind(1)
    return torch.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], dim=1)


def lab_to_rgb(lab: Tensor) -> Tensor:
    """Convert L*a*b* images (N, 3, H, W) to sRGB in [0, 1], clamped to the colours of sRGB."""
    lightness, a, b = lab.unbind(1)
    y = (lightness + 16) / 116
    root = torch.stack([y + a / 500, y, y - b / 200], dim=1)
    relative = torch.where(root > 6 / 29, root**3, 3 * (6 / 29) ** 2 * (root - 4 / 29))
    linear = _mix(relative, torch.linalg.inv(_RGB_TO_XYZ) * _WHITE).clamp(0, 1)
    return torch.where(
        linear <= 0.0031308, 12.92 * linear, 1.055 * linear.clamp(min=1e-8) ** (1 / 2.4) - 0.055
    )


def _mix(images: Tensor, matrix: Tensor) -> Tensor:
    return torch.einsum("ij,njhw->nihw", matrix.to(images), images)
