"""Time Euclidean latent distances against the search for a geodesic."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from scipy.spatial import cKDTree
from torch import Tensor

from flatsort.paper.latent.measure import draw
from flatsort.reid_vae.geometry.geodesics import LatentGraph
from flatsort.reid_vae.model.dense_vae import DenseVAE

CROWD, NEIGHBOURS = 100_000, 10
"""Number of latents in the k-d tree, and number of nearest latents that a query returns."""
RECALLED = 100
"""Number of nodes nearest by length in the graph, compared with as many nearest by distance.

The number is larger than the number of neighbours that the graph joins to each node. Otherwise the
graph's own edges, which are the Euclidean neighbours, would decide the comparison.
"""


@dataclass(frozen=True)
class Speed:
    """Seconds per call for the same pairs and queries, medians of one run; and a share.

    Attributes:
        search: one geodesic in the graph, by Dijkstra's algorithm.
        distance: one Euclidean latent distance.
        batched: one Euclidean latent distance, when one call computes all pairs.
        nearest: one query for the nearest of `CROWD` latents in a k-d tree.
        recall: not a time: the share of the `RECALLED` nodes nearest to a data point by length in
            the graph that are also among the `RECALLED` nearest by Euclidean distance. The graph
            joins Euclidean neighbours, which makes this share larger.
        threads: threads of torch.
    """

    search: float
    distance: float
    batched: float
    nearest: float
    recall: float
    threads: int


def measure_speed(model: DenseVAE, graph: LatentGraph, starts: Tensor, ends: Tensor) -> Speed:
    """Time the search in the graph, Euclidean distances and a k-d tree, on an idle machine."""
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
    """Time one Euclidean latent distance per call: median seconds over pairs (P, Nz)."""
    pairs = zip(starts.numpy(), ends.numpy(), strict=True)
    return float(np.median([_timed(lambda a=a, b=b: np.linalg.norm(a - b)) for a, b in pairs]))


def _recall(graph: LatentGraph, starts: Tensor) -> float:
    shares = []
    for start in starts:
        by_graph = np.argsort(graph.distances(start))[:RECALLED]
        _, by_tree = graph.tree.query(start.numpy(), k=RECALLED)
        shares.append(len(np.intersect1d(by_graph, by_tree)) / RECALLED)
    return float(np.mean(shares))


def _timed(call: Callable[[], object]) -> float:
    before = time.perf_counter()
    call()
    return time.perf_counter() - before
