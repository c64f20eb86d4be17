"""Pairs of labelled boxes 20 to 150 frames apart, and their distances."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.evaluation.reid.judged_boxes import Boxes
from flatsort.tracker import AppearanceMetric

MIN_GAP_FRAMES = 20
"""Smallest gap of a pair: boxes that are nearer in time look alike to any descriptor."""
MAX_GAP_FRAMES = 150
"""Largest gap of a pair: a tracker deletes a track that was lost for longer."""

COSINE, CENTRED_COSINE, EUCLIDEAN = "cosine", "centred cosine", "euclidean"
OWN_CENTRED_COSINE = "own-centred cosine"


def make_metrics(
    centre: NDArray[np.floating], own_centre: NDArray[np.floating] | None = None
) -> dict[str, AppearanceMetric]:
    """Make the distances to compare: name -> metric, computed as in the tracker.

    The gates of these metrics are 1 and are not used.

    Args:
        centre: (D,), the centre of the centred cosine.
        own_centre: (D,), the descriptor's own centre, for the own-centred cosine; without it this
            distance is left out.
    """
    centres: dict[str, NDArray[np.floating] | None] = {COSINE: None, CENTRED_COSINE: centre}
    if own_centre is not None:
        centres[OWN_CENTRED_COSINE] = own_centre
    cosines = {
        name: AppearanceMetric("cosine", gate=1.0, centre=point) for name, point in centres.items()
    }
    return {**cosines, EUCLIDEAN: AppearanceMetric("euclidean", gate=1.0)}


def distance_name(metric: AppearanceMetric) -> str:
    """Name the distance of :func:`make_metrics` that equals a descriptor's own metric."""
    if metric.kind == "euclidean":
        return EUCLIDEAN
    return COSINE if metric.centre is None else OWN_CENTRED_COSINE


@dataclass(frozen=True)
class Queries:
    """The boxes of one frame (queries) against all boxes 20 to 150 frames away (gallery).

    Attributes:
        distances: (Q, G) float32.
        same: (Q, G) bool, whether both boxes show one person.
        later: (G,) bool, whether a box of the gallery comes after the frame. To count each pair
            once, count only these.
    """

    distances: NDArray[np.float32]
    same: NDArray[np.bool_]
    later: NDArray[np.bool_]


def compare_over_time(
    boxes: Boxes, features: NDArray[np.float32], metric: AppearanceMetric
) -> Iterator[Queries]:
    """Compare each frame's boxes with all boxes 20 to 150 frames before and after.

    The comparison goes frame by frame, because the matrix of all pairs of a long, crowded
    sequence does not fit into memory.

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
    """Count pairs of one person, and of two people, 20 to 150 frames apart, each pair once."""
    same = total = 0
    for queries, gallery in _galleries(boxes):
        later = gallery[boxes.frames[gallery] > boxes.frames[queries[0]]]
        same += int((boxes.ids[queries, None] == boxes.ids[later]).sum())
        total += len(queries) * len(later)
    return same, total - same


def _galleries(boxes: Boxes) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield the rows of each frame, and the rows 20 to 150 frames away from it."""
    for frame in np.unique(boxes.frames):
        gap = np.abs(boxes.frames - frame)
        near = (gap >= MIN_GAP_FRAMES) & (gap <= MAX_GAP_FRAMES)
        yield np.flatnonzero(gap == 0), np.flatnonzero(near)
