"""VHP-VAE of vectors: the fully connected columns of Table 3 (pendulum, human motion, MNIST)."""

from dataclasses import dataclass
from typing import Literal

from torch import Tensor, nn

from .likelihood import BernoulliLikelihood, GaussianLikelihood, Likelihood
from .networks import Perceptron, dense_layers
from .prior import HierarchicalPrior


@dataclass(frozen=True)
class DenseArchitecture:
    """Layer sizes of a VHP-VAE of vectors.

    Attributes:
        data_size: Nx, the length of a vector.
        hidden: hidden layer widths of encoder and decoder.
        prior_hidden: hidden layer widths of q(zeta | z) and p(z | zeta).
        likelihood: family of p(x | z).
        latent_size: Nz, the length of z.
        prior_latent_size: length of zeta. The paper does not give it; here zeta is as long as z.
    """

    data_size: int
    hidden: tuple[int, ...] = (256, 256)
    prior_hidden: tuple[int, ...] = (256, 256)
    likelihood: Literal["gaussian", "bernoulli"] = "gaussian"
    latent_size: int = 2
    prior_latent_size: int = 2


class DenseVAE(nn.Module):
    """Variational autoencoder of vectors with a hierarchical prior (section 2.1).

    Attributes:
        architecture: the layer sizes.
        encoder: q(z | x), (N, Nx) -> mean and log variance of z, both (N, Nz).
        decoder: f(z), the mean of p(x | z), (N, Nz) -> (N, Nx). Training makes its metric flat.
        prior: p(z) and q(zeta | z).
        likelihood: p(x | z).
    """

    def __init__(self, architecture: DenseArchitecture) -> None:
        super().__init__()
        self.architecture = architecture
        latent_size, data_size = architecture.latent_size, architecture.data_size
        self.encoder = Perceptron(data_size, architecture.hidden, latent_size)
        layers = dense_layers(latent_size, architecture.hidden)
        layers.append(nn.Linear(architecture.hidden[-1], data_size))
        self.likelihood: Likelihood = GaussianLikelihood()
        if architecture.likelihood == "bernoulli":
            layers.append(nn.Sigmoid())
            self.likelihood = BernoulliLikelihood()
        self.decoder = layers
        self.prior = HierarchicalPrior(architecture)

    def posterior(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """Return q(z | x) for inputs (N, Nx): mean and log variance, both (N, Nz)."""
        mean, log_variance = self.encoder(inputs)
        return mean, log_variance

    def encode(self, inputs: Tensor) -> Tensor:
        """Return the posterior mean (N, Nz) of inputs (N, Nx)."""
        return self.posterior(inputs)[0]

    def data(self, targets: Tensor) -> Tensor:
        """Return the values that the likelihood compares: the vectors unchanged."""
        return targets
