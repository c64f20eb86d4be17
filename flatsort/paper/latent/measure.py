"""What the paper measures of a model: metric, lengths, geodesics, smoothness, speed."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from torch import Tensor

from flatsort.reid_vae.geometry.curves import (
    latent_lengths,
    riemannian_lengths,
    second_derivative_norms,
    straight_lines,
)
from flatsort.reid_vae.geometry.geodesics import LatentGraph, refine
from flatsort.reid_vae.geometry.measures import condition_numbers, normalised_magnification
from flatsort.reid_vae.geometry.metric import exact_metric_tensor
from flatsort.reid_vae.model.dense import DenseVAE
from flatsort.reid_vae.model.vhpvae import VHPVAE

# Pairs of Table 1 and of the smoothness; those whose path is refined, which takes a second each;
# points on a line between the two of a pair.
PAIRS = 100
REFINED = 25
POINTS = 100
# Of the graph, as in the paper.
NODES = 14_400
# Free knots of the spline that a graph's path is refined to.
KNOTS = 8
# Latents among which the nearest are looked for, and how many of them.
CROWD, NEIGHBOURS = 100_000, 10
# Nearest nodes of the graph that are compared: more than it joins each node to, or its own edges
# would answer.
RECALLED = 100


@dataclass(frozen=True)
class Metric:
    """The decoder's metric at latents drawn from the prior.

    Attributes:
        condition: (N,) condition numbers.
        magnification: (N,) magnification factors over their mean.
    """

    condition: NDArray[np.float64]
    magnification: NDArray[np.float64]


@dataclass(frozen=True)
class Ratios:
    """Straight latent lines over geodesics, a figure for each pair.

    Attributes:
        riemannian: (P,) by Riemannian length, to the path found in the graph.
        latent: (P,) by Euclidean latent length, likewise.
        refined: (R,) by Riemannian length, to the path refined to a smooth curve; of the first
            ``REFINED`` pairs.
        refined_latent: (R,) by Euclidean latent length, likewise.
    """

    riemannian: NDArray[np.float64]
    latent: NDArray[np.float64]
    refined: NDArray[np.float64]
    refined_latent: NDArray[np.float64]


@dataclass(frozen=True)
class Speed:
    """Seconds for the same pairs and queries, a call each, medians of one run.

    Attributes:
        search: of one geodesic in the graph, by Dijkstra's algorithm.
        distance: of one Euclidean latent distance.
        batched: of one of them, when all pairs are done in one call.
        nearest: of one query for the nearest of ``CROWD`` latents in a k-d tree.
        recall: of the ``RECALLED`` nodes nearest to a data point by the graph's lengths, the share
            that is among as many nearest by Euclidean distance. The graph joins Euclidean
            neighbours, which favours them.
        threads: of torch.
    """

    search: float
    distance: float
    batched: float
    nearest: float
    recall: float
    threads: int


@dataclass(frozen=True)
class Measured:
    """All that is measured of one model but speed, which is for a machine with nothing else to do.

    Attributes:
        method: one of METHODS.
        seed: of its training.
        prior_trained: whether training got as far as the prior, which latents are drawn from.
        error: of the reconstruction of a value, in kappa's units.
        metric: at latents from the prior.
        ratios: of straight lines to geodesics.
        smoothness: (P, Nx) second derivatives' root mean squares.
        paths: of the graph, between the first pairs, (T, Nz) float32 each.
    """

    method: str
    seed: int
    prior_trained: bool
    error: float
    metric: Metric
    ratios: Ratios
    smoothness: NDArray[np.float64]
    paths: list[NDArray[np.float32]]


def measure_metric(model: DenseVAE | VHPVAE, count: int, seed: int) -> Metric:
    """Metric tensors at latents that the model generates: z from the prior.

    Section 4 says "generated from the latent space", not from which distribution.
    """
    # All columns of J of so many points are held at once.
    at_once = max(1, 2000 // model.architecture.latent_size)
    metric = torch.cat(
        [
            exact_metric_tensor(model.decoder, part)
            for part in draw(model, count, seed).split(at_once)
        ]
    )
    return Metric(condition_numbers(metric).numpy(), normalised_magnification(metric).numpy())


@torch.no_grad()
def draw(model: DenseVAE | VHPVAE, count: int, seed: int) -> Tensor:
    """Sample the prior: zeta from the standard normal, then z (count, Nz) from p(z | zeta)."""
    generator = torch.Generator().manual_seed(seed)
    size = model.architecture.prior_latent_size
    mean, log_variance = model.prior.generator(torch.randn(count, size, generator=generator))
    noise = torch.randn(mean.shape, generator=generator)
    return mean + noise * torch.exp(0.5 * log_variance)


@torch.no_grad()
def measure_error(model: DenseVAE, data: Tensor, kappa: float) -> float:
    """The reconstruction error of a value from the posterior's mean, in kappa's units."""
    errors = [
        model.likelihood.error(part, model.decoder(model.encode(part)), kappa)
        for part in data.split(4096)
    ]
    return model.likelihood.in_units(torch.cat(errors).mean().item(), data.shape[1], kappa)


def random_pairs(latents: Tensor, count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Two different data points' encodings a pair, (count, Nz) each."""
    generator = torch.Generator().manual_seed(seed)
    first = torch.randint(len(latents), (count,), generator=generator)
    # Never zero, so never the same.
    ahead = torch.randint(1, len(latents), (count,), generator=generator)
    return latents[first], latents[(first + ahead) % len(latents)]


def build_graph(model: DenseVAE, latents: Tensor) -> LatentGraph:
    """The graph of Chen et al. 2019 over the box that holds all encodings."""
    return LatentGraph(model.decoder, latents.amin(0), latents.amax(0), count=NODES)


def measure_ratios(
    model: DenseVAE, graph: LatentGraph, starts: Tensor, ends: Tensor
) -> tuple[Ratios, list[Tensor]]:
    """Table 1's ratios for all pairs, and the graph's paths."""
    straight = straight_lines(starts, ends, POINTS)
    with torch.no_grad():
        riemannian = riemannian_lengths(model.decoder, straight).double().numpy()
    latent = latent_lengths(straight).double().numpy()
    pairs = zip(starts, ends, strict=True)
    found = [graph.geodesic(*pair) for pair in pairs]
    refined = [refine(model.decoder, geodesic.path, KNOTS) for geodesic in found[:REFINED]]
    paths = [geodesic.path for geodesic in found]
    ratios = Ratios(
        riemannian=riemannian / [geodesic.length for geodesic in found],
        latent=latent / _latent_lengths(paths),
        refined=riemannian[:REFINED] / [geodesic.length for geodesic in refined],
        refined_latent=latent[:REFINED] / _latent_lengths([each.path for each in refined]),
    )
    return ratios, paths


def measure_smoothness(model: DenseVAE, starts: Tensor, ends: Tensor) -> NDArray[np.float64]:
    """Second derivatives along decoded straight lines, (P, Nx): their root mean square on the line.

    Section 4.2. Their size is that of the decoder's units and of how far apart the pairs are.
    """
    with torch.no_grad():
        lines = straight_lines(starts, ends, POINTS)
        return second_derivative_norms(model.decoder, lines).double().numpy()


def measure_speed(model: DenseVAE, graph: LatentGraph, starts: Tensor, ends: Tensor) -> Speed:
    """Euclidean distance and k-d tree beside the graph's search; nothing else should be running."""
    searches = []
    for start, end in zip(starts, ends, strict=True):
        before = time.perf_counter()
        graph.geodesic(start, end)
        searches.append(time.perf_counter() - before)
    first, second = starts.numpy(), ends.numpy()
    batched = [_timed(lambda: np.linalg.norm(first - second, axis=1)) for _ in range(100)]
    tree = cKDTree(draw(model, CROWD, seed=1).numpy())
    queries = [_timed(lambda a=a: tree.query(a, k=NEIGHBOURS)) for a in first]
    return Speed(
        search=float(np.median(searches)),
        distance=time_distances(starts, ends),
        batched=float(np.median(batched)) / len(first),
        nearest=float(np.median(queries)),
        recall=_recall(graph, starts),
        threads=torch.get_num_threads(),
    )


def time_distances(starts: Tensor, ends: Tensor) -> float:
    """Seconds for one Euclidean latent distance, a call each: the median over pairs (P, Nz)."""
    pairs = zip(starts.numpy(), ends.numpy(), strict=True)
    return float(np.median([_timed(lambda a=a, b=b: np.linalg.norm(a - b)) for a, b in pairs]))


def _recall(graph: LatentGraph, starts: Tensor) -> float:
    shares = []
    for start in starts:
        by_graph = np.argsort(graph.distances(start))[:RECALLED]
        _, by_tree = graph.tree.query(start.numpy(), k=RECALLED)
        shares.append(len(np.intersect1d(by_graph, by_tree)) / RECALLED)
    return float(np.mean(shares))


def _latent_lengths(paths: list[Tensor]) -> NDArray[np.float64]:
    return np.array([latent_lengths(path[None]).item() for path in paths])


def _timed(call: Callable[[], object]) -> float:
    before = time.perf_counter()
    call()
    return time.perf_counter() - before
