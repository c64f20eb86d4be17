"""Neighbours and interpolation in a decoder's latent space, under the decoder's metric.

Lengths along a decoded curve are sums of chords between neighbouring points (equation 7), so no
measure here needs a Jacobian.
"""

import time
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.stats import spearmanr
from torch import Tensor

from flatsort.reid_vae.geometry.curves import straight_lines
from flatsort.reid_vae.geometry.geodesics import refine
from flatsort.reid_vae.geometry.metric import Decoder

NEAREST = 5
"""Neighbours per query."""
POINTS = 33
"""Points on a curve. With 200 of them, lengths between crops of vhpvae grow by about 1 %."""
KNOTS, STEPS = 8, 30
"""Free knots of a geodesic's spline, and steps of its descent. On vhpvae a hundred steps take four
times as long, and find curves that are 2 to 5 % shorter."""
DIRECTIONS = 32
"""Directions of the principal subspace: fewer than latents, so that it is not a flat decoder's own
plane."""


@dataclass(frozen=True)
class Lines:
    """Straight latent lines from Q queries to all M crops, and shorter curves.

    Attributes:
        euclidean: (Q, M) latent distances.
        straight: (Q, M) lengths of the decoded straight lines.
        geodesic: (Q, M) lengths of the shortest decoded curves that were found.
        chord: (Q, M) distances between the decoded ends: no curve is shorter.
        unevenness: (Q, M) standard deviation over mean of the decoded steps of a straight line.
        midpoints: (Q, M, Nx) the decoded middle of each straight line.
        decoded_points: decoded points per geodesic, a mean.
        seconds: processor time of this thread per geodesic, a mean.
        distance_seconds: the same per Euclidean distance of the same pairs of crops.
    """

    euclidean: NDArray[np.float64]
    straight: NDArray[np.float64]
    geodesic: NDArray[np.float64]
    chord: NDArray[np.float64]
    unevenness: NDArray[np.float64]
    midpoints: NDArray[np.float32]
    decoded_points: float
    seconds: float
    distance_seconds: float


def measure_lines(decoder: Decoder, latents: Tensor, queries: NDArray[np.intp]) -> Lines:
    """Measure the lines from some crops to all crops.

    Args:
        decoder: f, (N, Nz) -> (N, Nx), whose parameters need no gradient.
        latents: (M, Nz), all crops.
        queries: (Q,) numbers of the crops at which lines start. The line from a crop to itself has
            length 0.
    """
    counted = _CountingDecoder(decoder)
    straight, geodesic, chord, unevenness, midpoints = [], [], [], [], []
    seconds = 0.0
    for query in queries.tolist():
        lines = straight_lines(latents[query].expand_as(latents), latents, POINTS)
        with torch.no_grad():
            decoded = decoder(lines.flatten(0, 1)).flatten(1).unflatten(0, lines.shape[:2])
        steps = decoded.diff(dim=1).norm(dim=2).double()
        straight.append(steps.sum(1).numpy())
        mean = steps.mean(1).clamp_min(torch.finfo(torch.float64).tiny)
        unevenness.append((steps.std(1, correction=0) / mean).numpy())
        chord.append((decoded[:, -1] - decoded[:, 0]).norm(dim=1).double().numpy())
        midpoints.append(decoded[:, POINTS // 2].numpy())
        before, found = time.thread_time(), np.zeros(len(latents))
        for other, line in enumerate(lines):
            if other != query:
                found[other] = refine(counted, line, KNOTS, STEPS, POINTS).length
        seconds += time.thread_time() - before
        geodesic.append(found)
    count = len(queries) * (len(latents) - 1)
    return Lines(
        euclidean=torch.cdist(latents[queries].double(), latents.double()).numpy(),
        straight=np.array(straight),
        geodesic=np.array(geodesic),
        chord=np.array(chord),
        unevenness=np.array(unevenness),
        midpoints=np.array(midpoints),
        decoded_points=counted.points / count,
        seconds=seconds / count,
        distance_seconds=_distance_seconds(latents, queries) / count,
    )


def neighbours(
    latents: NDArray[np.float32], queries: NDArray[np.intp], count: int
) -> NDArray[np.intp]:
    """Return the nearest other crops (Q, count) by Euclidean distance, from a k-d tree."""
    _, nearest = cKDTree(latents).query(latents[queries], k=count + 1)
    return np.array(
        [row[row != query][:count] for row, query in zip(nearest, queries, strict=True)]
    )


def recall(
    nearest: NDArray[np.intp], lengths: NDArray[np.float64], queries: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return the share (Q,) of the nearest crops by length that are also among the given ones.

    Args:
        nearest: (Q, k) the nearest crops by another distance.
        lengths: (Q, M).
        queries: (Q,) each query's own number, which is no neighbour.
    """
    shares = []
    for row, length, query in zip(nearest, lengths, queries, strict=True):
        order = np.argsort(length, kind="stable")
        wanted = order[order != query][: len(row)]
        shares.append(len(np.intersect1d(row, wanted)) / len(row))
    return np.array(shares)


def rank_correlation(
    one: NDArray[np.float64], other: NDArray[np.float64], queries: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return Spearman's correlation (Q,) of two distances (Q, M) from each query to the others."""
    found = []
    for row, column, query in zip(one, other, queries, strict=True):
        others = np.arange(len(row)) != query
        found.append(spearmanr(row[others], column[others]).statistic)
    return np.array(found)


def _distance_seconds(latents: Tensor, queries: NDArray[np.intp]) -> float:
    """Return the processor time of the Euclidean distances from the queries to all others."""
    rows = list(latents.numpy())
    before = time.thread_time()
    for query in queries.tolist():
        for other in range(len(rows)):
            if other != query:
                np.linalg.norm(rows[query] - rows[other])
    return time.thread_time() - before


class _CountingDecoder:
    """A decoder that counts the points it decodes."""

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder
        self.points = 0

    def __call__(self, z: Tensor) -> Tensor:
        self.points += len(z)
        return self._decoder(z)
