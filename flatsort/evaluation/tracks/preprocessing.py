"""The MOTChallenge benchmark's preprocessing of ground truth and results.

Boxes on people whom a tracker need not report (sitting, reflected, on a bicycle) are neither hits
nor false alarms: results that match them are dropped before anything is counted. The rules are
those of motmetrics' `evaluateTracking` and, for the later benchmarks, TrackEval.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from flatsort.files.mot_files import Rows
from flatsort.files.sequence import Layout
from flatsort.tracker.boxes import iou

MAX_DISTANCE = 0.5
"""Boxes match up to this distance, 1 - IoU."""

PEDESTRIAN = 1
_PERSON_ON_VEHICLE, _NON_MOTOR_VEHICLE, _STATIC_PERSON, _DISTRACTOR, _REFLECTION = 2, 6, 7, 8, 12
_DISTRACTORS = (_PERSON_ON_VEHICLE, _STATIC_PERSON, _DISTRACTOR, _REFLECTION)
DISTRACTORS: dict[Layout, tuple[int, ...]] = {
    "MOT15": (),
    "MOT16": _DISTRACTORS,
    "MOT17": _DISTRACTORS,
    "MOT20": (*_DISTRACTORS, _NON_MOTOR_VEHICLE),
}
"""Classes whose matches are dropped, by benchmark. MOT15's ground truth has no classes."""


@dataclass(frozen=True)
class ScoredFrame:
    """What is left to compare in one frame.

    Attributes:
        truth_ids: (G,) int64, identities of the ground-truth boxes.
        result_ids: (R,) int64, identities of the result boxes.
        ious: (G, R) float64, their intersections over unions.
    """

    truth_ids: np.ndarray
    result_ids: np.ndarray
    ious: np.ndarray


def preprocess(ground_truth: Rows, results: Rows, length: int, layout: Layout) -> list[ScoredFrame]:
    """Apply the benchmark's rules to a sequence.

    In each frame results and *all* ground-truth boxes are matched one to one (as many pairs as
    possible with 1 - IoU <= 0.5, then the least total distance). Results matched to a distractor
    class are dropped; then only ground truth that is flagged and, where there are classes, of the
    class pedestrian is kept. (motmetrics also drops results matched to a negative visibility;
    the benchmarks have none.)

    Args:
        ground_truth: all rows of the ground truth.
        results: all rows of the tracker's results.
        length: number of frames.
        layout: the benchmark whose rules apply.

    Returns:
        `length` frames, the first first, empty ones too.
    """
    kept_truth = ground_truth.confidences >= 0.99
    if layout != "MOT15":
        kept_truth &= ground_truth.classes == PEDESTRIAN
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


def distances(ious: np.ndarray) -> np.ndarray:
    """1 - IoU, and NaN ("never match") where that exceeds 0.5.

    Args:
        ious: (G, R) intersections over unions.

    Returns:
        (G, R) float64.
    """
    distance = 1.0 - ious
    distance[distance > MAX_DISTANCE] = np.nan
    return distance


def _matched_to(wanted_truth: np.ndarray, ious: np.ndarray) -> np.ndarray:
    """(R,) bool: which results the one-to-one matching gives to `wanted_truth` (G,) bool."""
    matched = np.zeros(ious.shape[1], bool)
    distance = distances(ious)
    feasible = ~np.isnan(distance)
    # Only results that could be taken by a distractor call for the assignment at all.
    if not feasible[wanted_truth].any():
        return matched
    truth, result = feasible.any(axis=1), feasible.any(axis=0)
    # One impossible pair costs more than all possible ones, so as many as possible are matched.
    impossible = 2.0 * min(truth.sum(), result.sum()) + 1.0
    cost = np.where(feasible, distance, impossible)[np.ix_(truth, result)]
    rows, columns = linear_sum_assignment(cost)
    rows, columns = np.flatnonzero(truth)[rows], np.flatnonzero(result)[columns]
    hit = feasible[rows, columns] & wanted_truth[rows]
    matched[columns[hit]] = True
    return matched
