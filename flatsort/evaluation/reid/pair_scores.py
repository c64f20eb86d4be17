"""How well a distance tells the same person from another: ROC AUC, EER, rank-1, mAP."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.evaluation.reid.judged_boxes import Boxes
from flatsort.evaluation.reid.pairs import compare_over_time
from flatsort.tracker.gallery import AppearanceMetric
from flatsort.training.calibration import equal_error


@dataclass(frozen=True)
class Scores:
    """The figures of one descriptor with one distance, all from 0 to 1.

    Attributes:
        auc: probability that two boxes of one person are nearer than two of different people.
        equal_error_rate: at the threshold where both errors are equally frequent.
        rank_1: how often the nearest box of the gallery is the same person.
        mean_average_precision: of the gallery sorted by distance, over the queries.
    """

    auc: float
    equal_error_rate: float
    rank_1: float
    mean_average_precision: float


@dataclass(frozen=True)
class PairDistances:
    """Distances of all pairs 20 to 150 frames apart, each pair once.

    Attributes:
        same: (P,) float32, of one person.
        other: (Q,) float32, of two people.
    """

    same: NDArray[np.float32]
    other: NDArray[np.float32]


def score(
    boxes: Boxes, features: NDArray[np.float32], metric: AppearanceMetric
) -> tuple[Scores, PairDistances]:
    """Score one distance.

    Rank-1 and mAP ask each box for the same person among all boxes 20 to 150 frames before and
    after it; boxes that have nobody to find there are not asked.

    Args:
        boxes: N labelled boxes, with pairs of one person and of two (see
            :func:`flatsort.evaluation.reid.pairs.count_pairs`).
        features: (N, D).
        metric: the distance.

    Returns:
        The scores, and the distances they are from.
    """
    from sklearn.metrics import roc_auc_score

    same, other, hits, precisions = [], [], [], []
    for queries in compare_over_time(boxes, features, metric):
        once, alike = queries.distances[:, queries.later], queries.same[:, queries.later]
        same.append(once[alike])
        other.append(once[~alike])
        for distances, truth in zip(queries.distances, queries.same, strict=True):
            if truth.any():
                hits.append(truth[distances.argmin()])
                precisions.append(average_precision(distances, truth))
    pairs = PairDistances(np.concatenate(same), np.concatenate(other))
    _, equal_error_rate = equal_error(pairs.same, pairs.other)
    scores = Scores(
        auc=float(
            roc_auc_score(
                np.repeat([1, 0], [len(pairs.same), len(pairs.other)]),
                -np.concatenate([pairs.same, pairs.other]),
            )
        ),
        equal_error_rate=equal_error_rate,
        rank_1=float(np.mean(hits)),
        mean_average_precision=float(np.mean(precisions)),
    )
    return scores, pairs


def average_precision(distances: NDArray[np.floating], same: NDArray[np.bool_]) -> float:
    """scikit-learn's average precision of one query, without its millisecond of checks.

    The mean, over the boxes of the same person, of the precision among all boxes as near as that
    one or nearer; boxes at one distance are retrieved together.

    Args:
        distances: (G,), to the gallery.
        same: (G,) bool, at least one true.
    """
    ascending = np.sort(distances)
    found = np.sort(distances[same])
    retrieved = np.searchsorted(ascending, found, side="right")
    right = np.searchsorted(found, found, side="right")
    return float((right / retrieved).mean())
