"""Equation 12: what VHP-VAE and VHP-FMVAE minimise.

    L = F + lambda * ( C - kappa^2 + beta * R )

Units, which the paper leaves open: everything is in nats for one data point, summed over its Nx
values, so that with lambda = 1 the objective is the evidence lower bound, as equation 4 intends.
What kappa is measured in depends on p(x | z), see reid_vae.likelihood.

R is the relative deviation of the metric from c^2 1 (see reid_vae.geometry): 0 when flat, and
independent of the decoder's scale. beta is in nats for R = 1. The paper's 300 and 3000 multiply an
unscaled norm whose units it does not give: the numbers are the same here, the strength need not be.
Being inside the bracket, R is scaled by lambda like C; lambda itself follows C alone, as in the
algorithm it is from.
"""

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from ..geometry.metric import (
    Decoder,
    flatness_by_random_directions,
    flatness_of_metric,
    metric_tensor,
    mixup,
    norm_of_metric,
)
from ..model.likelihood import Likelihood
from ..model.prior import HierarchicalPrior

# Up to this many latents all columns of J are affordable (Nz + 1 decoder passes a point).
EXACT_LATENT_SIZE = 8


@dataclass(frozen=True)
class Constants:
    """The constants of the objective.

    Attributes:
        kappa: bound on the error of a value, in the likelihood's units.
        beta: weight of the flatness term; 0 trains a VHP-VAE.
        alpha_0: extrapolation of the latent mixup (0.2 in the paper's ICML 2020 version).
        mixed: whether the metric is measured at mixed-up latents; at those of the data if not, the
            paper's ablation of figure 7a.
        normalised: whether it is to be a multiple of the identity; as small as can be if not, the
            ablation of figure 7b. All columns of J are then taken, whatever Nz, and beta weighs a
            norm in the data's units.
        importance_samples: K of the prior's bound.
        flatness_fraction: share of the batch on which the metric is measured: the decoder passes
            it takes are the dearest part of a step. A quarter of it when beta is 0 and R only
            logged.
    """

    kappa: float
    beta: float
    alpha_0: float = 0.2
    mixed: bool = True
    normalised: bool = True
    importance_samples: int = 8
    flatness_fraction: float = 0.25


@dataclass(frozen=True)
class Terms:
    """The terms of one batch, scalars in nats for one point (c_squared: squared scale of f)."""

    reconstruction: Tensor
    bound: Tensor
    flatness: Tensor
    c_squared: Tensor

    def objective(self, multiplier: float, kappa_squared: float, beta: float) -> Tensor:
        """Equation 12 divided by lambda, so that the step size does not depend on lambda."""
        constraint = self.reconstruction - kappa_squared + beta * self.flatness
        return self.bound / multiplier + constraint


class Model(Protocol):
    """A VHP-VAE of whatever data: of crops (reid_vae.model) or of vectors (reid_vae.dense)."""

    decoder: Decoder
    prior: HierarchicalPrior
    likelihood: Likelihood

    def posterior(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """q(z | x): N inputs -> mean and log variance of z, both (N, Nz)."""

    def data(self, targets: Tensor) -> Tensor:
        """N targets -> x (N, Nx), what the decoder is to make."""


def batch_terms(model: Model, inputs: Tensor, targets: Tensor, constants: Constants) -> Terms:
    """One batch through the model.

    Args:
        model: the model; its encoder may run under autocast, everything else is float32.
        inputs: N of them, what the encoder sees.
        targets: N of them, what the decoder is to reproduce.
        constants: the objective's.
    """
    mean, log_variance = model.posterior(inputs)
    z = mean + torch.randn_like(mean) * torch.exp(0.5 * log_variance)
    error = model.likelihood.error(model.data(targets), model.decoder(z), constants.kappa)
    flatness, c_squared = _flatness(model.decoder, z, constants)
    return Terms(
        reconstruction=error.mean(),
        bound=model.prior.bound(z, mean, log_variance, constants.importance_samples).mean(),
        flatness=flatness,
        c_squared=c_squared,
    )


def _flatness(decoder: Decoder, z: Tensor, constants: Constants) -> tuple[Tensor, Tensor]:
    """R and c^2; measured, but without gradient, when beta is 0."""
    fraction = constants.flatness_fraction / (1 if constants.beta > 0 else 4)
    count = max(2, round(fraction * len(z)))
    with torch.set_grad_enabled(torch.is_grad_enabled() and constants.beta > 0):
        points = (mixup(z, constants.alpha_0) if constants.mixed else z)[:count]
        if not constants.normalised:
            return norm_of_metric(metric_tensor(decoder, points))
        if z.shape[1] <= EXACT_LATENT_SIZE:
            return flatness_of_metric(metric_tensor(decoder, points))
        return flatness_by_random_directions(decoder, points)
