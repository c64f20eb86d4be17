"""Measures of flatness: condition number, magnification factor, and how well distances agree.

The first two are functions of metric tensors G(z) from all Nz columns of J, see
:func:`reid_vae.geometry.metric.metric_tensor`. A flat decoder has G = c^2 1 everywhere (section
2.3): condition number 1, and the same magnification at every point. Lengths along its decoded
surface are c times the latent lengths. The distance between two decoded points is their chord, so
it is c times the latent distance where the surface does not bend, and shorter elsewhere.
"""

import torch
from torch import Tensor

# Replaces zero in logarithms and denominators.
_TINY = 1e-300


def condition_numbers(metric: Tensor) -> Tensor:
    """Return the largest over the smallest eigenvalue of each metric tensor; 1 is isotropic.

    Args:
        metric: (N, Nz, Nz), symmetric and positive semi-definite up to rounding.

    Returns:
        (N,) float64, finite. Eigenvalues below the rounding error of the metric's precision are
        raised to it, so a singular metric gives 1 / (Nz eps): 7e4 in float32 at Nz = 128, 4e13 in
        float64. A metric of zeros gives the same value.
    """
    eigenvalues = torch.linalg.eigvalsh(metric.double())
    # For a metric of zeros the fraction is 0 / tiny = 0, not NaN.
    fractions = eigenvalues[:, 0] / eigenvalues[:, -1].clamp_min(_TINY)
    numbers: Tensor = 1 / fractions.clamp_min(_rounding(metric))
    return numbers


def log_magnification(metric: Tensor) -> Tensor:
    """Return the logarithm of the magnification factor, log MF(z) = log det(G) / 2.

    MF is the factor by which decoding changes the volume of a small cube around z.

    Args:
        metric: (N, Nz, Nz).

    Returns:
        (N,) float64, finite: small eigenvalues are raised as in :func:`condition_numbers`.
    """
    eigenvalues = torch.linalg.eigvalsh(metric.double())
    smallest = eigenvalues[:, -1:] * _rounding(metric)
    half: Tensor = eigenvalues.maximum(smallest).clamp_min(_TINY).log().sum(1) / 2
    return half


def normalised_magnification(metric: Tensor) -> Tensor:
    """Return the magnification factor over its mean over the samples (section 4); 1 is flat.

    The division removes the scale of data and latents, which differs between models, and leaves the
    spread of MF.

    Args:
        metric: (N, Nz, Nz), N >= 1 samples of one model.

    Returns:
        (N,) float64, of mean 1. Computed from logarithms, because MF may overflow at Nz = 128.
    """
    logarithms = log_magnification(metric)
    return torch.softmax(logarithms, dim=0) * len(metric)


def log_trace(metric: Tensor) -> Tensor:
    """Return the logarithm of tr G: metric (N, Nz, Nz) -> (N,) float64, finite."""
    trace = metric.double().diagonal(dim1=1, dim2=2).sum(1)
    return trace.clamp_min(_TINY).log()


def distance_fit(latents: Tensor, decoded: Tensor) -> tuple[float, float]:
    """Measure how well latent distances predict distances between decoded points, over all pairs.

    Args:
        latents: (N, Nz), N >= 3.
        decoded: (N, ...), the decoder's output for each latent.

    Returns:
        Pearson's correlation of the N (N - 1) / 2 latent and decoded distances (0 if either does
        not vary), and the slope c of decoded = c * latent by least squares (0 if all latents are
        one point). Decoded distances are Euclidean, that is, chords of the decoded surface.
    """
    latent = torch.pdist(latents.double())
    observed = torch.pdist(decoded.double().flatten(1))
    slope = (latent * observed).sum() / (latent**2).sum()
    deviations = torch.stack([latent - latent.mean(), observed - observed.mean()])
    spreads = deviations.norm(dim=1)
    means = torch.stack([latent.mean(), observed.mean()])
    # If all distances are equal, there is no correlation. Rounding makes equal distances differ by
    # up to 1e-9 of their mean.
    if (spreads <= 1e-9 * len(latent) ** 0.5 * means).any():
        return 0.0, slope.nan_to_num().item()
    return (deviations[0] @ deviations[1] / spreads.prod()).item(), slope.item()


def _rounding(metric: Tensor) -> float:
    """Return the relative rounding error of eigenvalues, as a fraction of the largest one."""
    return metric.shape[-1] * torch.finfo(metric.dtype).eps
