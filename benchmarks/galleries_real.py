"""Compare simulated boxes with labelled ones: neighbours' distances, and what the engine finds."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from benchmarks.galleries_latents import LabelledLatents
from benchmarks.galleries_simulation import Spread, draw, draw_people
from flatsort.retrieval.box_gallery import SPARE
from flatsort.retrieval.inverted_lists import InvertedLists, build_lists, lists_for
from flatsort.tracker import AppearanceMetric

NEAREST = 10
QUANTILES = (0.1, 0.5, 0.9)
PROBED = (1, 2, 4, 8, 16)
"""Numbers of lists; a small gallery has few, so the default would look into most of them."""
_SEED = 3


@dataclass(frozen=True)
class Kind:
    """What one kind of boxes, labelled or simulated, is like.

    Attributes:
        name: its name.
        boxes: number of boxes.
        lists: number of lists of the engine.
        distances: name of a distance -> its QUANTILES over one query per track.
        recalls: number of lists that a query looks into -> recall@10.
    """

    name: str
    boxes: int
    lists: int
    distances: dict[str, list[float]]
    recalls: dict[int, float]


def compare(latents: LabelledLatents, spread: Spread, metric: AppearanceMetric) -> list[Kind]:
    """Return the labelled boxes, and as many simulated ones of as many people and tracks."""
    rng = np.random.default_rng(_SEED)
    first = np.unique(latents.tracks, return_index=True)[1]
    people = draw_people(spread, latents.people.max() + 1, rng)
    simulated = draw(spread, people, latents.people[first], latents.tracks, rng)
    kinds = {"labelled": latents.features, "simulated": simulated}
    return [_describe(name, metric.prepare(features), latents) for name, features in kinds.items()]


def _describe(name: str, points: NDArray[np.float32], labels: LabelledLatents) -> Kind:
    """Measure one kind by its prepared features; the queries are the middle boxes of tracks."""
    starts, counts = np.unique(labels.tracks, return_index=True, return_counts=True)[1:]
    asked = starts + counts // 2
    distances = cdist(points[asked], points)
    own = labels.tracks[asked][:, None] == labels.tracks
    same = (labels.people[asked][:, None] == labels.people) & ~own
    strangers = np.sort(np.where(own | same, np.inf, distances), axis=1)
    distances[own] = np.inf
    others = np.where(same, distances, np.inf).min(axis=1)
    named = {
        "nearest box of another track of the person": others[np.isfinite(others)],
        "nearest box of another person": strangers[:, 0],
        "tenth box of other people": strangers[:, 9],
    }
    return Kind(
        name=name,
        boxes=len(points),
        lists=lists_for(len(points)),
        distances={key: np.quantile(value, QUANTILES).tolist() for key, value in named.items()},
        recalls=_recalls(points, asked, distances, labels.tracks),
    )


def _recalls(
    points: NDArray[np.float32],
    asked: NDArray[np.int64],
    distances: NDArray[np.float64],
    tracks: NDArray[np.int64],
) -> dict[int, float]:
    """Return the share of the ten nearest boxes of other tracks that are found.

    Args:
        points: (N, D) prepared features.
        asked: (Q,) the boxes that are looked for.
        distances: (Q, N), infinite for boxes of the own track.
        tracks: (N,) the track of each box.
    """
    true = np.argsort(distances, axis=1, kind="stable")[:, :NEAREST]
    most = int(np.bincount(tracks).max())
    recalls = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lists.faiss"
        build_lists(path, lambda rows: points[rows], len(points))
        for probed in PROBED:
            lists = InvertedLists(path, *points.shape, probed)
            rows = lists.candidates(points[asked], SPARE * (NEAREST + most), None)
            shares = []
            for query, (row, right) in enumerate(zip(rows, true, strict=True)):
                row = row[row >= 0]
                near = row[np.argsort(distances[query, row], kind="stable")][:NEAREST]
                shares.append(np.isin(right, near).mean())
            recalls[probed] = float(np.mean(shares))
    return recalls
