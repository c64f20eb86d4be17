"""The likelihood p(x | z): the reconstruction error in nats, and the allowed error.

The paper does not give the unit of kappa. Here kappa is in the units of the data, and both sides of
C <= kappa^2 are in nats per data point (see reid_vae.training.objective).
"""

import math
from typing import Protocol

from torch import Tensor
from torch.nn import functional


class Likelihood(Protocol):
    """The part of -log p(x | z) that the constraint bounds."""

    def error(self, data: Tensor, decoded: Tensor, kappa: float) -> Tensor:
        """Return C (N,) in nats for data and decoded means, both (N, Nx)."""

    def allowed(self, data_size: int, kappa: float) -> float:
        """Return the right side of the constraint, kappa^2, in nats per data point."""

    def error_per_value(self, error: float, data_size: int, kappa: float) -> float:
        """Convert C of one data point (nats) to the error per value, in the units of kappa."""


class GaussianLikelihood:
    """A Gaussian of standard deviation kappa, which is the allowed root-mean-square error.

    For crops the unit of kappa is that of the data space (reid_vae.model.observation): for "rgb"
    the [0, 1] scale, for "lab" the standard deviation of a channel, and under the nuisance
    covariance the standard deviation of the tracklets' means.
    C = ||x - f(z)||^2 / (2 kappa^2), so the constraint means "no worse than noise of standard
    deviation kappa" and its right side is Nx / 2. With lambda = 1 the objective is the evidence
    lower bound.
    """

    def error(self, data: Tensor, decoded: Tensor, kappa: float) -> Tensor:
        """Return ||x - f(z)||^2 / (2 kappa^2), (N,) nats."""
        return (data - decoded).square().sum(1) / (2 * kappa**2)

    def allowed(self, data_size: int, kappa: float) -> float:
        """Return Nx / 2."""
        return data_size / 2

    def error_per_value(self, error: float, data_size: int, kappa: float) -> float:
        """Return the root-mean-square error per value."""
        return math.sqrt(2 * error * kappa**2 / data_size)


class BernoulliLikelihood:
    """A Bernoulli with the decoded mean, for data of 0 and 1; kappa is in nats per value."""

    def error(self, data: Tensor, decoded: Tensor, kappa: float) -> Tensor:
        """Return the cross-entropy, (N,) nats; torch limits it to 100 nats per value."""
        return functional.binary_cross_entropy(decoded, data, reduction="none").sum(1)

    def allowed(self, data_size: int, kappa: float) -> float:
        """Return Nx times kappa."""
        return data_size * kappa

    def error_per_value(self, error: float, data_size: int, kappa: float) -> float:
        """Return the nats per value."""
        return error / data_size
