"""Curves in latent space and what the decoder makes of them: lengths, smoothness, equidistances.

A curve is a row of latent points, (T, Nz); the data-space curve is the decoder's output along it.
Riemannian lengths are in the units of the decoder's output, latent lengths in those of z.
"""

import math
from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional

from .metric import Decoder

# Points in one decoder pass. At MOT16's 12,288 values a point it is 400 MB of float32.
POINTS_A_PASS = 8192


def straight_lines(starts: Tensor, ends: Tensor, points: int) -> Tensor:
    """Euclidean interpolation: evenly spaced points, the first and last exactly the given ones.

    Args:
        starts: (N, Nz).
        ends: (N, Nz).
        points: T >= 2.

    Returns:
        (N, T, Nz).

    Raises:
        ValueError: fewer than two points.
    """
    if points < 2:
        raise ValueError(f"a line needs 2 points or more, not {points}")
    fractions = torch.linspace(0, 1, points, device=starts.device, dtype=starts.dtype)
    # Unlike start + t (end - start), lerp is free of rounding at both ends.
    return torch.lerp(starts[:, None], ends[:, None], fractions[:, None])


def riemannian_lengths(decoder: Decoder, curves: Tensor) -> Tensor:
    """Equation 7, L = int sqrt(gamma'^T G(gamma) gamma') dt, as a sum of decoded chord lengths.

    gamma'^T G gamma' = |J gamma'|^2 and J gamma' is the velocity of the decoded curve f(gamma(t)),
    so L is that curve's length, which is the limit of inscribed polygons. Their chords need no
    Jacobian, add up whatever the spacing of the points, and fall short by a relative
    (turning angle of a chord)^2 / 24 only. In float32 a chord is rounded by about 1e-7 |f|: some
    hundred points a curve are better than some thousand.

    Args:
        decoder: f, (M, Nz) -> (M, ...).
        curves: (N, T, Nz), T >= 2.

    Returns:
        (N,). Differentiable; decoded :data:`POINTS_A_PASS` points at a time.
    """
    return _decoded_chords(decoder, curves).sum(1)


def latent_lengths(curves: Tensor) -> Tensor:
    """Euclidean length in latent space, (N, T, Nz) -> (N,)."""
    return curves.diff(dim=1).norm(dim=2).sum(1)


def second_derivative_norms(decoder: Decoder, curves: Tensor) -> Tensor:
    """Smoothness (section 4.2, figure 5): how large d^2 f(gamma(t)) / dt^2 is, for each output.

    The root mean square, along the curve, of central second differences over step^2, the points
    being evenly spaced in t from 0 to 1. Compare at one T only. A network of ReLUs is piecewise
    linear: its second derivative is a sum of impulses, whose root mean square does not converge but
    grows with sqrt(T). And rounding adds some 2 eps |f| (T - 1)^2: 0.002 |f| in float32 at T = 100.

    Args:
        decoder: f, (M, Nz) -> (M, ...).
        curves: (N, T, Nz), T >= 3, straight lines in the paper.

    Returns:
        (N, Nx), in units of the output.

    Raises:
        ValueError: fewer than three points a curve.
    """
    count = curves.shape[1]
    if count < 3:
        raise ValueError(f"a second derivative needs 3 points a curve or more, not {count}")
    differences = (decoded.diff(n=2, dim=1) for decoded in _decoded(decoder, curves))
    return torch.cat([each.square().mean(1) for each in differences]).sqrt() * (count - 1) ** 2


def equidistance_contour(
    decoder: Decoder,
    centre: Tensor,
    distances: Tensor,
    *,
    reach: float,
    directions: int = 180,
    points: int = 200,
) -> Tensor:
    """Where straight rays from a centre have decoded to given lengths (figures 1, 3, 7 and 8).

    The length of equation 7 along each ray, accumulated over chords as in
    :func:`riemannian_lengths` and interpolated linearly. It is the length of that ray: no shorter
    than the geodesic distance, and equal to it where straight lines are geodesics.

    Args:
        decoder: f, (M, 2) -> (M, ...).
        centre: (2,).
        distances: (D,), positive, in units of the output.
        reach: latent length of the rays.
        directions: number of rays, the first along z_1, then counterclockwise.
        points: of each ray, including the centre.

    Returns:
        (D, directions, 2) latent points; NaN where the ray ends before it is that long.

    Raises:
        ValueError: the latent space is not a plane, or a distance or the reach is not positive.
    """
    if centre.shape != (2,):
        raise ValueError(f"contours are drawn in a plane: centre has shape {tuple(centre.shape)}")
    if not (reach > 0 and (distances > 0).all()):
        raise ValueError("the distances and the reach must be positive")
    angles = torch.arange(directions, device=centre.device, dtype=centre.dtype)
    angles = angles * (2 * math.pi / directions)
    headings = torch.stack([angles.cos(), angles.sin()], dim=1)
    rays = straight_lines(centre.expand(directions, 2), centre + reach * headings, points)
    with torch.no_grad():
        lengths = functional.pad(_decoded_chords(decoder, rays).cumsum(1), (1, 0))
    wanted = distances.to(lengths).expand(directions, -1).contiguous()
    # The first point of each ray at which it is long enough, so the chord before it has a length.
    after = torch.searchsorted(lengths, wanted)
    found = after < points
    after = after.clamp(max=points - 1)
    shorter, longer = lengths.gather(1, after - 1), lengths.gather(1, after)
    steps = after - 1 + (wanted - shorter) / (longer - shorter)
    radii = torch.where(found, steps * (reach / (points - 1)), torch.nan)
    return centre + radii.T[:, :, None].to(centre) * headings


def _decoded_chords(decoder: Decoder, curves: Tensor) -> Tensor:
    """Lengths of the decoded steps of each curve, (N, T, Nz) -> (N, T - 1)."""
    steps = (decoded.diff(dim=1) for decoded in _decoded(decoder, curves))
    return torch.cat([step.norm(dim=2) for step in steps])


def _decoded(decoder: Decoder, curves: Tensor) -> Iterator[Tensor]:
    """A few whole curves at a time, (N, T, Nz) -> (n, T, Nx), each in one decoder pass."""
    points = curves.shape[1]
    for part in curves.split(max(1, POINTS_A_PASS // points)):
        yield decoder(part.flatten(0, 1)).flatten(1).unflatten(0, (len(part), points))
