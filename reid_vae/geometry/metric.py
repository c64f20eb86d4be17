"""The decoder's metric tensor G(z) = J(z)^T J(z), and its deviation from flat (section 2.3)."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.autograd.functional import jvp
from torch.func import functional_call

from ..batch_share import WHOLE, BatchShare

Decoder = Callable[[Tensor], Tensor]

# sigma of equation 10, in units of z, along a unit vector; a random direction at Nz = 128 is 11
# times as long. A decoded picture in float32 has a rounding error of about 1e-7 of its size, so a
# difference quotient is exact to about 1e-5 of the picture's size per unit of z. That is enough
# unless the decoder is nearly constant.
FINITE_DIFFERENCE_STEP = 1e-2
# Differences below this many rounding errors of the decoded values are evaluated in float64. Layers
# add up to about four rounding errors, which then change c^2 and R by less than 1 %.
_ROUNDING_ERRORS = 100


def mixup(z: Tensor, alpha_0: float) -> Tensor:
    """Mix latents with extrapolation, equation 11: (1 - alpha) z_i + alpha z_j.

    The partner z_j of a point is the point before it in the batch, which is already in random
    order. Unlike a random permutation, this never makes a point its own partner.

    Args:
        z: (N, Nz), N >= 2 encodings of different data points.
        alpha_0: extrapolation beyond both ends; alpha ~ U(-alpha_0, 1 + alpha_0).

    Returns:
        (N, Nz).
    """
    alpha = torch.rand(len(z), 1, device=z.device) * (1 + 2 * alpha_0) - alpha_0
    return (1 - alpha) * z + alpha * z.roll(1, dims=0)


def jacobian_products(decoder: Decoder, z: Tensor, directions: Tensor) -> Tensor:
    """Return J(z) v by first-order differences, equation 10: (f(z + sigma v) - f(z)) / sigma.

    A nearly constant decoder's differences drown in float32's rounding errors. Such a decoder, if
    it is a module, is evaluated again in float64.

    Args:
        decoder: f, (M, Nz) -> (M, ...).
        z: (N, Nz).
        directions: (D, N, Nz), D vectors v per point.

    Returns:
        (D, N, Nx), from one batched decoder pass over (D + 1) N points.
    """
    count = len(directions)
    points = torch.cat([z[None], z + FINITE_DIFFERENCE_STEP * directions])
    points = points.flatten(0, 1)
    images = decoder(points).flatten(1).unflatten(0, (count + 1, len(z)))
    differences = images[1:] - images[0]
    if isinstance(decoder, nn.Module) and _drowns_in_rounding(differences, images[0]):
        images = _in_double_precision(decoder, points).flatten(1).unflatten(0, (-1, len(z)))
        differences = (images[1:] - images[0]).to(z.dtype)
    products: Tensor = differences / FINITE_DIFFERENCE_STEP
    return products


def metric_tensor(decoder: Decoder, z: Tensor) -> Tensor:
    """Return G(z) from all Nz columns of J, equation 10: (N, Nz) -> (N, Nz, Nz)."""
    size = z.shape[1]
    identity = torch.eye(size, device=z.device, dtype=z.dtype)
    columns = jacobian_products(decoder, z, identity[:, None].expand(size, len(z), size))
    return torch.einsum("inx,jnx->nij", columns, columns)


def exact_metric_tensor(decoder: Decoder, z: Tensor) -> Tensor:
    """Return G(z) = J^T J by automatic differentiation: for measurements, not for training.

    Training uses equation 10, which needs no second derivatives. Column t of J for the whole batch
    is one product with a unit vector, which is exact because the decoder does not mix samples.
    torch.func is not used: its vmap lacks channels_last, which the convolutional decoder needs, and
    its forward mode is no faster and causes deprecation warnings.

    Args:
        decoder: f, (M, Nz) -> (M, ...).
        z: (N, Nz). The whole Jacobian of Nz N Nx values is in memory at once, so callers must pass
            batches that fit.

    Returns:
        (N, Nz, Nz), without a gradient.
    """
    identity = torch.eye(z.shape[1], device=z.device, dtype=z.dtype)
    columns = torch.stack([jvp(decoder, z, unit.expand_as(z))[1].flatten(1) for unit in identity])
    return torch.einsum("inx,jnx->nij", columns, columns)


def flatness_of_metric(metric: Tensor, share: BatchShare = WHOLE) -> tuple[Tensor, Tensor]:
    """Return R, the deviation of metric tensors from one common multiple of the identity.

    R is ||G - c^2 1|| of equation 9 as a squared Frobenius norm, in units of c^4, averaged over the
    points and over the Nz diagonal entries:

        R = E ||G - c^2 1||_F^2 / (c^4 Nz),   c^2 = E[tr G] / Nz  (the batch mean).

    The gradient flows through c^2. If c^2 were detached, the penalty could only shrink the decoder.

    Args:
        metric: (N, Nz, Nz).
        share: the rows of the batch that these points are; R is theirs, c^2 that of the batch.

    Returns:
        R (0 is flat) and c^2, scalars.
    """
    size = metric.shape[-1]
    c_squared = share.average(metric.diagonal(dim1=1, dim2=2).mean())
    identity = torch.eye(size, device=metric.device, dtype=metric.dtype)
    deviation = ((metric - c_squared * identity) ** 2).sum((1, 2)).mean()
    return deviation / (c_squared**2 * size), c_squared


def norm_of_deviation(metric: Tensor, share: BatchShare = WHOLE) -> tuple[Tensor, Tensor]:
    """Return E ||G - c^2 1||_F as equation 12 prints it: not squared, in the units of the data.

    Args:
        metric: (N, Nz, Nz).
        share: the rows of the batch that these points are.

    Returns:
        The mean norm (0 is flat) and c^2, scalars. The gradient flows through c^2.
    """
    c_squared = share.average(metric.diagonal(dim1=1, dim2=2).mean())
    identity = torch.eye(metric.shape[-1], device=metric.device, dtype=metric.dtype)
    return _roots(((metric - c_squared * identity) ** 2).sum((1, 2))).mean(), c_squared


def norm_of_metric(metric: Tensor, share: BatchShare = WHOLE) -> tuple[Tensor, Tensor]:
    """Return ||G|| without the term c^2 1: the ablation of figure 7b.

    The norm is squared and divided by Nz as in :func:`flatness_of_metric`, but it is in the units
    of the data, so only the reconstruction error keeps the decoder from shrinking.

    Args:
        metric: (N, Nz, Nz).
        share: the rows of the batch that these points are.

    Returns:
        E ||G||_F^2 / Nz and c^2, scalars.
    """
    squares = (metric**2).sum((1, 2)).mean() / metric.shape[-1]
    return squares, share.average(metric.diagonal(dim1=1, dim2=2).mean())


def norm_of_metric_by_random_directions(
    decoder: Decoder, z: Tensor, directions: int = 4, share: BatchShare = WHOLE
) -> tuple[Tensor, Tensor]:
    """Estimate ||G|| and c^2 of :func:`norm_of_metric` from a few decoder passes, for large Nz.

    With independent v, w ~ N(0, 1), E[(v^T G w)^2] = ||G||_F^2, and v^T G w = (J v)·(J w).

    Args:
        decoder: f, (M, Nz) -> (M, ...).
        z: (N, Nz).
        directions: D >= 2 directions per point, which take D + 1 decoder passes per point.
        share: the rows of the batch that these points are.

    Returns:
        E ||G||_F^2 / Nz and c^2, scalars.
    """
    gram, flat_gram = _products(decoder, z, directions, share)
    squares = _pairs(gram).square().mean() / z.shape[1]
    return squares, _scale(gram, flat_gram, share)


def flatness_by_random_directions(
    decoder: Decoder, z: Tensor, directions: int = 4, share: BatchShare = WHOLE
) -> tuple[Tensor, Tensor]:
    """Estimate R and c^2 of :func:`flatness_of_metric` from a few decoder passes, for large Nz.

    With A = G - c^2 1 and independent v, w ~ N(0, 1), E[(v^T A w)^2] = ||A||_F^2, and
    v^T A w = (J v)·(J w) - c^2 v·w. D directions give D (D - 1) / 2 such pairs. c^2 is estimated as
    sum |J v|^2 / sum |v|^2. On a flat decoder every term and its gradient are exactly zero, whereas
    estimates of the expanded norm, tr G^2 - 2 c^2 tr G + c^4 Nz, would be noisy there. R is a ratio
    of estimates; its bias falls with the batch size.

    Args:
        decoder: f, (M, Nz) -> (M, ...).
        z: (N, Nz).
        directions: D >= 2 directions per point, which take D + 1 decoder passes per point.
        share: the rows of the batch that these points are.

    Returns:
        R and c^2, scalars.
    """
    squares, c_squared = _squared_deviations(decoder, z, directions, share)
    return squares.mean() / (c_squared**2 * z.shape[1]), c_squared


def norm_by_random_directions(
    decoder: Decoder, z: Tensor, directions: int = 4, share: BatchShare = WHOLE
) -> tuple[Tensor, Tensor]:
    """Estimate the norm and c^2 of :func:`norm_of_deviation` from a few decoder passes.

    The norm of a point is the root of the unbiased estimate of its square in
    :func:`flatness_by_random_directions`. The root of a noisy estimate is too small on average.

    Args:
        decoder: f, (M, Nz) -> (M, ...).
        z: (N, Nz).
        directions: D >= 2 directions per point, which take D + 1 decoder passes per point.
        share: the rows of the batch that these points are.

    Returns:
        The mean norm and c^2, scalars.
    """
    squares, c_squared = _squared_deviations(decoder, z, directions, share)
    return _roots(squares.mean(1)).mean(), c_squared


def _squared_deviations(
    decoder: Decoder, z: Tensor, directions: int, share: BatchShare
) -> tuple[Tensor, Tensor]:
    """Return (v^T A w)^2, (N, D (D - 1) / 2) for all pairs of random directions, and c^2."""
    gram, flat_gram = _products(decoder, z, directions, share)
    c_squared = _scale(gram, flat_gram, share)
    return _pairs(gram - c_squared * flat_gram) ** 2, c_squared


def _products(
    decoder: Decoder, z: Tensor, directions: int, share: BatchShare
) -> tuple[Tensor, Tensor]:
    """Return (J v)·(J w) and v·w for D random directions per point, both (N, D, D)."""
    probes = share.noise(z, directions)
    products = jacobian_products(decoder, z, probes)
    gram = torch.einsum("inx,jnx->nij", products, products)
    return gram, torch.einsum("inz,jnz->nij", probes, probes)


def _scale(gram: Tensor, flat_gram: Tensor, share: BatchShare) -> Tensor:
    """Return c^2 as sum |J v|^2 / sum |v|^2 over the batch."""
    return share.average(_sum_of_traces(gram)) / share.average(_sum_of_traces(flat_gram))


def _pairs(matrices: Tensor) -> Tensor:
    """Return the entries above the diagonal, (N, D, D) -> (N, D (D - 1) / 2)."""
    size = matrices.shape[-1]
    first, second = torch.triu_indices(size, size, offset=1)
    return matrices[:, first, second]


def _roots(squares: Tensor) -> Tensor:
    # The root has no derivative at 0, which a flat decoder reaches.
    return squares.clamp_min(torch.finfo(squares.dtype).tiny).sqrt()


def _sum_of_traces(matrices: Tensor) -> Tensor:
    return matrices.diagonal(dim1=1, dim2=2).sum()


def _drowns_in_rounding(differences: Tensor, images: Tensor) -> bool:
    """Return whether single-precision differences are too small beside the decoded values."""
    if images.dtype != torch.float32:
        return False
    rounding = torch.finfo(images.dtype).eps
    # Root mean squares; each point has the same number of values.
    size, error = differences.detach().square().mean(), images.detach().square().mean()
    return bool(size < (_ROUNDING_ERRORS * rounding) ** 2 * error)


def _in_double_precision(decoder: nn.Module, points: Tensor) -> Tensor:
    """Decode in float64; the gradient flows to the module's own parameters."""
    tensors = {**dict(decoder.named_parameters()), **dict(decoder.named_buffers())}
    doubles = {n: t.double() if t.is_floating_point() else t for n, t in tensors.items()}
    images: Tensor = functional_call(decoder, doubles, (points.double(),))
    return images
