"""VHP-VAE of crops: data space, encoder, decoder and hierarchical prior in one module."""

import math

import torch
from torch import Tensor, nn

from .architecture import Architecture
from .closed_form import ClosedForm
from .likelihood import GaussianLikelihood
from .networks import Decoder, DenseEncoder, LinearEncoder, VggEncoder
from .observation import Observation
from .parts import needed
from .prior import HierarchicalPrior

# Standard deviation of q(z | x) at a random start, beside means of about unit variance.
STARTING_DEVIATION = 0.1
# Share of the newest batch in the variance by which a trained encoder divides its means: the
# average then covers about 50 batches, and one batch moves the descriptor by less than 1 %.
_NORMALISER_MOMENTUM = 0.02


class VHPVAE(nn.Module):
    """Variational autoencoder of crops with a hierarchical prior (section 2.1).

    The flat-manifold variant (VHP-FMVAE) is the same module trained with a flatness weight above
    zero: see :mod:`reid_vae.training.objective`.

    Attributes:
        observation: the data space, which turns crops into pictures and pictures into data x.
        encoder: the network of q(z | x); see :meth:`posterior`.
        linear_encoder: the linear map that is added to the encoder's mean, or None.
        normaliser: gives the posterior means unit variance, or None.
        decoder: f(z), the mean of p(x | z), (N, Nz) -> (N, Nx). Training makes its metric flat.
        prior: p(z) and q(zeta | z).
        likelihood: p(x | z).
        latent_mean: (Nz,), mean of the encodings of the training set. A latent space is not
            centred at the origin, so cosine distances are measured about this point.
    """

    latent_mean: Tensor

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.architecture = architecture
        self.observation = Observation(architecture)
        dense = bool(architecture.encoder_hidden)
        self.encoder = DenseEncoder(architecture) if dense else VggEncoder(architecture)
        self.linear_encoder = LinearEncoder(architecture) if architecture.linear_encoder else None
        self.normaliser: nn.BatchNorm1d | None = None
        if architecture.normalised_latents:
            self.normaliser = nn.BatchNorm1d(
                architecture.latent_size, affine=False, momentum=_NORMALISER_MOMENTUM
            )
        self.decoder = Decoder(architecture)
        self.prior = HierarchicalPrior(architecture)
        self.likelihood = GaussianLikelihood()
        self.register_buffer("latent_mean", torch.zeros(architecture.latent_size))

    def posterior(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and log variance of q(z | x), both (N, Nz), for (N, 3, H, W) in [0, 1]."""
        inputs, pictures = images, None
        if isinstance(self.encoder, DenseEncoder):
            pictures = self.observation.pictures(images)
            inputs = self.data(pictures)
        mean, log_variance = self.encoder(inputs)
        if self.linear_encoder is not None:
            # Features are too expensive to compute twice.
            pictures = self.observation.pictures(images) if pictures is None else pictures
            mean = mean + self.linear_encoder(pictures)
        if self.normaliser is not None:
            mean = self.normaliser(mean)
        return mean, log_variance

    def encode(self, images: Tensor) -> Tensor:
        """Return the posterior mean, which is the descriptor: (N, 3, H, W) in [0, 1] -> (N, Nz)."""
        return self.posterior(images)[0]

    def data(self, targets: Tensor) -> Tensor:
        """Return the values that the likelihood compares: pictures (N, 3, s, s) -> x (N, Nx)."""
        return self.observation.whiten(targets)

    @torch.no_grad()
    def start_linear(self, data: Tensor) -> None:
        """Fit the linear parts of decoder and encoder, if the model has any, to the data.

        Args:
            data: (M, Nx), M > Nz, whitened by ``observation``, which must have been fitted before.
        """
        self.decoder.start_as_principal_subspace(data)
        if self.linear_encoder is not None:
            linear = needed(self.decoder.linear, "linear decoder")
            self.linear_encoder.invert(linear, self.observation.whitening)
            self._silence_network()

    @torch.no_grad()
    def start_closed(self, closed: ClosedForm) -> None:
        """Start with a closed form of the data of ``observation``; the model has linear parts."""
        self.decoder.start_closed(closed)
        whitening = needed(self.observation.whitening, "whitening")
        needed(self.linear_encoder, "linear encoder").start_closed(closed, whitening)
        self._silence_network()
        self.narrow_posterior()

    @torch.no_grad()
    def start_at_random(self, data: Tensor, share: float = 0.5) -> None:
        """Start decoder and encoder at random, at the scale of the data.

        The encoder's means start with about unit variance, and its posterior is narrow. A posterior
        that is as wide as the means vary is noise, and the decoder would learn to ignore it.

        Args:
            data: (M, Nx), M >= 2, whitened by ``observation``, which has been fitted before.
            share: the share of the variance that comes from the decoder's network, if a linear
                layer bypasses it.
        """
        self.decoder.start_at_random(data, share)
        head = self.encoder.posterior
        nn.init.normal_(head.mean.weight, std=(2 / head.mean.in_features) ** 0.5)
        nn.init.zeros_(head.mean.bias)
        self.narrow_posterior()

    def _silence_network(self) -> None:
        """Let the encoder's network add nothing to the mean of its linear part."""
        nn.init.zeros_(self.encoder.posterior.mean.weight)
        nn.init.zeros_(self.encoder.posterior.mean.bias)

    @torch.no_grad()
    def narrow_posterior(self) -> None:
        """Let the posterior start narrow, because its noise would drown a good start."""
        head = self.encoder.posterior.log_variance
        nn.init.zeros_(head.weight)
        nn.init.constant_(head.bias, 2 * math.log(STARTING_DEVIATION))

    def pictures(self, z: Tensor) -> Tensor:
        """Decode latents to pictures: (N, Nz) -> (N, 3, s, s)."""
        return self.observation.unwhiten(self.decoder(z))
