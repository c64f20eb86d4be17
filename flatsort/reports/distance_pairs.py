"""Distances between boxes of one person, and between boxes of two people."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from flatsort.evaluation.reid.judged_boxes import Boxes
from flatsort.evaluation.reid.pair_scores import PairDistances
from flatsort.evaluation.reid.pairs import compare_over_time
from flatsort.tracker import AppearanceMetric

_STEP = 5
"""Every fifth frame is compared, as neighbouring frames look the same."""
_STRETCH = 300
"""Length of a stretch in frames: twice the longest gap of a pair, 150 frames."""
_MOST_BOXES = 3000
"""Largest number of boxes compared; it bounds the time that describing them takes."""
_NONE = np.empty(0, np.float32)


def choose_boxes(frames: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Choose the boxes to compare: all boxes of every fifth frame.

    If these boxes are too many, only some stretches of 300 frames are kept, spread evenly over the
    footage. Whole frames are chosen, so that there are pairs within a frame.

    Args:
        frames: (N,) the frame of each box, from 1.

    Returns:
        (N,) bool, whether a box is chosen.
    """
    chosen = frames % _STEP == 1
    stretches = (frames - 1) // _STRETCH
    numbers = np.unique(stretches[chosen])
    affordable = int(len(numbers) * _MOST_BOXES / max(1, chosen.sum()))
    if affordable >= len(numbers):
        return chosen
    kept = np.linspace(0, len(numbers) - 1, max(1, affordable)).round().astype(int)
    return chosen & np.isin(stretches, numbers[kept])


def pairs_over_time(
    boxes: Boxes, features: NDArray[np.float32], metric: AppearanceMetric
) -> PairDistances:
    """Return the distances of pairs 20 to 150 frames apart: of one identity, and of two identities.

    Args:
        boxes: N boxes with identities.
        features: (N, D) features of the boxes.
        metric: the distance.
    """
    same, other = [_NONE], [_NONE]
    for queries in compare_over_time(boxes, features, metric):
        once, alike = queries.distances[:, queries.later], queries.same[:, queries.later]
        same.append(once[alike])
        other.append(once[~alike])
    return PairDistances(np.concatenate(same), np.concatenate(other))


def pairs_without_labels(
    boxes: Boxes, features: NDArray[np.float32], metric: AppearanceMetric
) -> PairDistances:
    """Return distances of pairs that need no ground truth.

    Two boxes of one track count as the same person, two boxes of one frame as different people.

    Args:
        boxes: N boxes with the identities of their tracks.
        features: (N, D) features of the boxes.
        metric: the distance.

    Returns:
        Distances of pairs in one track, 20 to 150 frames apart, and of pairs in one frame.
    """
    same = pairs_over_time(boxes, features, metric).same
    other = np.concatenate([_NONE, *_within_frames(boxes, features, metric)])
    return PairDistances(same, other)


def _within_frames(
    boxes: Boxes, features: NDArray[np.float32], metric: AppearanceMetric
) -> Iterator[NDArray[np.float32]]:
    """Yield the distances between the boxes of each frame."""
    prepared = metric.prepare(features)
    _, starts = np.unique(boxes.frames, return_index=True)
    for here in np.split(prepared, starts[1:]):
        distances = metric.compare(here, here)
        yield distances[np.triu_indices(len(here), k=1)].astype(np.float32)
