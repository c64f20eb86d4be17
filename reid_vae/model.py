"""VHP-VAE: encoder, decoder and hierarchical prior in one module."""

import torch
from torch import Tensor, nn

from reid_vae.architecture import Architecture
from reid_vae.networks import Decoder, VggEncoder
from reid_vae.observation import Observation
from reid_vae.prior import HierarchicalPrior


class VHPVAE(nn.Module):
    """The variational autoencoder with a hierarchical prior (section 2.1).

    The flat-manifold variant (VHP-FMVAE) is the same module trained with a flatness weight above
    zero: see :mod:`reid_vae.objective`.

    Attributes:
        observation: the data space: crops to pictures to data x.
        encoder: q(z | x), images (N, 3, H, W) in [0, 1] -> mean and log variance (N, Nz).
        decoder: f(z), the mean of p(x | z), (N, Nz) -> (N, Nx), whose metric is to be flat.
        prior: p(z) and q(zeta | z).
        latent_mean: (Nz,), mean of the encodings of the training set: a latent space is not
            centred, and cosine distances are measured about this point.
    """

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.architecture = architecture
        self.observation = Observation(architecture)
        self.encoder = VggEncoder(architecture)
        self.decoder = Decoder(architecture)
        self.prior = HierarchicalPrior(architecture)
        self.register_buffer("latent_mean", torch.zeros(architecture.latent_size))

    def encode(self, images: Tensor) -> Tensor:
        """The posterior mean, which is the descriptor: (N, 3, H, W) in [0, 1] -> (N, Nz)."""
        return self.encoder(images)[0]

    def pictures(self, z: Tensor) -> Tensor:
        """What the decoder makes of latents, as pictures: (N, Nz) -> (N, 3, s, s)."""
        return self.observation.unwhiten(self.decoder(z))
