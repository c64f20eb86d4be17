"""How well an index finds people: precision at k and mAP, by descriptor and distance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from flatsort.errors import InputError
from flatsort.evaluation.reid.pair_scores import average_precision
from flatsort.evaluation.reid.pairs import distance_name, make_metrics
from flatsort.retrieval.distances import TrackDistances
from flatsort.retrieval.index import TrackIndex
from flatsort.retrieval.neighbours import ENGINES, installed_engines
from flatsort.retrieval.ranking import TrackSearch
from flatsort.retrieval.tasks import Task, make_tasks
from flatsort.tracker.gallery import AppearanceMetric

RANKS = (1, 5, 10)


@dataclass(frozen=True)
class Scores:
    """How a task went with one distance.

    Attributes:
        precision: rank k to the share of right answers among the first k, mean over the queries;
            at 1 it is what re-identification calls rank-1.
        mean_average_precision: of the whole ranking, over the queries.
    """

    precision: dict[int, float]
    mean_average_precision: float


@dataclass(frozen=True)
class TaskFindings:
    """A task's outcome.

    Attributes:
        task: what was asked.
        best: the scores of a search that puts all right answers first.
        scores: by name of the distance.
        agreement: engine to the number of queries whose first ten answers, and their order, are
            those of comparing everything; by the descriptor's own distance.
    """

    task: Task
    best: Scores
    scores: dict[str, Scores]
    agreement: dict[str, int]


@dataclass(frozen=True)
class Findings:
    """Everything about one index.

    Attributes:
        descriptor: the command line's word.
        own: name of the distance that the descriptor was calibrated for.
        sources: names.
        tracks: number of them.
        samples: number of boxes described.
        tasks: those there are queries for.
    """

    descriptor: str
    own: str
    sources: list[str]
    tracks: int
    samples: int
    tasks: list[TaskFindings]


def evaluate(index: TrackIndex) -> Findings:
    """Ask an index what is known.

    Raises:
        InputError: nothing is, or the ground truth cannot be read.
    """
    tasks = make_tasks(index)
    if not tasks:
        raise InputError(
            "no track is long enough to be halved and nobody has two: index longer results"
        )
    metrics = make_metrics(index.features.mean(axis=0), index.metric.centre)
    own = distance_name(index.metric)
    return Findings(
        descriptor=index.descriptor,
        own=own,
        sources=[source.name for source in index.sources],
        tracks=len(index),
        samples=len(index.owners),
        tasks=[_perform(task, index, metrics, own) for task in tasks],
    )


def score(distances: NDArray[np.float64], task: Task) -> Scores:
    """Score rankings by distance.

    Args:
        distances: (Q, G), from each query to all of the gallery.
        task: whose they are.
    """
    precisions: dict[int, list[float]] = {rank: [] for rank in RANKS}
    averages = []
    for row, right, excluded in zip(distances, task.relevant, task.excluded, strict=True):
        kept = np.arange(len(row)) != excluded
        row, right = row[kept], right[kept]
        ranked = right[np.argsort(row, kind="stable")]
        for rank, found in precisions.items():
            found.append(ranked[:rank].sum() / rank)
        averages.append(average_precision(row, right))
    means = {rank: float(np.mean(found)) for rank, found in precisions.items()}
    return Scores(means, float(np.mean(averages)))


def _perform(
    task: Task, index: TrackIndex, metrics: dict[str, AppearanceMetric], own: str
) -> TaskFindings:
    scores, agreement = {}, {}
    owners = np.repeat(np.arange(len(task.gallery)), [len(group) for group in task.gallery])
    features = index.features[np.concatenate(task.gallery)]
    for name, metric in tqdm(metrics.items(), desc=f"{index.descriptor}, {task.name.lower()}"):
        everything = TrackDistances(metric, features, owners)
        queries = [metric.prepare(index.features[query]) for query in task.queries]
        distances = np.array([everything.to(query) for query in queries])
        scores[name] = score(distances, task)
        if name == own:
            agreement = {
                engine: _count_agreeing(everything, engine, queries, distances, task.excluded)
                for engine in installed_engines()
            }
    return TaskFindings(task, score(1.0 - task.relevant, task), scores, agreement)


def _count_agreeing(
    everything: TrackDistances,
    engine: str,
    queries: list[NDArray[np.float32]],
    distances: NDArray[np.float64],
    excluded: NDArray[np.int64],
) -> int:
    search = TrackSearch(everything, ENGINES[engine])
    agreeing = 0
    for query, row, without in zip(queries, distances, excluded.tolist(), strict=True):
        found = search.nearest(query, RANKS[-1], [without])
        order = np.argsort(row, kind="stable")
        first = order[order != without][: RANKS[-1]]
        agreeing += np.array_equal(found.tracks, first)
    return agreeing
