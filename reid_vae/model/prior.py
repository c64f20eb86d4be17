"""The hierarchical prior p(z) = integral of p(z | zeta) p(zeta) and its bound (section 2.1)."""

import math
from typing import Protocol

import torch
from torch import Tensor, nn

from .networks import Perceptron


class PriorSizes(Protocol):
    """What of an architecture the prior goes by."""

    latent_size: int
    prior_latent_size: int
    prior_hidden: tuple[int, ...]


class HierarchicalPrior(nn.Module):
    """p_Theta(z | zeta) with zeta ~ N(0, 1), and its inference network q_Phi(zeta | z)."""

    def __init__(self, architecture: PriorSizes) -> None:
        super().__init__()
        z, zeta = architecture.latent_size, architecture.prior_latent_size
        self.generator = Perceptron(zeta, architecture.prior_hidden, z)
        self.inference = Perceptron(z, architecture.prior_hidden, zeta)

    def bound(self, z: Tensor, mean: Tensor, log_variance: Tensor, samples: int) -> Tensor:
        """F, the importance-weighted upper bound on KL(q(z | x) || p(z)), equation 3.

        ``log q(z | x)`` is the density at the given sample, not the analytic entropy, because the
        second term is evaluated at the same sample: their noise cancels.

        Args:
            z: (N, Nz), one sample of q(z | x) for each image.
            mean: (N, Nz) of q(z | x).
            log_variance: (N, Nz) of q(z | x).
            samples: K, importance samples of zeta; the bound tightens as it grows.

        Returns:
            (N,) nats.
        """
        log_posterior = log_normal(z, mean, log_variance)
        return log_posterior - self.log_density(z, samples)

    def log_density(self, z: Tensor, samples: int) -> Tensor:
        """A lower bound on log p(z) in nats, (N,), from K importance samples of zeta."""
        zeta_mean, zeta_log_variance = self.inference(z)
        noise = torch.randn((samples, *zeta_mean.shape), device=z.device)
        zeta = zeta_mean + noise * torch.exp(0.5 * zeta_log_variance)
        log_weights = (
            log_normal(z, *self.generator(zeta))
            + log_normal(zeta, torch.zeros_like(zeta), torch.zeros_like(zeta))
            - log_normal(zeta, zeta_mean, zeta_log_variance)
        )
        return torch.logsumexp(log_weights, dim=0) - math.log(samples)


def log_normal(values: Tensor, mean: Tensor, log_variance: Tensor) -> Tensor:
    """Log density in nats of a diagonal Gaussian, summed over the last axis."""
    squares = (values - mean) ** 2 * torch.exp(-log_variance)
    return -0.5 * (squares + log_variance + math.log(2 * math.pi)).sum(-1)
