"""DeepSORT's two stages of matching: by appearance, then by overlap."""

import numpy as np

from ..arrays import Floats, Ints
from ..boxes import iou
from ..constants import CHI2_95_4
from .assignment import Matching, min_cost_matching, missing_numbers
from .table import TrackTable


def match_appearance(
    table: TrackTable,
    tracks: Ints,
    boxes_tlwh: Floats,
    appearance_cost: Floats,
    gate: float,
    max_age: int,
) -> Matching:
    """Match confirmed tracks with detections that their motion allows, by appearance.

    Args:
        table: The living tracks.
        tracks: (R,) rows of the confirmed tracks.
        boxes_tlwh: (N, 4) boxes of the detections.
        appearance_cost: (R, N) distances of the detections from the tracks' galleries.
        gate: Largest distance of a match.
        max_age: Largest age that takes part: frames since the last match of a track.

    Returns:
        (K, 2) matches of a track and a detection, the missed tracks, and the free detections.
    """
    distances = table.motion.gating_distance(tracks, boxes_tlwh)
    # The gate on motion comes before the gate on appearance: a pair that its motion forbids must
    # cost as much as a pair that its appearance forbids.
    cost = np.where(distances <= CHI2_95_4, appearance_cost, np.inf)
    ages = table.time_since_update[tracks]
    matches, missed, free = matching_cascade(cost, gate, ages, max_age)
    return np.column_stack([tracks[matches[:, 0]], matches[:, 1]]), tracks[missed], free


def match_overlap(
    table: TrackTable,
    tracks: Ints,
    boxes_tlwh: Floats,
    free: Ints,
    max_iou_distance: float,
) -> tuple[Ints, Ints]:
    """Match tracks with free detections by 1 - IoU.

    Args:
        table: The living tracks.
        tracks: (R,) rows of the tracks that take part.
        boxes_tlwh: (N, 4) boxes of the detections.
        free: (F,) free detections.
        max_iou_distance: Largest 1 - IoU of a match.

    Returns:
        (K, 2) matches of a track and a detection, and the detections that are still free.
    """
    overlap = iou(table.motion.boxes_tlwh()[tracks], boxes_tlwh[free])
    matches, _, left = min_cost_matching(1 - overlap, max_iou_distance)
    return np.column_stack([tracks[matches[:, 0]], free[matches[:, 1]]]), free[left]


def matching_cascade(cost: Floats, max_cost: float, ages: Ints, depth: int) -> Matching:
    """Match the most recently seen tracks first (DeepSORT paper, Listing 1).

    Rows of age 1 choose among all columns, rows of age 2 among the remaining ones, and so on.
    Otherwise the wide covariance of a track that was occluded for long would draw detections away
    from a track that was just seen.

    Args:
        cost: (R, C) costs; infinite where a pair is impossible.
        max_cost: Largest acceptable cost.
        ages: (R,) frames since each row was last matched, from 1.
        depth: Largest age that takes part.

    Returns:
        Matches, unmatched rows (ascending), unmatched columns; see :mod:`.assignment`.
    """
    matches = [np.empty((0, 2), dtype=np.intp)]
    free = np.arange(cost.shape[1])
    for age in np.unique(ages[ages <= depth]):
        if len(free) == 0:
            break
        level = np.flatnonzero(ages == age)
        found, _, left = min_cost_matching(cost[np.ix_(level, free)], max_cost)
        matches.append(np.column_stack([level[found[:, 0]], free[found[:, 1]]]))
        free = free[left]
    merged = np.concatenate(matches)
    return merged, missing_numbers(merged[:, 0], cost.shape[0]), free
