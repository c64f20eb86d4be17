"""What an index is asked when it is evaluated: queries whose answers are known."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.retrieval.index import TrackIndex
from flatsort.retrieval.track_labels import NOBODY, label_group, label_samples

# Nearer boxes look alike to anything, as in flatsort.evaluation.reid.pairs.
MIN_GAP_FRAMES = 20


@dataclass(frozen=True)
class Task:
    """Queries and a gallery, each a group of samples of one track.

    Attributes:
        name: in tables.
        meaning: what is asked, a sentence.
        queries: Q arrays of sample numbers; each query has an answer at least.
        gallery: G arrays of sample numbers.
        relevant: (Q, G) bool, which of the gallery are the query's person.
        excluded: (Q,) place in the gallery of what is left out for a query; -1 for nothing.
    """

    name: str
    meaning: str
    queries: list[NDArray[np.int64]]
    gallery: list[NDArray[np.int64]]
    relevant: NDArray[np.bool_]
    excluded: NDArray[np.int64]


def make_tasks(index: TrackIndex) -> list[Task]:
    """Those that the index has queries for.

    Raises:
        InputError: ground truth cannot be read, or does not fit; see :func:`label_samples`.
    """
    people = label_samples(index)
    tracks = np.split(np.arange(len(index.owners)), np.flatnonzero(np.diff(index.owners)) + 1)
    tasks = (_fragments(index, people, tracks), _halves(index, people, tracks))
    return [task for task in tasks if task.queries]


def _fragments(
    index: TrackIndex, people: NDArray[np.int64], tracks: list[NDArray[np.int64]]
) -> Task:
    labels = np.array([label_group(people[track]) for track in tracks])
    same = (labels[:, None] == labels) & (labels != NOBODY)
    np.fill_diagonal(same, False)
    asked = np.flatnonzero(same.any(axis=1))
    return Task(
        name="Fragments",
        meaning="Each track of a person who has several, by the ground truth, asks for the others "
        "among all tracks but itself.",
        queries=[tracks[track] for track in asked],
        gallery=tracks,
        relevant=same[asked],
        excluded=asked,
    )


def _halves(index: TrackIndex, people: NDArray[np.int64], tracks: list[NDArray[np.int64]]) -> Task:
    queries, owners, gallery = [], [], []
    for number, track in enumerate(tracks):
        first = track[: len(track) // 2]
        second = track[len(track) // 2 :]
        if len(first):
            second = second[index.frames[second] >= index.frames[first[-1]] + MIN_GAP_FRAMES]
        is_asked = len(first) > 0 and len(second) > 0
        if is_asked:
            queries.append(first)
            owners.append(number)
        gallery.append(second if is_asked else track)
    labels = np.array([label_group(people[track]) for track in gallery])
    asked = np.array([label_group(people[track]) for track in queries], np.int64)
    relevant = (asked[:, None] == labels) & (labels != NOBODY)
    relevant[np.arange(len(owners)), owners] = True
    return Task(
        name="Halves",
        meaning="The first half of each track asks for the second, from "
        f"{MIN_GAP_FRAMES} frames later on, among the second halves of all tracks and shorter "
        "tracks as they are; other tracks of the person, where the ground truth knows, are right "
        "answers too.",
        queries=queries,
        gallery=gallery,
        relevant=relevant,
        excluded=np.full(len(queries), -1),
    )
