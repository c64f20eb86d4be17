"""Recommend a gate from detections, without labels, and judge gates with labels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.evaluation.reid.judged_boxes import Boxes
from flatsort.evaluation.reid.pair_scores import PairDistances
from flatsort.tracker import AppearanceMetric
from flatsort.training.calibration import equal_error, gallery_distances
from flatsort.training.tracklets import link_tracklets


@dataclass(frozen=True)
class Recommendation:
    """A gate found without labels.

    Attributes:
        gate: the distance at which both errors are equally frequent.
        equal_error_rate: frequency of either error at the gate, 0 to 1, estimated from detections.
        positives: number of distances between boxes of the same person.
        negatives: number of distances between boxes of two people.
    """

    gate: float
    equal_error_rate: float
    positives: int
    negatives: int


@dataclass(frozen=True)
class Errors:
    """Error rates of a gate on labelled distances, 0 to 1.

    Attributes:
        false_accept: share of the distances between two people that are within the gate.
        false_reject: share of the distances of one person that are beyond the gate.
    """

    false_accept: float
    false_reject: float


@dataclass(frozen=True)
class JudgedGate:
    """A gate for one distance, with its errors by labels.

    Attributes:
        distance: name of the distance, from :mod:`flatsort.evaluation.reid.pairs`.
        gate: the largest distance of a match.
        pairs: errors on pairs of boxes 20 to 150 frames apart; None if there are no pairs.
        galleries: errors on a box against the nearest of a person's earlier boxes, which is the
            tracker's comparison; None if no person is seen for long enough.
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
    """Recommend a gate for one distance by the rule of :mod:`flatsort.training.calibration`.

    Args:
        detected: M detections of all frames.
        tracklets: (M,) from :func:`tracklets_of`.
        features: (M, D).
        metric: the distance.

    Returns:
        The gate, or None if no tracklet is long enough or no two tracklets share a frame.
    """
    pairs = gallery_pairs(detected, tracklets, features, metric)
    if not len(pairs.same) or not len(pairs.other):
        return None
    gate, rate = equal_error(pairs.same, pairs.other)
    return Recommendation(gate, rate, len(pairs.same), len(pairs.other))


def tracklets_of(detected: Boxes) -> NDArray[np.int64]:
    """Link boxes that overlap highly in consecutive frames; return (M,) tracklet numbers."""
    return link_tracklets(detected.as_crop_set())


def gallery_pairs(
    boxes: Boxes,
    people: NDArray[np.int64],
    features: NDArray[np.float32],
    metric: AppearanceMetric,
) -> PairDistances:
    """Compute each box's distance to the nearest earlier box of a person, as the tracker does.

    Args:
        boxes: N boxes.
        people: (N,) the person in each box: labels, or tracklet numbers.
        features: (N, D).
        metric: the distance.
    """
    everyone = np.ones(len(people), bool)
    same, other = gallery_distances(
        boxes.as_crop_set(), people, metric, metric.prepare(features), everyone
    )
    return PairDistances(same, other)


def errors_at(gate: float, pairs: PairDistances) -> Errors | None:
    """Compute a gate's error rates; None without distances of one person, or of two people."""
    if not len(pairs.same) or not len(pairs.other):
        return None
    return Errors(
        false_accept=float((pairs.other <= gate).mean()),
        false_reject=float((pairs.same > gate).mean()),
    )
