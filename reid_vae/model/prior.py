"""The hierarchical prior, p(z) = integral of p(z | zeta) p(zeta), and its bound (section 2.1)."""

import math
from typing import Protocol

import torch
from torch import Tensor, nn

from ..batch_share import WHOLE, BatchShare
from .networks import Perceptron


class PriorSizes(Protocol):
    """The sizes of an architecture that the prior needs."""

    @property
    def latent_size(self) -> int:
        """Nz, the length of z."""

    @property
    def prior_latent_size(self) -> int:
        """Length of zeta."""

    @property
    def prior_hidden(self) -> tuple[int, ...]:
        """Hidden layer widths of q(zeta | z) and p(z | zeta)."""


class HierarchicalPrior(nn.Module):
    """p_Theta(z | zeta) with zeta ~ N(0, 1), and its inference network q_Phi(zeta | z)."""

    def __init__(self, architecture: PriorSizes) -> None:
        super().__init__()
        z, zeta = architecture.latent_size, architecture.prior_latent_size
        self.prior_latent_size = zeta
        self.generator = Perceptron(zeta, architecture.prior_hidden, z)
        self.inference = Perceptron(z, architecture.prior_hidden, zeta)

    @torch.no_grad()
    def sample(self, count: int, generator: torch.Generator) -> Tensor:
        """Draw zeta from the standard normal, then z from p(z | zeta): (count, Nz)."""
        zeta = torch.randn(count, self.prior_latent_size, generator=generator)
        mean, log_variance = self.generator(zeta)
        noise = torch.randn(mean.shape, generator=generator)
        z: Tensor = mean + noise * torch.exp(0.5 * log_variance)
        return z

    def bound(
        self,
        z: Tensor,
        mean: Tensor,
        log_variance: Tensor,
        samples: int,
        share: BatchShare = WHOLE,
    ) -> Tensor:
        """Return F, the importance-weighted upper bound on KL(q(z | x) || p(z)), equation 3.

        ``log q(z | x)`` is the log density at the given sample, not the analytic entropy. The bound
        on log p(z) is evaluated at the same sample, so part of the noise of both cancels.

        Args:
            z: (N, Nz), one sample of q(z | x) per data point.
            mean: (N, Nz), mean of q(z | x).
            log_variance: (N, Nz), log variance of q(z | x).
            samples: K, the number of importance samples of zeta; a larger K tightens the bound.
            share: the rows of the batch that these data points are.

        Returns:
            (N,) nats.
        """
        log_posterior = log_normal(z, mean, log_variance)
        return log_posterior - self.log_density(z, samples, share)

    def log_density(self, z: Tensor, samples: int, share: BatchShare = WHOLE) -> Tensor:
        """Return a lower bound on log p(z), (N,) nats, from K importance samples of zeta."""
        zeta_mean, zeta_log_variance = self.inference(z)
        noise = share.noise(zeta_mean, samples)
        zeta = zeta_mean + noise * torch.exp(0.5 * zeta_log_variance)
        log_weights = (
            log_normal(z, *self.generator(zeta))
            + log_normal(zeta, torch.zeros_like(zeta), torch.zeros_like(zeta))
            - log_normal(zeta, zeta_mean, zeta_log_variance)
        )
        return torch.logsumexp(log_weights, dim=0) - math.log(samples)


def log_normal(values: Tensor, mean: Tensor, log_variance: Tensor) -> Tensor:
    """Return the log density in nats of a diagonal Gaussian, summed over the last axis."""
    squares = (values - mean) ** 2 * torch.exp(-log_variance)
    return -0.5 * (squares + log_variance + math.log(2 * math.pi)).sum(-1)
