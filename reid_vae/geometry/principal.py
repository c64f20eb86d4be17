"""The principal subspace: the best affine autoencoder, which needs no training (a baseline)."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class PrincipalSubspace:
    """The plane that is nearest to the data, by principal component analysis.

    Attributes:
        mean: (Nx,) float64, mean of the fitted data.
        directions: (Nx, Nz) float64, orthonormal columns, the direction of most variance first.
    """

    mean: Tensor
    directions: Tensor

    def project(self, data: Tensor) -> Tensor:
        """Return the coordinates in the plane: data (N, Nx) -> (N, Nz) float64."""
        return (data.double() - self.mean) @ self.directions

    def reconstruct(self, data: Tensor) -> Tensor:
        """Return the nearest points of the plane: data (N, Nx) -> (N, Nx) float64."""
        return self.project(data) @ self.directions.T + self.mean

    def rms_error(self, data: Tensor) -> float:
        """Return the root-mean-square error per value of data (N, Nx), as kappa bounds it."""
        return (self.reconstruct(data) - data.double()).square().mean().sqrt().item()


@torch.no_grad()
def fit_principal_subspace(data: Tensor, count: int) -> PrincipalSubspace:
    """Fit the principal subspace exactly, in float64.

    Args:
        data: (N, Nx). The smaller of the N x N and the Nx x Nx matrix of products is decomposed.
        count: Nz, the number of directions, at most min(N - 1, Nx).

    Raises:
        ValueError: the data are too few or too short for this many directions.
    """
    samples, size = data.shape
    if not 1 <= count <= min(samples - 1, size):
        raise ValueError(
            f"{samples} data points of {size} values have no {count} principal directions"
        )
    data = data.double()
    mean = data.mean(0)
    centred = data - mean
    if samples < size:
        _, vectors = torch.linalg.eigh(centred @ centred.T)
        # The columns of centred^T U are orthogonal up to rounding; QR restores orthonormality.
        directions, _ = torch.linalg.qr(centred.T @ vectors[:, -count:].flip(1))
    else:
        _, vectors = torch.linalg.eigh(centred.T @ centred)
        directions = vectors[:, -count:].flip(1)
    return PrincipalSubspace(mean, directions)
