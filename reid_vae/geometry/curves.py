"""Curves in latent space and their decoded images: lengths, smoothness, equidistance contours.

A curve is a sequence of latent points, (T, Nz); the decoded curve is the decoder's output along it.
Riemannian lengths are in units of the decoder's output, latent lengths in units of z.
"""

import math
from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional

from .metric import Decoder

# Latent points per decoder pass: 400 MB of float32 output at MOT16's 12,288 values per point.
POINTS_PER_PASS = 8192


def straight_lines(starts: Tensor, ends: Tensor, points: int) -> Tensor:
    """Return evenly spaced points from start to end; the first and last are exactly the ends.

    Args:
        starts: (N, Nz).
        ends: (N, Nz).
        points: T >= 2, points per line.

    Returns:
        (N, T, Nz).

    Raises:
        ValueError: fewer than two points.
    """
    if points < 2:
        raise ValueError(f"a line needs at least 2 points, not {points}")
    fractions = torch.linspace(0, 1, points, device=starts.device, dtype=starts.dtype)
    # Unlike start + t (end - start), lerp has no rounding error at either end.
    return torch.lerp(starts[:, None], ends[:, None], fractions[:, None])


def riemannian_lengths(decoder: Decoder, curves: Tensor) -> Tensor:
    """Return L = int sqrt(gamma'^T G(gamma) gamma') dt (equation 7) as a sum of decoded chords.

    gamma'^T G gamma' = |J gamma'|^2, and J gamma' is the velocity of the decoded curve f(gamma(t)).
    L is therefore the length of the decoded curve, which is the limit of inscribed polygons. The
    chords of a polygon need no Jacobian, and their sum is valid for any spacing of the points. It
    is too short by a relative error of only (turning angle of a chord)^2 / 24. In float32 each
    chord has a rounding error of about 1e-7 |f|, so a hundred points per curve are more accurate
    than a thousand.

    Args:
        decoder: f, (M, Nz) -> (M, ...).
        curves: (N, T, Nz), T >= 2.

    Returns:
        (N,), differentiable. At most :data:`POINTS_PER_PASS` points are decoded at a time, but
        always whole curves.
    """
    return _decoded_chords(decoder, curves).sum(1)


def latent_lengths(curves: Tensor) -> Tensor:
    """Return the Euclidean length in latent space, (N, T, Nz) -> (N,)."""
    lengths: Tensor = curves.diff(dim=1).norm(dim=2).sum(1)
    return lengths


def second_derivative_norms(decoder: Decoder, curves: Tensor) -> Tensor:
    """Return the size of d^2 f(gamma(t)) / dt^2 per output: smoothness (section 4.2, figure 5).

    The size is the root mean square, along the curve, of central second differences over step^2.
    The points are evenly spaced in t from 0 to 1. Values are comparable only at equal T: a network
    of ReLUs is piecewise linear, so its second derivative is a sum of impulses, whose root mean
    square grows with sqrt(T) instead of converging. Rounding adds about 2 eps |f| (T - 1)^2, which
    is 0.002 |f| in float32 at T = 100.

    Args:
        decoder: f, (M, Nz) -> (M, ...).
        curves: (N, T, Nz), T >= 3. The paper uses straight lines.

    Returns:
        (N, Nx), in units of the output.

    Raises:
        ValueError: fewer than three points per curve.
    """
    count = curves.shape[1]
    if count < 3:
        raise ValueError(f"a second derivative needs at least 3 points per curve, not {count}")
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
    """Return the points of straight rays at given decoded lengths (figures 1, 3, 7 and 8).

    The length of equation 7 along each ray is accumulated over chords, as in
    :func:`riemannian_lengths`, and interpolated linearly. It is at least the geodesic distance from
    the centre, and equals that distance where straight lines are geodesics.

    Args:
        decoder: f, (M, 2) -> (M, ...).
        centre: (2,).
        distances: (D,), positive, in units of the output.
        reach: latent length of the rays.
        directions: number of rays, the first along z_1, then counterclockwise.
        points: points per ray, including the centre.

    Returns:
        (D, directions, 2) latent points; NaN where a ray ends before it reaches the distance.

    Raises:
        ValueError: the latent space is not a plane, or a distance or the reach is not positive.
    """
    if centre.shape != (2,):
        raise ValueError(
            f"contours need a latent space of 2: centre has shape {tuple(centre.shape)}"
        )
    if not (reach > 0 and (distances > 0).all()):
        raise ValueError("the distances and the reach must be positive")
    angles = torch.arange(directions, device=centre.device, dtype=centre.dtype)
    angles = angles * (2 * math.pi / directions)
    headings = torch.stack([angles.cos(), angles.sin()], dim=1)
    rays = straight_lines(centre.expand(directions, 2), centre + reach * headings, points)
    with torch.no_grad():
        lengths = functional.pad(_decoded_chords(decoder, rays).cumsum(1), (1, 0))
    wanted = distances.to(lengths).expand(directions, -1).contiguous()
    # The first point at which the ray is long enough. The chord before it has a length above 0.
    after = torch.searchsorted(lengths, wanted)
    found = after < points
    after = after.clamp(max=points - 1)
    shorter, longer = lengths.gather(1, after - 1), lengths.gather(1, after)
    steps = after - 1 + (wanted - shorter) / (longer - shorter)
    radii = torch.where(found, steps * (reach / (points - 1)), torch.nan)
    return centre + radii.T[:, :, None].to(centre) * headings


def _decoded_chords(decoder: Decoder, curves: Tensor) -> Tensor:
    """Return the lengths of the decoded steps of each curve, (N, T, Nz) -> (N, T - 1)."""
    steps = (decoded.diff(dim=1) for decoded in _decoded(decoder, curves))
    return torch.cat([step.norm(dim=2) for step in steps])


def _decoded(decoder: Decoder, curves: Tensor) -> Iterator[Tensor]:
    """Decode a few whole curves per pass: (N, T, Nz) -> batches of (n, T, Nx)."""
    points = curves.shape[1]
    for part in curves.split(max(1, POINTS_PER_PASS // points)):
        yield decoder(part.flatten(0, 1)).flatten(1).unflatten(0, (len(part), points))
