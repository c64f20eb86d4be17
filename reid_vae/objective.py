"""Equation 12: what VHP-VAE and VHP-FMVAE minimise.

    L = F + lambda * ( C - kappa^2 + beta * R )

Units, which the paper leaves open: everything is in nats for one image. p(x | z) is Gaussian with
standard deviation sigma in every value, so C = ||x - f(z)||^2 / (2 sigma^2), summed over the Nx
values: with lambda = 1 the objective is the evidence lower bound, as equation 4 intends. kappa is
stated as the root-mean-square error of a value, in the units of the data (reid_vae.observation: the
[0, 1] scale, standard deviations of a channel, or of tracklets' means); sigma = kappa, so the
constraint C <= kappa^2 reads "no worse than noise of that size" and its right side is Nx / 2.

R is the relative deviation of the metric from c^2 1 (see reid_vae.geometry): 0 when flat, and
independent of the decoder's scale. beta is in nats for R = 1. The paper's 300 and 3000 multiply an
unscaled norm whose units it does not give: the numbers are the same here, the strength need not be.
Being inside the bracket, R is scaled by lambda like C; lambda itself follows C alone, as in the
algorithm it is from.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from reid_vae.geometry import (
    flatness_by_random_directions,
    flatness_of_metric,
    metric_tensor,
    mixup,
)
from reid_vae.model import VHPVAE

# Up to this many latents all columns of J are affordable (Nz + 1 decoder passes a point).
EXACT_LATENT_SIZE = 8


@dataclass(frozen=True)
class Constants:
    """The constants of the objective.

    Attributes:
        kappa: bound on the root-mean-square error of a value, in the data's units.
        beta: weight of the flatness term; 0 trains a VHP-VAE.
        alpha_0: extrapolation of the latent mixup (0.2 in the paper's ICML 2020 version).
        importance_samples: K of the prior's bound.
        flatness_fraction: share of the batch on which the metric is measured: the decoder passes
            it takes are the dearest part of a step. A quarter of it when beta is 0 and R only
            logged.
    """

    kappa: float
    beta: float
    alpha_0: float = 0.2
    importance_samples: int = 8
    flatness_fraction: float = 0.25


@dataclass(frozen=True)
class Terms:
    """The terms of one batch, scalars in nats for one image (c_squared: squared scale of f)."""

    reconstruction: Tensor
    bound: Tensor
    flatness: Tensor
    c_squared: Tensor

    def objective(self, multiplier: float, kappa_squared: float, beta: float) -> Tensor:
        """Equation 12 divided by lambda, so that the step size does not depend on lambda."""
        constraint = self.reconstruction - kappa_squared + beta * self.flatness
        return self.bound / multiplier + constraint


def kappa_squared(data_size: int) -> float:
    """The right side of the constraint in nats: C of an error of sigma in each of Nx values."""
    return data_size / 2


def batch_terms(model: VHPVAE, images: Tensor, targets: Tensor, constants: Constants) -> Terms:
    """One batch through the model.

    Args:
        model: the model; its encoder may run under autocast, everything else is float32.
        images: (N, 3, H, W) in [0, 1], what the encoder sees.
        targets: (N, 3, s, s), the pictures that the decoder is to reproduce.
        constants: the objective's.
    """
    mean, log_variance = model.posterior(images)
    z = mean + torch.randn_like(mean) * torch.exp(0.5 * log_variance)
    squared_error = (model.observation.whiten(targets) - model.decoder(z)).square().sum(1)
    flatness, c_squared = _flatness(model, z, constants)
    return Terms(
        reconstruction=squared_error.mean() / (2 * constants.kappa**2),
        bound=model.prior.bound(z, mean, log_variance, constants.importance_samples).mean(),
        flatness=flatness,
        c_squared=c_squared,
    )


def _flatness(model: VHPVAE, z: Tensor, constants: Constants) -> tuple[Tensor, Tensor]:
    """R and c^2 at mixed-up latents; measured, but without gradient, when beta is 0."""
    fraction = constants.flatness_fraction / (1 if constants.beta > 0 else 4)
    count = max(2, round(fraction * len(z)))
    with torch.set_grad_enabled(torch.is_grad_enabled() and constants.beta > 0):
        points = mixup(z, constants.alpha_0)[:count]
        if z.shape[1] <= EXACT_LATENT_SIZE:
            return flatness_of_metric(metric_tensor(model.decoder, points))
        return flatness_by_random_directions(model.decoder, points)
