"""Score how well a distance tells one person from another: ROC AUC, EER, rank-1, mAP."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.evaluation.reid.judged_boxes import Boxes
from flatsort.evaluation.reid.pairs import compare_over_time
from flatsort.tracker import AppearanceMetric
from flatsort.training.calibration import equal_error


@dataclass(frozen=True)
class Scores:
    """The scores of one descriptor with one distance, all from 0 to 1.

    Attributes:
        auc: probability that two boxes of one person are nearer than two boxes of two people.
        equal_error_rate: error rate at the threshold where both errors are equally frequent.
        rank_1: share of the queries whose nearest box in the gallery shows the same person.
        mean_average_precision: mean over the queries of the average precision of the gallery,
            sorted by distance.
    """

    auc: float
    equal_error_rate: float
    rank_1: float
    mean_average_precision: float


@dataclass(frozen=True)
class PairDistances:
    """Distances of all pairs 20 to 150 frames apart, each pair once.

    Attributes:
        same: (P,) float32, between two boxes of one person.
        other: (Q,) float32, between boxes of two people.
    """

    same: NDArray[np.float32]
    other: NDArray[np.float32]


def score_pairs(
    boxes: Boxes, features: NDArray[np.float32], metric: AppearanceMetric
) -> tuple[Scores, PairDistances]:
    """Score one distance on all pairs of boxes 20 to 150 frames apart.

    For rank-1 and mAP, each box is a query for the same person among all boxes 20 to 150 frames
    before and after it. A box is not a query if none of these boxes shows its person.

    Args:
        boxes: N labelled boxes, with pairs of one person and pairs of two people (see
            :func:`flatsort.evaluation.reid.pairs.count_pairs`).
        features: (N, D).
        metric: the distance.

    Returns:
        The scores, and the distances that they are computed from.
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
    """Compute the average precision of one query.

    For each box of the same person, take the precision among all boxes that are at least as near,
    then average; boxes at equal distance are retrieved together. The value is scikit-learn's, but
    scikit-learn spends a millisecond per call on checks.

    Args:
        distances: (G,), from the query to each box of the gallery.
        same: (G,) bool, which boxes show the query's person; at least one true.
    """
    ascending = np.sort(distances)
    found = np.sort(distances[same])
    retrieved = np.searchsorted(ascending, found, side="right")
    right = np.searchsorted(found, found, side="right")
    return float((right / retrieved).mean())
