"""Principal component analysis of pictures as a descriptor: the baseline without training."""

import torch
from torch import Tensor, nn

from ..geometry.principal import fit_principal_subspace
from .architecture import Architecture
from .observation import Observation


class PrincipalEncoder(nn.Module):
    """Maps crops to coordinates in the principal subspace of their pictures.

    The pictures are those that a VHP-VAE of the same architecture decodes. The directions are
    orthonormal, so latent distances are distances between the pictures' projections. Encoder and
    decoder are affine: the decoder's surface is a plane, flat by construction.

    Attributes:
        architecture: gives the form of the pictures and the number of latents; nothing else counts.
        observation: turns crops into pictures.
        mean: (Nx,), mean of the pictures.
        directions: (Nx, Nz), orthonormal columns, the direction of most variance first.
        latent_mean: (Nz,), mean of the encodings of the fitted crops. Cosine distances are measured
            about this point.
    """

    mean: Tensor
    directions: Tensor
    latent_mean: Tensor

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.architecture = architecture
        self.observation = Observation(architecture)
        sizes = (architecture.picture_size, architecture.latent_size)
        self.register_buffer("mean", torch.zeros(sizes[0]))
        self.register_buffer("directions", torch.zeros(sizes))
        self.register_buffer("latent_mean", torch.zeros(sizes[1]))

    def encode(self, images: Tensor) -> Tensor:
        """Return the coordinates: (N, 3, H, W) RGB in [0, 1] -> (N, Nz)."""
        return (self.observation.pictures(images).flatten(1) - self.mean) @ self.directions

    def errors(self, images: Tensor) -> Tensor:
        """Return the mean squared error per value (N,) of pictures projected on the subspace."""
        data = self.observation.pictures(images).flatten(1) - self.mean
        return (data - data @ self.directions @ self.directions.T).square().mean(1)

    @torch.no_grad()
    def fit(self, pictures: Tensor) -> None:
        """Fit the subspace to pictures (M, 3, s, s) of ``observation``, which was fitted before.

        Raises:
            ValueError: the pictures are too few, or have too few values, for Nz directions.
        """
        subspace = fit_principal_subspace(pictures.flatten(1), self.architecture.latent_size)
        self.mean.copy_(subspace.mean)
        self.directions.copy_(subspace.directions)
        # The mean picture is the origin of the coordinates.
        self.latent_mean.zero_()
