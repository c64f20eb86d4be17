"""The closed form: encoder and decoder of a linear Gaussian model of tracklets, without training.

The model: whitened pictures x of one person scatter about the person's mean m with covariance S,
and the means of people scatter about mu with covariance B. The best guess of m from one picture is
then linear,

    E[m | x] = mu + B (B + S)^-1 (x - mu),

which ignores the directions in which people hardly differ or one person varies much. The decoder is
an isometry onto the plane in which means vary most, so it is exactly flat, and the latents of a
picture are the coordinates of E[m | x] in that plane.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from .nuisance_covariance import Scatter

# Added to B + S, as a fraction of its mean variance: directions without any variance.
_RIDGE = 1e-6


@dataclass(frozen=True)
class ClosedForm:
    """Encoder and decoder of the linear Gaussian model.

    Attributes:
        directions: (R, Nz) float32, orthogonal columns of equal length: the decoder's linear map
            from latents to whitened values. Their length gives latents about unit variance.
        mean: (R,) float32, mu: the decoder's output at the latent 0.
        encoder: (Nz, R) float32, the encoder's linear map from whitened values less mu to latents.
    """

    directions: Tensor
    mean: Tensor
    encoder: Tensor


@torch.no_grad()
def fit_closed_form(scatter: Scatter, whitening: Tensor, latent_size: int) -> ClosedForm:
    """Fit the linear Gaussian model to the tracklets of a training set.

    B and S are the covariances between and within tracklets, each picture counting once.

    Args:
        scatter: the scatter of all pictures and their tracklets.
        whitening: (R, size), the map from pictures to whitened values, R >= Nz.
        latent_size: Nz.
    """
    whitening = whitening.double()
    mean, between = scatter.mean(), scatter.between_covariance()
    within = scatter.total_covariance() - between
    between, within = (whitening @ each @ whitening.T for each in (between, within))
    both = between + within
    both += _RIDGE * both.diagonal().mean() * torch.eye(len(both), dtype=both.dtype)
    guess = torch.linalg.solve(both, between).T
    _, axes = torch.linalg.eigh(between)
    axes = axes[:, -latent_size:].flip(1)
    scale = (between.trace() / latent_size).sqrt()
    return ClosedForm(
        directions=(axes * scale).float(),
        mean=(whitening @ mean).float(),
        encoder=(axes.T @ guess / scale).float(),
    )
