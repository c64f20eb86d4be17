"""The nuisance covariance: how the pictures of one person differ within a tracklet."""

import math

import numpy as np
import torch
from torch import Tensor

# Candidate amounts of shrinkage, as fractions of the mean variance, strongest first. Shrinkage adds
# this variance to every direction: a direction in which the sample hardly varies would otherwise
# dominate the whitened distance.
SHRINKAGES = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01)
# Number of cross-validation folds of tracklets, by which the shrinkage is chosen.
FOLDS = 5
# Nuisance variance up to which it is rounding error, as a fraction of the total variance or of 1,
# whichever is larger.
LEAST_NUISANCE = 1e-9


class Scatter:
    """Accumulates mean and covariance of pictures and their mirror images, batch by batch.

    A mirror image counts as one more picture of its tracklet, because people turn round.

    Args:
        tracklets: (M,) int64, the tracklet of each picture, numbered from 0 without gaps.
        size: number of values per picture.
    """

    def __init__(self, tracklets: Tensor, size: int) -> None:
        self._tracklets = tracklets
        self._counts = 2 * torch.bincount(tracklets)
        self._sums = torch.zeros(len(self._counts), size, dtype=torch.float64)
        self._squares = torch.zeros(size, size, dtype=torch.float64)

    def add(self, rows: slice, pictures: Tensor) -> None:
        """Add the pictures (N, 3, s, s) of these rows; add each row once."""
        for turned in (pictures, pictures.flip(-1)):
            values = turned.flatten(1).double()
            self._sums.index_add_(0, self._tracklets[rows], values)
            self._squares += values.T @ values

    def first(self, size: int) -> "Scatter":
        """Return the scatter of the first values of all pictures."""
        part = Scatter(self._tracklets, size)
        part._sums, part._squares = self._sums[:, :size], self._squares[:size, :size]
        return part

    def tracklet_means(self) -> Tensor:
        """Return the mean picture of each tracklet, (T, size) float64."""
        return self._sums / self._counts[:, None]

    def mean(self) -> Tensor:
        """Return the mean of all pictures, (size,) float64."""
        return self._sums.sum(0) / self._counts.sum()

    def total_covariance(self) -> Tensor:
        """Return the covariance of all pictures, (size, size) float64."""
        mean = self.mean()
        return self._squares / self._counts.sum() - mean[:, None] * mean

    def between_covariance(self) -> Tensor:
        """Return the covariance of the tracklets' means, each with the weight of its pictures."""
        mean, means = self.mean(), self.tracklet_means()
        weighted = means * (self._counts / self._counts.sum())[:, None]
        return weighted.T @ means - mean[:, None] * mean


class NuisanceCovariance:
    """The covariance Sigma of pictures about the mean of their tracklet, batch by batch.

    Sigma is estimated in the R directions in which all pictures vary most; outside them the sample
    is too small to divide by Sigma. Mirror images count as in :class:`Scatter`. Tracklets of one
    picture are ignored: they do not show how a person varies, and their mirror images would only
    show that people are not symmetric.

    Args:
        tracklets: (M,) int64, the tracklet of each picture.
        scatter: the scatter of all pictures.
        rank: R, the number of directions to keep.
    """

    def __init__(self, tracklets: Tensor, scatter: Scatter, rank: int) -> None:
        self._tracklets = tracklets
        self._means = scatter.tracklet_means()
        total = scatter.total_covariance()
        self._rounding_trace = LEAST_NUISANCE * total.trace().clamp(min=1)
        _, directions = torch.linalg.eigh(total)
        # A copy frees the matrix of all directions: 1.2 GB for pictures of 64 x 64 pixels.
        self._basis = directions[:, -rank:].T.contiguous()
        counts = torch.bincount(tracklets)
        varied = counts > 1
        # Folds share no tracklet, because the pictures of one tracklet are nearly copies. Folds may
        # share a person whom several tracklets show, which favours less shrinkage.
        fold_of_tracklet = torch.cumsum(varied, 0) % FOLDS
        self._folds = torch.where(varied, fold_of_tracklet, -1)
        self._squares = torch.zeros(FOLDS, rank, rank, dtype=torch.float64)
        self._degrees = torch.zeros(FOLDS, dtype=torch.float64)
        self._degrees.index_add_(0, fold_of_tracklet[varied], 2.0 * counts[varied].double() - 1)

    def add(self, rows: slice, pictures: Tensor) -> None:
        """Add the pictures (N, 3, s, s) of these rows; add each row once."""
        tracklets = self._tracklets[rows]
        folds = self._folds[tracklets]
        for turned in (pictures, pictures.flip(-1)):
            values = (turned.flatten(1).double() - self._means[tracklets]) @ self._basis.T
            for fold in range(FOLDS):
                part = values[folds == fold]
                self._squares[fold] += part.T @ part

    def covariance(self) -> Tensor:
        """Return Sigma (R, R) in the kept directions, about the mean of each picture's tracklet.

        Raises:
            ValueError: no tracklet has two pictures, or the pictures of each tracklet are equal, as
                in footage without movement.
        """
        degrees = self._degrees.sum()
        if degrees == 0:
            raise ValueError("no tracklet has two pictures")
        covariance = self._squares.sum(0) / degrees
        if covariance.trace() <= self._rounding_trace:
            raise ValueError("pictures of one tracklet do not differ")
        return covariance

    def shrinkage(self) -> float:
        """Return the amount in ``SHRINKAGES`` under which held-out tracklets are most likely.

        If there are too few tracklets to hold some out, it is the strongest shrinkage.
        """
        return max(SHRINKAGES, key=self._held_out_likelihood)

    def whitening(self) -> Tensor:
        """Return W (R, 3 s s) float32: Sigma^(-1/2) on the principal subspace, up to a factor.

        W Sigma W^T is a multiple of the identity, apart from the shrinkage. Sigma is known only up
        to a factor, kappa^2 / lambda. The factor of W gives the tracklets' mean pictures unit
        variance on average, so kappa is relative to the variation that the model has to explain.

        Raises:
            ValueError: as in :meth:`covariance`, or if all tracklets look the same.
        """
        variances, axes = torch.linalg.eigh(_shrink(self.covariance(), self.shrinkage()))
        whitening = (axes / variances.sqrt()) @ axes.T @ self._basis
        spread = (self._means @ whitening.T)[self._tracklets].var(0).mean().sqrt()
        if not spread > 0:
            raise ValueError("all tracklets look the same")
        scaled: Tensor = (whitening / spread).float()
        return scaled

    def _held_out_likelihood(self, shrinkage: float) -> float:
        """Return the log likelihood of each fold under the covariance of the other folds, summed.

        Terms that do not depend on the shrinkage are left out.
        """
        total = 0.0
        for fold in range(FOLDS):
            others = self._degrees.sum() - self._degrees[fold]
            if self._degrees[fold] == 0 or others == 0:
                continue
            covariance = (self._squares.sum(0) - self._squares[fold]) / others
            # If nothing moves in the other folds, there is no covariance to evaluate.
            if covariance.trace() <= self._rounding_trace:
                return -math.inf
            factor = torch.linalg.cholesky(_shrink(covariance, shrinkage))
            mahalanobis = torch.cholesky_solve(self._squares[fold], factor).trace()
            log_determinant = 2 * factor.diagonal().log().sum()
            total -= 0.5 * (mahalanobis + self._degrees[fold] * log_determinant).item()
        return total


def _shrink(covariance: Tensor, shrinkage: float) -> Tensor:
    mean = covariance.diagonal().mean()
    return covariance + shrinkage * mean * torch.eye(len(covariance), dtype=covariance.dtype)


def number_from_zero(labels: np.ndarray) -> Tensor:
    """Renumber labels (M,) as int64 from 0 without gaps, in ascending order."""
    _, numbers = np.unique(labels, return_inverse=True)
    return torch.from_numpy(numbers)
