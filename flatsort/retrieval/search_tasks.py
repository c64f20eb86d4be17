"""The tasks of an evaluation: queries whose right answers are known."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.retrieval.person_labels import NOBODY, label_samples, main_person
from flatsort.retrieval.track_index import TrackIndex

MIN_GAP_FRAMES = 20
"""Smallest number of frames from a query to its answer; boxes that are closer in time look alike to
every descriptor. flatsort.evaluation.reid.pairs uses the same gap."""


@dataclass(frozen=True)
class Task:
    """Q queries and a gallery of G groups; each query and each group holds samples of one track.

    Attributes:
        name: name of the task in tables.
        meaning: sentences that explain the task.
        queries: Q arrays of sample numbers; each query has at least one right answer.
        gallery: G arrays of sample numbers.
        relevant: (Q, G) bool, whether a group shows the query's person.
        excluded: (Q,) number of the group that is left out for each query; -1 for none.
    """

    name: str
    meaning: str
    queries: list[NDArray[np.int64]]
    gallery: list[NDArray[np.int64]]
    relevant: NDArray[np.bool_]
    excluded: NDArray[np.int64]


def make_tasks(index: TrackIndex) -> list[Task]:
    """Return the tasks for which the index has queries.

    Raises:
        InputError: ground truth cannot be read or does not fit; see :func:`label_samples`.
    """
    people = label_samples(index)
    tracks = np.split(np.arange(len(index.owners)), np.flatnonzero(np.diff(index.owners)) + 1)
    tasks = (_fragments(index, people, tracks), _halves(index, people, tracks))
    return [task for task in tasks if task.queries]


def _fragments(
    index: TrackIndex, people: NDArray[np.int64], tracks: list[NDArray[np.int64]]
) -> Task:
    """Return the task in which each track must find the other tracks of its person."""
    labels = np.array([main_person(people[track]) for track in tracks])
    same = (labels[:, None] == labels) & (labels != NOBODY)
    np.fill_diagonal(same, False)
    asked = np.flatnonzero(same.any(axis=1))
    return Task(
        name="Fragments",
        meaning="Each track of a person who has several tracks by the ground truth is a query: the "
        "search must find the person's other tracks among all tracks but the query.",
        queries=[tracks[track] for track in asked],
        gallery=tracks,
        relevant=same[asked],
        excluded=asked,
    )


def _halves(index: TrackIndex, people: NDArray[np.int64], tracks: list[NDArray[np.int64]]) -> Task:
    """Return the task in which the first half of each track must find the second half."""
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
    labels = np.array([main_person(people[track]) for track in gallery])
    asked = np.array([main_person(people[track]) for track in queries], np.int64)
    relevant = (asked[:, None] == labels) & (labels != NOBODY)
    relevant[np.arange(len(owners)), owners] = True
    return Task(
        name="Halves",
        meaning="The first half of each track is a query: the search must find the second half, "
        f"which starts at least {MIN_GAP_FRAMES} frames later, among the second halves of all "
        "tracks. Tracks that are too short for two halves are searched whole. Where the ground "
        "truth knows other tracks of the same person, they are right answers too.",
        queries=queries,
        gallery=gallery,
        relevant=relevant,
        excluded=np.full(len(queries), -1),
    )
