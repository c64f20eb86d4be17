"""Decoders of two latents whose metric and geodesics are known in closed form."""

import torch
from torch import Tensor

RADIUS = 2.0


def polar(z: Tensor) -> Tensor:
    """(r, phi) -> the plane. G = diag(1, r^2), MF = r; a geodesic is a chord."""
    r, phi = z.unbind(1)
    return torch.stack([r * phi.cos(), r * phi.sin()], dim=1)


def sphere(z: Tensor) -> Tensor:
    """(theta, phi) -> a sphere of radius R = 2. G = R^2 diag(1, sin^2 theta), MF = R^2 sin theta.

    A geodesic is an arc of a great circle, R times the angle.
    """
    theta, phi = z.unbind(1)
    return RADIUS * torch.stack(
        [theta.sin() * phi.cos(), theta.sin() * phi.sin(), theta.cos()], dim=1
    )


def cylinder(z: Tensor) -> Tensor:
    """(phi, height) -> a cylinder of radius 1. Curved in space but isometric: G = 1."""
    phi, height = z.unbind(1)
    return torch.stack([phi.cos(), phi.sin(), height], dim=1)


def chord(start: Tensor, end: Tensor) -> float:
    """The geodesic distance of two points (2,) under :func:`polar`."""
    first, second = polar(torch.stack([start, end]))
    return (first - second).norm().item()


def great_circle(start: Tensor, end: Tensor) -> float:
    """The geodesic distance of two points (2,) under :func:`sphere`."""
    first, second = sphere(torch.stack([start, end])) / RADIUS
    # Not arccos of the product, which loses half the digits of a small angle.
    angle = 2 * torch.atan2((first - second).norm(), (first + second).norm())
    return RADIUS * angle.item()
