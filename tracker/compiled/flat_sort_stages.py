"""FlatSORT's stages of matching, and its births: parts of :mod:`tracker.reference.flat_sort`."""

import numpy as np

from ..arrays import Bools, Floats, Ints
from ..constants import CLAMP, NATS_PER_IOU
from .build import kernel
from .overlap import overlapping_pairs
from .pairing import pair_off, pairs_within
from .selection import take
from .table import AGE, HITS


@kernel
def split_by_confidence(
    box_confidences: Floats, rows: Ints, sure_confidence: float
) -> tuple[Ints, Ints]:
    """Return the detections among rows (N,) that are sure, and the others, as (.,) int64 each."""
    sure, unsure = np.empty(len(rows), np.int64), np.empty(len(rows), np.int64)
    n_sure = n_unsure = 0
    for detection in range(len(rows)):
        if box_confidences[rows[detection]] >= sure_confidence:
            sure[n_sure] = detection
            n_sure += 1
        else:
            unsure[n_unsure] = detection
            n_unsure += 1
    return sure[:n_sure], unsure[:n_unsure]


@kernel
def split_by_state(marks: Ints, count: int, n_init: int) -> tuple[Ints, Ints, Ints]:
    """Return the confirmed tracks, those of them seen in the last frame, and the tentative ones."""
    confirmed, recent = np.empty(count, np.int64), np.empty(count, np.int64)
    tentative = np.empty(count, np.int64)
    n_confirmed = n_recent = n_tentative = 0
    for track in range(count):
        if marks[track, HITS] < n_init:
            tentative[n_tentative] = track
            n_tentative += 1
            continue
        confirmed[n_confirmed] = track
        n_confirmed += 1
        if marks[track, AGE] == 1:
            recent[n_recent] = track
            n_recent += 1
    return confirmed[:n_confirmed], recent[:n_recent], tentative[:n_tentative]


@kernel
def match(
    predicted: Floats,
    boxes_tlwh: Floats,
    shares: Floats,
    evidence: Floats,
    evidence_columns: Ints,
    tracks: Ints,
    candidates: Ints,
    max_cost: float,
    detection_of: Ints,
) -> None:
    """Match free tracks with free detections by 1 - IoU * share, and by evidence if there is any.

    Args:
        predicted: (T, 4) predicted boxes of all tracks.
        boxes_tlwh: (N, 4) boxes of all detections.
        shares: (N,) factors of the IoU, from 0 to 1.
        evidence: (T, D) nats, see :mod:`tracker.reference.flat_sort`; of shape (0, 0) for none.
        evidence_columns: (N,) int64, the column of each detection in ``evidence``.
        tracks: (R,) int64, the tracks of this stage, ascending.
        candidates: (C,) int64, the detections of this stage, ascending.
        max_cost: Largest cost of a match, below 1.
        detection_of: (T,) int64, the detection of each track, -1 if it is free; this function
            writes its matches.
    """
    is_taken = taken_mask(detection_of, len(boxes_tlwh))
    rows, n_rows = np.empty(len(tracks), np.int64), 0
    for track in tracks:
        if detection_of[track] < 0:
            rows[n_rows] = track
            n_rows += 1
    free, n_free = np.empty(len(candidates), np.int64), 0
    for detection in candidates:
        if not is_taken[detection]:
            free[n_free] = detection
            n_free += 1
    rows, free = rows[:n_rows], free[:n_free]
    starts, columns, costs = overlapping_pairs(take(predicted, rows), take(boxes_tlwh, free))
    for row in range(n_rows):
        for pair in range(starts[row], starts[row + 1]):
            detection = free[columns[pair]]
            costs[pair] = 1 - costs[pair] * shares[detection]
            if len(evidence) > 0:
                nats = evidence[rows[row], evidence_columns[detection]]
                costs[pair] -= nats / NATS_PER_IOU
    columns, costs = pairs_within(max_cost, starts, columns, costs)
    pair_off(rows, free, starts, columns, costs, max_cost + CLAMP, True, detection_of)


@kernel
def taken_mask(detection_of: Ints, n_detections: int) -> Bools:
    """Return a mask (N,) of the detections that belong to a track."""
    is_taken = np.zeros(n_detections, np.bool_)
    for track in range(len(detection_of)):
        if detection_of[track] >= 0:
            is_taken[detection_of[track]] = True
    return is_taken


@kernel
def find_births(
    boxes_tlwh: Floats,
    box_confidences: Floats,
    rows: Ints,
    sure: Ints,
    birth_confidence: float,
    max_birth_overlap: float,
    detection_of: Ints,
) -> Ints:
    """Return the detections that start a track, (.,) int64, ascending."""
    is_taken = taken_mask(detection_of, len(boxes_tlwh))
    births, n_births = np.empty(len(sure), np.int64), 0
    for detection in sure:
        if not is_taken[detection] and box_confidences[rows[detection]] >= birth_confidence:
            births[n_births] = detection
            n_births += 1
    matched, n_matched = np.empty(len(boxes_tlwh), np.int64), 0
    for detection in range(len(boxes_tlwh)):
        if is_taken[detection]:
            matched[n_matched] = detection
            n_matched += 1
    births, matched = births[:n_births], matched[:n_matched]
    starts, _, overlaps = overlapping_pairs(take(boxes_tlwh, births), take(boxes_tlwh, matched))
    kept, n_kept = np.empty(n_births, np.int64), 0
    for row in range(n_births):
        covered = 0.0
        for pair in range(starts[row], starts[row + 1]):
            covered = max(covered, overlaps[pair])
        if covered <= max_birth_overlap:
            kept[n_kept] = births[row]
            n_kept += 1
    return kept[:n_kept]
