"""How flat a decoder is, in figures: condition number, magnification factor, distances kept.

Read off the metric tensors G(z) of :func:`reid_vae.geometry.metric.metric_tensor`, all Nz columns of J. A
flat decoder has G = c^2 1 everywhere: condition number 1, the same magnification at every point
and decoded distances of c times the latent ones (section 2.3 of the paper).
"""

import torch
from torch import Tensor

# In place of zero where a logarithm or a quotient of it is taken.
_TINY = 1e-300


def condition_numbers(metric: Tensor) -> Tensor:
    """Largest over smallest eigenvalue of each metric tensor: 1 is isotropic.

    Args:
        metric: (N, Nz, Nz), symmetric and positive semi-definite up to rounding.

    Returns:
        (N,) float64, finite. An eigenvalue that cannot be told from zero in the metric's precision
        counts as the smallest one that can, so a singular metric gives 1 / (Nz eps): 7e4 in
        float32 at Nz = 128, 4e13 in float64. So does one that is zero altogether.
    """
    eigenvalues = torch.linalg.eigvalsh(metric.double())
    # A metric of zeros has no largest one either: 0 / tiny is 0, not NaN.
    fractions = eigenvalues[:, 0] / eigenvalues[:, -1].clamp_min(_TINY)
    return 1 / fractions.clamp_min(_rounding(metric))


def log_magnification(metric: Tensor) -> Tensor:
    """The magnification factor in logarithms, log MF(z) = log det(G) / 2.

    How much volume a small cube around z gains when it is decoded.

    Args:
        metric: (N, Nz, Nz).

    Returns:
        (N,) float64, finite: eigenvalues are bounded from below as in :func:`condition_numbers`.
    """
    eigenvalues = torch.linalg.eigvalsh(metric.double())
    smallest = eigenvalues[:, -1:] * _rounding(metric)
    return eigenvalues.maximum(smallest).clamp_min(_TINY).log().sum(1) / 2


def normalised_magnification(metric: Tensor) -> Tensor:
    """The magnification factor over its mean over the samples (section 4): 1 is flat.

    Models differ in the scale of their data and latents; what is left shows how MF spreads.

    Args:
        metric: (N, Nz, Nz), N >= 1 samples of one model.

    Returns:
        (N,) float64, of mean 1. Divided in logarithms: at Nz = 128 MF itself may overflow.
    """
    logarithms = log_magnification(metric)
    return torch.softmax(logarithms, dim=0) * len(metric)


def log_trace(metric: Tensor) -> Tensor:
    """The logarithm of tr G, metric (N, Nz, Nz) -> (N,) float64, finite."""
    trace = metric.double().diagonal(dim1=1, dim2=2).sum(1)
    return trace.clamp_min(_TINY).log()


def distance_fit(latents: Tensor, decoded: Tensor) -> tuple[float, float]:
    """How well latent distance predicts the distance of decoded points, over all pairs.

    Args:
        latents: (N, Nz), N >= 3.
        decoded: (N, ...), the decoder's output for each.

    Returns:
        Pearson's correlation of the N (N - 1) / 2 latent and decoded distances (0 if either kind
        does not vary) and the slope c of decoded = c * latent, by least squares (0 if all latents
        are one point).
    """
    latent = torch.pdist(latents.double())
    observed = torch.pdist(decoded.double().flatten(1))
    slope = (latent * observed).sum() / (latent**2).sum()
    deviations = torch.stack([latent - latent.mean(), observed - observed.mean()])
    spreads = deviations.norm(dim=1)
    means = torch.stack([latent.mean(), observed.mean()])
    # Distances that are all alike have no correlation, only rounding: at 1e-9 of their mean.
    if (spreads <= 1e-9 * len(latent) ** 0.5 * means).any():
        return 0.0, slope.nan_to_num().item()
    return (deviations[0] @ deviations[1] / spreads.prod()).item(), slope.item()


def _rounding(metric: Tensor) -> float:
    """The fraction of the largest eigenvalue that cannot be told from zero."""
    return metric.shape[-1] * torch.finfo(metric.dtype).eps
