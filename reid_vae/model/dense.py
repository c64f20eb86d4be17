"""VHP-VAE of vectors: the fully connected columns of Table 3 (pendulum, human motion, MNIST)."""

from dataclasses import dataclass
from typing import Literal

from torch import Tensor, nn

from .likelihood import Bernoulli, Gaussian
from .networks import Perceptron, dense_layers
from .prior import HierarchicalPrior


@dataclass(frozen=True)
class DenseArchitecture:
    """Layer sizes of a VHP-VAE of vectors.

    Attributes:
        data_size: Nx.
        hidden: widths of the hidden layers of encoder and decoder.
        prior_hidden: those of q(zeta | z) and p(z | zeta).
        likelihood: p(x | z).
        latent_size: Nz.
        prior_latent_size: length of zeta. The paper does not give it; as long as z here.
    """

    data_size: int
    hidden: tuple[int, ...] = (256, 256)
    prior_hidden: tuple[int, ...] = (256, 256)
    likelihood: Literal["gaussian", "bernoulli"] = "gaussian"
    latent_size: int = 2
    prior_latent_size: int = 2


class DenseVAE(nn.Module):
    """The variational autoencoder with a hierarchical prior (section 2.1), of vectors.

    Attributes:
        architecture: its sizes.
        encoder: q(z | x), (N, Nx) -> mean and log variance of z, both (N, Nz).
        decoder: f(z), the mean of p(x | z), (N, Nz) -> (N, Nx), whose metric is to be flat.
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
        self.likelihood = Gaussian()
        if architecture.likelihood == "bernoulli":
            layers.append(nn.Sigmoid())
            self.likelihood = Bernoulli()
        self.decoder = layers
        self.prior = HierarchicalPrior(architecture)

    def posterior(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """q(z | x): (N, Nx) -> mean and log variance of z, both (N, Nz)."""
        return self.encoder(inputs)

    def encode(self, inputs: Tensor) -> Tensor:
        """The posterior mean: (N, Nx) -> (N, Nz)."""
        return self.encoder(inputs)[0]

    def data(self, targets: Tensor) -> Tensor:
        """What the likelihood compares: the vectors as they are."""
        return targets
