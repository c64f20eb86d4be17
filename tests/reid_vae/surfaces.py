"""Decoders of two latents with closed forms of their metric and geodesics."""

import torch
from torch import Tensor

RADIUS = 2.0


def polar(z: Tensor) -> Tensor:
    """(r, phi) -> the plane. G = diag(1, r^2), MF = r; decoded geodesics are straight."""
    r, phi = z.unbind(1)
    return torch.stack([r * phi.cos(), r * phi.sin()], dim=1)


def sphere(z: Tensor) -> Tensor:
    """(theta, phi) -> a sphere of radius R = 2. G = R^2 diag(1, sin^2 theta), MF = R^2 sin theta.

    Decoded geodesics are arcs of great circles, of length R times the angle.
    """
    theta, phi = z.unbind(1)
    return RADIUS * torch.stack(
        [theta.sin() * phi.cos(), theta.sin() * phi.sin(), theta.cos()], dim=1
    )


def cylinder(z: Tensor) -> Tensor:
    """(phi, height) -> a cylinder of radius 1. It is flat (G = 1), although it bends in space."""
    phi, height = z.unbind(1)
    return torch.stack([phi.cos(), phi.sin(), height], dim=1)


def chord(start: Tensor, end: Tensor) -> float:
    """Return the geodesic distance of two points (2,) under :func:`polar`."""
    first, second = polar(torch.stack([start, end]))
    return (first - second).norm().item()


def great_circle(start: Tensor, end: Tensor) -> float:
    """Return the geodesic distance of two points (2,) under :func:`sphere`."""
    first, second = sphere(torch.stack([start, end])) / RADIUS
    # arccos of the scalar product would lose half the digits of a small angle.
    angle = 2 * torch.atan2((first - second).norm(), (first + second).norm())
    return RADIUS * angle.item()
