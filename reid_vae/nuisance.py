"""The nuisance covariance: how the pictures of one person differ from one another."""

import numpy as np
import torch
from torch import Tensor

# Added to the nuisance variance, as a fraction of its mean: directions in which hardly anything was
# seen to vary would otherwise be taken for the surest of all.
SHRINKAGE = 0.02
# Below this share of all variance the nuisance is rounding.
LEAST_NUISANCE = 1e-9


class Scatter:
    """Sums, over pictures that come in batches, that covariances are made of.

    Args:
        tracklets: (M,) int64, the tracklet of each picture, from 0 without gaps.
        size: number of values of a picture.
    """

    def __init__(self, tracklets: Tensor, size: int) -> None:
        self._tracklets = tracklets
        self._counts = torch.bincount(tracklets)
        self._sums = torch.zeros(len(self._counts), size, dtype=torch.float64)
        self._squares = torch.zeros(size, size, dtype=torch.float64)

    def add(self, rows: slice, pictures: Tensor) -> None:
        """Take in the pictures (N, 3, s, s) of these rows; each row once."""
        values = pictures.flatten(1).double()
        self._sums.index_add_(0, self._tracklets[rows], values)
        self._squares += values.T @ values

    def tracklet_means(self) -> Tensor:
        """(T, size) float32, the mean picture of each tracklet."""
        return (self._sums / self._counts[:, None]).float()

    def total(self) -> Tensor:
        """(size, size) covariance of all pictures."""
        count = self._counts.sum()
        mean = self._sums.sum(0) / count
        return self._squares / count - mean[:, None] * mean

    def within(self) -> Tensor:
        """(size, size) covariance of pictures about the mean of their own tracklet.

        Raises:
            ValueError: no tracklet has two pictures.
        """
        degrees = self._counts.sum() - len(self._counts)
        if degrees == 0:
            raise ValueError("no tracklet has two pictures")
        between = (self._sums / self._counts[:, None]).T @ self._sums
        return (self._squares - between) / degrees


def nuisance_whitening(total: Tensor, within: Tensor, rank: int) -> Tensor:
    """Sigma^(-1/2) on the principal subspace.

    Outside the ``rank`` directions in which pictures vary most, the sample says too little of Sigma
    to divide by it.

    Args:
        total: (Nx, Nx) covariance of all pictures.
        within: (Nx, Nx) nuisance covariance Sigma.
        rank: number of directions kept.

    Returns:
        W (rank, Nx): W Sigma W^T is the identity, but for the shrinkage.

    Raises:
        ValueError: there is no nuisance to speak of, as in footage that stands still.
    """
    _, directions = torch.linalg.eigh(total)
    basis = directions[:, -rank:].T
    inside = basis @ within @ basis.T
    if inside.trace() < LEAST_NUISANCE * total.trace():
        raise ValueError("pictures of one tracklet do not differ")
    inside += SHRINKAGE * inside.diagonal().mean() * torch.eye(rank, dtype=inside.dtype)
    variances, axes = torch.linalg.eigh(inside)
    return ((axes / variances.sqrt()) @ axes.T @ basis).float()


def number_from_zero(labels: np.ndarray) -> Tensor:
    """Any labels (M,) -> int64 from 0 without gaps, in order of size."""
    _, numbers = np.unique(labels, return_inverse=True)
    return torch.from_numpy(numbers)
