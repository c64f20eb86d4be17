"""Pairs of labelled boxes some time apart, and their distances."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.evaluation.reid.judged_boxes import Boxes
from flatsort.tracker.gallery import AppearanceMetric

# Nearer boxes look alike to anything; a track that was lost for longer is given up.
MIN_GAP_FRAMES = 20
MAX_GAP_FRAMES = 150

COSINE, CENTRED_COSINE, EUCLIDEAN = "cosine", "centred cosine", "euclidean"
OWN_CENTRED_COSINE = "own-centred cosine"


def make_metrics(
    centre: NDArray[np.floating], own_centre: NDArray[np.floating] | None = None
) -> dict[str, AppearanceMetric]:
    """The distances by name, as the tracker computes them.

    They are only compared with, so their gate is none: 1.

    Args:
        centre: (D,), the centred cosine's.
        own_centre: (D,), which the descriptor brings; without it there is one distance less.
    """
    centres: dict[str, NDArray[np.floating] | None] = {COSINE: None, CENTRED_COSINE: centre}
    if own_centre is not None:
        centres[OWN_CENTRED_COSINE] = own_centre
    cosines = {
        name: AppearanceMetric("cosine", gate=1.0, centre=point) for name, point in centres.items()
    }
    return {**cosines, EUCLIDEAN: AppearanceMetric("euclidean", gate=1.0)}


def distance_name(metric: AppearanceMetric) -> str:
    """Which of them a descriptor's own metric is."""
    if metric.kind == "euclidean":
        return EUCLIDEAN
    return COSINE if metric.centre is None else OWN_CENTRED_COSINE


@dataclass(frozen=True)
class Queries:
    """The boxes of one frame and all those 20 to 150 frames away.

    Attributes:
        distances: (Q, G) float32.
        same: (Q, G) bool, whether both are one person.
        later: (G,) bool, whether a box of the gallery is after the frame. Taking only these counts
            each pair once.
    """

    distances: NDArray[np.float32]
    same: NDArray[np.bool_]
    later: NDArray[np.bool_]


def compare_over_time(
    boxes: Boxes, features: NDArray[np.float32], metric: AppearanceMetric
) -> Iterator[Queries]:
    """Each frame's boxes against the boxes 20 to 150 frames before and after.

    Frame by frame, because the matrix of all pairs of a long, crowded sequence fills the memory.

    Args:
        boxes: N labelled boxes.
        features: (N, D).
        metric: the distance.
    """
    prepared = metric.prepare(features)
    for queries, gallery in _galleries(boxes):
        yield Queries(
            distances=metric.compare(prepared[queries], prepared[gallery]),
            same=boxes.ids[queries, None] == boxes.ids[gallery],
            later=boxes.frames[gallery] > boxes.frames[queries[0]],
        )


def count_pairs(boxes: Boxes) -> tuple[int, int]:
    """Pairs of one person and of two people, 20 to 150 frames apart, each pair once."""
    same = total = 0
    for queries, gallery in _galleries(boxes):
        later = gallery[boxes.frames[gallery] > boxes.frames[queries[0]]]
        same += int((boxes.ids[queries, None] == boxes.ids[later]).sum())
        total += len(queries) * len(later)
    return same, total - same


def _galleries(boxes: Boxes) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """The rows of each frame, and those far enough from it and near enough."""
    for frame in np.unique(boxes.frames):
        gap = np.abs(boxes.frames - frame)
        near = (gap >= MIN_GAP_FRAMES) & (gap <= MAX_GAP_FRAMES)
        yield np.flatnonzero(gap == 0), np.flatnonzero(near)
