"""The gate a sequence's detections recommend, without labels, and what labels say of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.evaluation.reid.judged_boxes import Boxes
from flatsort.evaluation.reid.pair_scores import PairDistances
from flatsort.tracker.gallery import AppearanceMetric
from flatsort.training.calibration import equal_error, gallery_distances
from flatsort.training.tracklets import link_tracklets


@dataclass(frozen=True)
class Recommendation:
    """A gate found without labels.

    Attributes:
        gate: the distance at which both errors are equally frequent.
        equal_error_rate: how frequent, 0 to 1, as far as detections tell.
        positives: distances of the same person seen.
        negatives: distances of two people seen.
    """

    gate: float
    equal_error_rate: float
    positives: int
    negatives: int


@dataclass(frozen=True)
class Errors:
    """What a gate does to labelled distances, 0 to 1.

    Attributes:
        false_accept: two people within it.
        false_reject: one person beyond it.
    """

    false_accept: float
    false_reject: float


@dataclass(frozen=True)
class JudgedGate:
    """A gate of one distance and how it does with labels.

    Attributes:
        distance: one of those of :mod:`flatsort.evaluation.reid.pairs`.
        gate: the largest distance of a match.
        pairs: errors on single boxes 20 to 150 frames apart; None where there are none.
        galleries: errors on a box against the nearest of a person's boxes so far, as the tracker
            compares; None where nobody is seen for long enough.
    """

    distance: str
    gate: float
    pairs: Errors | None
    galleries: Errors | None


def recommend_gate(
    detected: Boxes,
    tracklets: NDArray[np.int64],
    features: NDArray[np.float32],
    metric: AppearanceMetric,
) -> Recommendation | None:
    """The gate of one distance, as training chooses it (see :mod:`flatsort.training.calibration`).

    Args:
        detected: M detections of all frames.
        tracklets: (M,) from :func:`tracklets_of`.
        features: (M, D).
        metric: the distance.

    Returns:
        None when no tracklet is long enough, or none is seen with another.
    """
    pairs = gallery_pairs(detected, tracklets, features, metric)
    if not len(pairs.same) or not len(pairs.other):
        return None
    gate, rate = equal_error(pairs.same, pairs.other)
    return Recommendation(gate, rate, len(pairs.same), len(pairs.other))


def tracklets_of(detected: Boxes) -> NDArray[np.int64]:
    """(M,) numbers of the tracklets, boxes linked by high overlap over consecutive frames."""
    return link_tracklets(detected.as_crop_set())


def gallery_pairs(
    boxes: Boxes,
    people: NDArray[np.int64],
    features: NDArray[np.float32],
    metric: AppearanceMetric,
) -> PairDistances:
    """Distances of boxes to the nearest of a person's boxes so far, as the tracker compares.

    Args:
        boxes: N of them.
        people: (N,) who is in each: labels, or tracklets.
        features: (N, D).
        metric: the distance.
    """
    everyone = np.ones(len(people), bool)
    same, other = gallery_distances(
        boxes.as_crop_set(), people, metric, metric.prepare(features), everyone
    )
    return PairDistances(same, other)


def errors_at(gate: float, pairs: PairDistances) -> Errors | None:
    """How often a gate errs; None where there is nothing to err on."""
    if not len(pairs.same) or not len(pairs.other):
        return None
    return Errors(
        false_accept=float((pairs.other <= gate).mean()),
        false_reject=float((pairs.same > gate).mean()),
    )
