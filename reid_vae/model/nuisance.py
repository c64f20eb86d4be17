"""The nuisance covariance: how the pictures of one person differ from one another."""

import math

import numpy as np
import torch
from torch import Tensor

# Added to the nuisance variance, as fractions of its mean: directions in which hardly anything was
# seen to vary would otherwise be taken for the surest of all. Ordered from the most careful.
SHRINKAGES = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01)
# Parts into which tracklets are dealt to find out which shrinkage explains those left out.
FOLDS = 5
# Below this share of all variance, or of one, the nuisance is rounding.
LEAST_NUISANCE = 1e-9


class Scatter:
    """Mean and covariance of pictures and their mirror images, which come in batches.

    A mirrored picture counts as one more of its tracklet: people turn round.

    Args:
        tracklets: (M,) int64, the tracklet of each picture, from 0 without gaps.
        size: number of values of a picture.
    """

    def __init__(self, tracklets: Tensor, size: int) -> None:
        self._tracklets = tracklets
        self._counts = 2 * torch.bincount(tracklets)
        self._sums = torch.zeros(len(self._counts), size, dtype=torch.float64)
        self._squares = torch.zeros(size, size, dtype=torch.float64)

    def add(self, rows: slice, pictures: Tensor) -> None:
        """Take in the pictures (N, 3, s, s) of these rows; each row once."""
        for turned in (pictures, pictures.flip(-1)):
            values = turned.flatten(1).double()
            self._sums.index_add_(0, self._tracklets[rows], values)
            self._squares += values.T @ values

    def tracklet_means(self) -> Tensor:
        """(T, size) float64, the mean picture of each tracklet."""
        return self._sums / self._counts[:, None]

    def total(self) -> Tensor:
        """(size, size) covariance of all pictures."""
        count = self._counts.sum()
        mean = self._sums.sum(0) / count
        return self._squares / count - mean[:, None] * mean


class Nuisance:
    """How pictures differ from the mean of their tracklet, in the directions they vary most in.

    Outside those the sample says too little of Sigma to divide by it. Mirror images count as in
    :class:`Scatter`. A tracklet of one picture says nothing of how a person varies, and its mirror
    image would say no more than that people are not symmetric.

    Args:
        tracklets: (M,) int64, the tracklet of each picture.
        scatter: with all of them taken in.
        rank: number R of directions kept.
    """

    def __init__(self, tracklets: Tensor, scatter: Scatter, rank: int) -> None:
        self._tracklets = tracklets
        self._means = scatter.tracklet_means()
        total = scatter.total()
        self._least = LEAST_NUISANCE * total.trace().clamp(min=1)
        _, directions = torch.linalg.eigh(total)
        # A copy: pictures of 64 x 64 pixels have 1.2 GB of directions.
        self._basis = directions[:, -rank:].T.contiguous()
        counts = torch.bincount(tracklets)
        varied = counts > 1
        # Folds share no tracklet, for frames of one are near copies of each other. They may share a
        # person whom several tracklets show, which favours less shrinkage.
        dealt = torch.cumsum(varied, 0) % FOLDS
        self._folds = torch.where(varied, dealt, -1)
        self._squares = torch.zeros(FOLDS, rank, rank, dtype=torch.float64)
        self._degrees = torch.zeros(FOLDS, dtype=torch.float64)
        self._degrees.index_add_(0, dealt[varied], 2.0 * counts[varied].double() - 1)

    def add(self, rows: slice, pictures: Tensor) -> None:
        """Take in the pictures (N, 3, s, s) of these rows; each row once."""
        tracklets = self._tracklets[rows]
        folds = self._folds[tracklets]
        for turned in (pictures, pictures.flip(-1)):
            values = (turned.flatten(1).double() - self._means[tracklets]) @ self._basis.T
            for fold in range(FOLDS):
                part = values[folds == fold]
                self._squares[fold] += part.T @ part

    def within(self) -> Tensor:
        """Sigma (R, R) in those directions: covariance about the mean of one's own tracklet.

        Raises:
            ValueError: no tracklet has two pictures, or they do not differ, as in footage that
                stands still.
        """
        degrees = self._degrees.sum()
        if degrees == 0:
            raise ValueError("no tracklet has two pictures")
        within = self._squares.sum(0) / degrees
        if within.trace() <= self._least:
            raise ValueError("pictures of one tracklet do not differ")
        return within

    def shrinkage(self) -> float:
        """The one of ``SHRINKAGES`` under which tracklets left out of Sigma are likeliest.

        Where too few tracklets are there to leave some out, the most careful.
        """
        return max(SHRINKAGES, key=self._held_out_likelihood)

    def whitening(self) -> Tensor:
        """W (R, Nx) float32, Sigma^(-1/2) on the principal subspace up to a factor.

        W Sigma W^T is a multiple of the identity, but for the shrinkage. Sigma is known up to a
        factor, which lambda sets: here it is such that the tracklets' mean pictures have unit
        variance on average, so that kappa is a share of how much there is to explain.

        Raises:
            ValueError: as for :meth:`within`, or all tracklets look the same.
        """
        variances, axes = torch.linalg.eigh(_shrink(self.within(), self.shrinkage()))
        whitening = (axes / variances.sqrt()) @ axes.T @ self._basis
        spread = (self._means @ whitening.T)[self._tracklets].var(0).mean().sqrt()
        if not spread > 0:
            raise ValueError("all tracklets look the same")
        return (whitening / spread).float()

    def _held_out_likelihood(self, shrinkage: float) -> float:
        """Log likelihood of each fold under the covariance of the others, summed."""
        total = 0.0
        for fold in range(FOLDS):
            others = self._degrees.sum() - self._degrees[fold]
            if self._degrees[fold] == 0 or others == 0:
                continue
            within = (self._squares.sum(0) - self._squares[fold]) / others
            # Still footage in all other folds has no covariance to judge by.
            if within.trace() <= self._least:
                return -math.inf
            factor = torch.linalg.cholesky(_shrink(within, shrinkage))
            mahalanobis = torch.cholesky_solve(self._squares[fold], factor).trace()
            log_determinant = 2 * factor.diagonal().log().sum()
            total -= 0.5 * (mahalanobis + self._degrees[fold] * log_determinant).item()
        return total


def _shrink(within: Tensor, shrinkage: float) -> Tensor:
    mean = within.diagonal().mean()
    return within + shrinkage * mean * torch.eye(len(within), dtype=within.dtype)


def number_from_zero(labels: np.ndarray) -> Tensor:
    """Any labels (M,) -> int64 from 0 without gaps, in order of size."""
    _, numbers = np.unique(labels, return_inverse=True)
    return torch.from_numpy(numbers)
