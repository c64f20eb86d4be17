"""Distances of boxes that are one person's and of boxes that are two people's."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from flatsort.evaluation.reid.judged_boxes import Boxes
from flatsort.evaluation.reid.pair_scores import PairDistances
from flatsort.evaluation.reid.pairs import compare_over_time
from flatsort.tracker.gallery import AppearanceMetric

_STEP = 5
"""One frame in so many is compared: its neighbours look the same."""
_STRETCH = 300
"""Frames that are compared with each other, twice the longest gap of a pair."""
_MOST_BOXES = 3000
_NONE = np.empty(0, np.float32)


def choose_boxes(frames: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which boxes to compare: those of every fifth frame, of some stretches if those are too many.

    Frames are chosen and not boxes, so that there are pairs within a frame; the stretches lie
    evenly over the whole.

    Args:
        frames: (N,) the frame of each box, from 1.

    Returns:
        (N,)
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
    """Pairs 20 to 150 frames apart, of one identity and of two.

    Args:
        boxes: N, with identities.
        features: (N, D).
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
    """What a result tells by itself: a track is one person, two boxes of one frame are two.

    Args:
        boxes: N, their identities are the tracks'.
        features: (N, D).
        metric: the distance.

    Returns:
        Pairs of one track 20 to 150 frames apart, and pairs of one frame.
    """
    same = pairs_over_time(boxes, features, metric).same
    other = np.concatenate([_NONE, *_within_frames(boxes, features, metric)])
    return PairDistances(same, other)


def _within_frames(
    boxes: Boxes, features: NDArray[np.float32], metric: AppearanceMetric
) -> Iterator[NDArray[np.float32]]:
    prepared = metric.prepare(features)
    _, starts = np.unique(boxes.frames, return_index=True)
    for here in np.split(prepared, starts[1:]):
        distances = metric.compare(here, here)
        yield distances[np.triu_indices(len(here), k=1)].astype(np.float32)
