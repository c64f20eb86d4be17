"""The objective of VHP-VAE and VHP-FMVAE, equation 12.

    L = F + lambda * ( C - kappa^2 + beta * R )

The paper does not give the units. Here every term is in nats per data point, summed over its Nx
values, so with lambda = 1 the objective is the evidence lower bound, as equation 4 intends. The
unit of kappa depends on p(x | z); see reid_vae.model.likelihood.

R is the relative deviation of the metric from c^2 1 (see reid_vae.geometry.metric). It is 0 if the
decoder is flat, and it does not depend on the decoder's scale. beta is in nats at R = 1. The
paper's beta of 300 and 3000 multiplies an unscaled norm of unknown units, so the same number here
may have a different strength. R is inside the bracket, so lambda scales it like C. The update of
lambda depends on C alone, as in the algorithm of Klushyn et al. 2019. :class:`Constants` can give
R and the update of lambda as equation 12 prints them instead.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from ..batch_share import WHOLE, BatchShare
from ..geometry.metric import (
    Decoder,
    flatness_by_random_directions,
    flatness_of_metric,
    metric_tensor,
    mixup,
    norm_by_random_directions,
    norm_of_deviation,
    norm_of_metric,
    norm_of_metric_by_random_directions,
)
from ..model.dense_vae import DenseVAE
from ..model.vhpvae import VHPVAE

# Largest Nz for which training computes all columns of J (Nz + 1 decoder passes per point).
EXACT_LATENT_SIZE = 16


@dataclass(frozen=True)
class Constants:
    """The constants of the objective.

    Attributes:
        kappa: bound on the error per value, in the units of the likelihood.
        beta: weight of the flatness term; 0 trains a VHP-VAE.
        alpha_0: extrapolation of the latent mixup (0.2 in the paper's ICML 2020 version).
        mixed: whether the metric is measured at mixed latents; if not, it is measured at the
            latents of the data (the paper's ablation, figure 7a).
        normalised: whether the term is ||G - c^2 1||; if not, it is ||G|| (the ablation, figure
            7b), and beta weighs a norm in the units of the data.
        printed_norm: whether R is the norm of equation 12 as printed: not squared, and in the units
            of the data. Its gradient then depends on the decoder's scale. Ignored if the term is
            not normalised.
        bounded_flatness: whether the constraint is C + beta R <= kappa^2, as equation 12 prints it;
            if not, the update of lambda depends on C alone.
        importance_samples: K of the prior's bound.
        flatness_fraction: fraction of the batch on which the metric is measured, because its
            decoder passes are the most expensive part of a step. If beta is 0, R is only logged,
            and a quarter of this fraction is used.
    """

    kappa: float
    beta: float
    alpha_0: float = 0.2
    mixed: bool = True
    normalised: bool = True
    printed_norm: bool = False
    bounded_flatness: bool = False
    importance_samples: int = 8
    flatness_fraction: float = 0.25


@dataclass(frozen=True)
class Terms:
    """The terms of one batch in nats per data point; c_squared is the squared scale of f."""

    reconstruction: Tensor
    bound: Tensor
    flatness: Tensor
    c_squared: Tensor

    def objective(self, multiplier: float, kappa_squared: float, beta: float) -> Tensor:
        """Return equation 12 divided by lambda, so that the step size does not depend on lambda."""
        constraint = self.reconstruction - kappa_squared + beta * self.flatness
        return self.bound / multiplier + constraint


# A model of crops, or of vectors.
Model = VHPVAE | DenseVAE


def batch_terms(
    model: Model,
    inputs: Tensor,
    targets: Tensor,
    constants: Constants,
    share: BatchShare = WHOLE,
) -> Terms:
    """Return the terms of the objective for one batch, or for one process's part of it.

    The mean of a part's terms over the processes is the term of the batch. c^2 is that of the whole
    batch already.

    Args:
        model: the model. Its encoder may run under autocast; everything else is float32.
        inputs: N inputs of the encoder.
        targets: N targets of the decoder.
        constants: constants of the objective.
        share: the rows of the batch that these inputs are.
    """
    mean, log_variance = model.posterior(inputs)
    z = mean + share.noise(mean) * torch.exp(0.5 * log_variance)
    error = model.likelihood.error(model.data(targets), model.decoder(z), constants.kappa)
    flatness, c_squared = _flatness(model.decoder, z, constants, share)
    return Terms(
        reconstruction=error.mean(),
        bound=model.prior.bound(z, mean, log_variance, constants.importance_samples, share).mean(),
        flatness=flatness,
        c_squared=c_squared,
    )


def _flatness(
    decoder: Decoder, z: Tensor, constants: Constants, share: BatchShare
) -> tuple[Tensor, Tensor]:
    """Return R of this process's points and c^2 of all, without gradient if beta is 0."""
    fraction = constants.flatness_fraction / (1 if constants.beta > 0 else 4)
    count = max(2, round(fraction * len(z) * share.count))
    # Each process gets as many points.
    count = -(-count // share.count) * share.count
    with torch.set_grad_enabled(torch.is_grad_enabled() and constants.beta > 0):
        z = share.gather(z)
        points = (mixup(z, constants.alpha_0) if constants.mixed else z)[:count][share.part]
        exact, estimated = _MEASURES[_measure(constants)]
        if z.shape[1] <= EXACT_LATENT_SIZE:
            return exact(metric_tensor(decoder, points), share)
        return estimated(decoder, points, share=share)


_MEASURES = {
    "flatness": (flatness_of_metric, flatness_by_random_directions),
    "printed norm": (norm_of_deviation, norm_by_random_directions),
    "metric": (norm_of_metric, norm_of_metric_by_random_directions),
}
"""Measure of the flatness term -> from all columns of J, and from random directions."""


def _measure(constants: Constants) -> str:
    if not constants.normalised:
        return "metric"
    return "printed norm" if constants.printed_norm else "flatness"
