"""Measure how well an index finds people: precision at k and mAP, for each distance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.errors import InputError
from flatsort.evaluation.reid.pair_scores import average_precision
from flatsort.evaluation.reid.pairs import distance_name, make_metrics
from flatsort.progress import ProgressBar
from flatsort.retrieval.neighbours import ENGINES, installed_engines
from flatsort.retrieval.ranking import TrackSearch
from flatsort.retrieval.search_tasks import Task, make_tasks
from flatsort.retrieval.track_distances import TrackDistances
from flatsort.retrieval.track_index import TrackIndex
from flatsort.tracker import AppearanceMetric

RANKS = (1, 5, 10)
"""Numbers k of first answers for which the precision at k is measured."""


@dataclass(frozen=True)
class Scores:
    """The scores of a task with one distance.

    Attributes:
        precision: k -> share of right answers among the first k, averaged over the queries;
            re-identification calls the precision at 1 rank-1.
        mean_average_precision: average precision of the whole ranking, averaged over the queries.
    """

    precision: dict[int, float]
    mean_average_precision: float


@dataclass(frozen=True)
class TaskFindings:
    """The outcome of a task.

    Attributes:
        task: the task.
        best: the scores of a search that puts all right answers first.
        scores: name of the distance -> scores.
        agreement: name of the engine -> number of queries for which its first ten answers, in
            their order, equal an exhaustive comparison by the descriptor's own distance.
    """

    task: Task
    best: Scores
    scores: dict[str, Scores]
    agreement: dict[str, int]


@dataclass(frozen=True)
class Findings:
    """The outcome of an evaluation of one index.

    Attributes:
        descriptor: name of the descriptor as on the command line.
        own: name of the distance for which the descriptor was calibrated.
        sources: names of the sources.
        tracks: number of tracks.
        samples: number of boxes described.
        tasks: outcomes of the tasks for which the index has queries.
    """

    descriptor: str
    own: str
    sources: list[str]
    tracks: int
    samples: int
    tasks: list[TaskFindings]


def evaluate(index: TrackIndex) -> Findings:
    """Search an index for people whose tracks are known, and score the answers.

    Raises:
        InputError: the index has no query with a known answer, or ground truth cannot be read.
    """
    tasks = make_tasks(index)
    if not tasks:
        raise InputError(
            "no track is long enough for two halves and no person has two tracks: index longer "
            "results"
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
    """Score the rankings of a gallery by distance.

    Args:
        distances: (Q, G), from each query to each group of the gallery.
        task: the task with these Q queries and G groups.
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
    """Score a task with each metric, and count how often each engine agrees with the reference."""
    scores, agreement = {}, {}
    owners = np.repeat(np.arange(len(task.gallery)), [len(group) for group in task.gallery])
    features = index.features[np.concatenate(task.gallery)]
    for name, metric in ProgressBar(
        metrics.items(), desc=f"{index.descriptor}, {task.name.lower()}"
    ):
        reference = TrackDistances(metric, features, owners)
        queries = [metric.prepare(index.features[query]) for query in task.queries]
        distances = np.array([reference.compare(query) for query in queries])
        scores[name] = score(distances, task)
        if name == own:
            agreement = {
                engine: _count_agreeing(reference, engine, queries, distances, task.excluded)
                for engine in installed_engines()
            }
    return TaskFindings(task, score(1.0 - task.relevant, task), scores, agreement)


def _count_agreeing(
    reference: TrackDistances,
    engine: str,
    queries: list[NDArray[np.float32]],
    distances: NDArray[np.float64],
    excluded: NDArray[np.int64],
) -> int:
    """Count the queries for which an engine's first answers equal the reference's."""
    search = TrackSearch(reference, ENGINES[engine])
    agreeing = 0
    for query, row, without in zip(queries, distances, excluded.tolist(), strict=True):
        found = search.nearest(query, RANKS[-1], [without])
        order = np.argsort(row, kind="stable")
        first = order[order != without][: RANKS[-1]]
        agreeing += np.array_equal(found.tracks, first)
    return agreeing
