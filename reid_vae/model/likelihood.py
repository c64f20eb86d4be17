"""p(x | z): how wrong a decoded mean is, in nats, and which error the constraint allows.

The paper leaves open what its kappa is measured in. Here it is stated in units that can be read off
the data, and both sides of C <= kappa^2 are in nats for one data point (see reid_vae.objective).
"""

import math
from typing import Protocol

from torch import Tensor
from torch.nn import functional


class Likelihood(Protocol):
    """The part of -log p(x | z) that the constraint bounds."""

    def error(self, data: Tensor, decoded: Tensor, kappa: float) -> Tensor:
        """C for data and decoded means, both (N, Nx): (N,) nats."""

    def allowed(self, data_size: int, kappa: float) -> float:
        """The right side of the constraint, kappa^2, in nats for one data point."""

    def in_units(self, error: float, data_size: int, kappa: float) -> float:
        """C of a data point as the error of a value, in kappa's units."""


class Gaussian:
    """Standard deviation kappa in every value: kappa is the root-mean-square error allowed.

    For crops in the units of reid_vae.observation: the [0, 1] scale, standard deviations of a
    channel, or of tracklets' means. C = ||x - f(z)||^2 / (2 kappa^2), so the constraint reads "no
    worse than noise of that size" and its right side is Nx / 2. With lambda = 1 the objective is
    the evidence lower bound.
    """

    def error(self, data: Tensor, decoded: Tensor, kappa: float) -> Tensor:
        """(N,) nats."""
        return (data - decoded).square().sum(1) / (2 * kappa**2)

    def allowed(self, data_size: int, kappa: float) -> float:
        """Nx / 2."""
        return data_size / 2

    def in_units(self, error: float, data_size: int, kappa: float) -> float:
        """The root-mean-square error."""
        return math.sqrt(2 * error * kappa**2 / data_size)


class Bernoulli:
    """Values are 0 or 1 and the decoded mean their probability: kappa is in nats a value."""

    def error(self, data: Tensor, decoded: Tensor, kappa: float) -> Tensor:
        """The cross-entropy, (N,) nats; torch counts a surely wrong value as 100."""
        return functional.binary_cross_entropy(decoded, data, reduction="none").sum(1)

    def allowed(self, data_size: int, kappa: float) -> float:
        """Nx times kappa."""
        return data_size * kappa

    def in_units(self, error: float, data_size: int, kappa: float) -> float:
        """Nats a value."""
        return error / data_size
