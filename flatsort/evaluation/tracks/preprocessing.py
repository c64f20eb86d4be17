"""The MOTChallenge benchmark's preprocessing of ground truth and results.

A tracker need not report people who sit, ride a vehicle or are reflections; the ground truth
calls them distractors. A result box that matches a distractor is neither a hit nor a false alarm,
so it is dropped before counting. The rules follow motmetrics' `evaluateTracking` and, for MOT17
and MOT20, TrackEval.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from flatsort.files.mot_files import Rows
from flatsort.files.sequence import Layout
from flatsort.tracker.boxes import iou

MAX_DISTANCE = 0.5
"""Largest distance, 1 - IoU, at which two boxes can match."""

PEDESTRIAN = 1
_PERSON_ON_VEHICLE, _NON_MOTOR_VEHICLE, _STATIC_PERSON, _DISTRACTOR, _REFLECTION = 2, 6, 7, 8, 12
_DISTRACTORS = (_PERSON_ON_VEHICLE, _STATIC_PERSON, _DISTRACTOR, _REFLECTION)
DISTRACTORS: dict[Layout, tuple[int, ...]] = {
    "MOT15": (),
    "MOT16": _DISTRACTORS,
    "MOT17": _DISTRACTORS,
    "MOT20": (*_DISTRACTORS, _NON_MOTOR_VEHICLE),
}
"""Benchmark -> classes whose matches are dropped. MOT15's ground truth has no classes."""


@dataclass(frozen=True)
class ScoredFrame:
    """The boxes of one frame that remain after preprocessing.

    Attributes:
        truth_ids: (G,) int64, identities of the ground-truth boxes.
        result_ids: (R,) int64, identities of the result boxes.
        ious: (G, R) float64, IoU of each pair.
    """

    truth_ids: np.ndarray
    result_ids: np.ndarray
    ious: np.ndarray


def preprocess(ground_truth: Rows, results: Rows, length: int, layout: Layout) -> list[ScoredFrame]:
    """Apply the benchmark's rules to a sequence.

    In each frame, results are matched one to one with *all* ground-truth boxes: as many pairs as
    possible with 1 - IoU <= 0.5, and among these matchings the least total distance. Then results
    that match a distractor class are dropped. Last, ground truth is kept only if it is flagged and,
    in benchmarks with classes, has the class pedestrian. (motmetrics also drops results that match
    ground truth of negative visibility; the benchmarks have none.)

    Args:
        ground_truth: all rows of the ground truth.
        results: all rows of the tracker's results.
        length: number of frames.
        layout: the benchmark whose rules apply.

    Returns:
        `length` frames in order, including empty ones.
    """
    kept_truth = is_scored(ground_truth, layout)
    is_distractor = np.isin(ground_truth.classes, DISTRACTORS[layout])
    frames = []
    for truth, result in zip(ground_truth.by_frame(length), results.by_frame(length), strict=True):
        ious = iou(ground_truth.boxes_tlwh[truth], results.boxes_tlwh[result])
        kept = kept_truth[truth]
        keep_result = ~_matched_to(is_distractor[truth], ious)
        frames.append(
            ScoredFrame(
                truth_ids=ground_truth.ids[truth[kept]],
                result_ids=results.ids[result[keep_result]],
                ious=ious[np.ix_(kept, keep_result)],
            )
        )
    return frames


def is_scored(ground_truth: Rows, layout: Layout) -> np.ndarray:
    """Return whether each row of ground truth (N,) is flagged and, if it has a class, a person."""
    flagged = ground_truth.confidences >= 0.99
    return flagged if layout == "MOT15" else flagged & (ground_truth.classes == PEDESTRIAN)


def distances(ious: np.ndarray) -> np.ndarray:
    """Compute 1 - IoU, with NaN ("cannot match") above 0.5.

    Args:
        ious: (G, R) IoU of each pair.

    Returns:
        (G, R) float64.
    """
    distance = 1.0 - ious
    distance[distance > MAX_DISTANCE] = np.nan
    return distance


def _matched_to(distractors: np.ndarray, ious: np.ndarray) -> np.ndarray:
    """Find the results that the one-to-one matching assigns to a distractor.

    Args:
        distractors: (G,) bool, which ground-truth boxes are distractors.
        ious: (G, R) IoU of each pair.

    Returns:
        (R,) bool, whether a result is matched to a distractor.
    """
    matched = np.zeros(ious.shape[1], bool)
    distance = distances(ious)
    feasible = ~np.isnan(distance)
    # Most frames have no result near a distractor; skip the assignment there.
    if not feasible[distractors].any():
        return matched
    truth, result = feasible.any(axis=1), feasible.any(axis=0)
    # One impossible pair costs more than all possible pairs together, so the assignment has as
    # many possible pairs as it can.
    impossible = 2.0 * min(truth.sum(), result.sum()) + 1.0
    cost = np.where(feasible, distance, impossible)[np.ix_(truth, result)]
    rows, columns = linear_sum_assignment(cost)
    rows, columns = np.flatnonzero(truth)[rows], np.flatnonzero(result)[columns]
    hit = feasible[rows, columns] & distractors[rows]
    matched[columns[hit]] = True
    return matched
