"""How the picture moves between two frames: :mod:`tracker.reference.movement`, compiled."""

import numpy as np

from ..arrays import Floats, Ints
from ..constants import (
    CAMERA_FIT_ROUNDS,
    CAMERA_GROWTH,
    CAMERA_JITTER,
    CAMERA_MAX_HEIGHT_RATIO,
    CAMERA_MAX_SCALE,
    CAMERA_MIN_OVERLAP,
    CAMERA_STILL_ARM,
)
from .build import kernel
from .overlap import overlapping_pairs


@kernel
def estimate_movement(
    tracks_tlwh: Floats, boxes_tlwh: Floats, min_pairs: int, sure_pairs: int
) -> tuple[bool, float, float, float, float, float]:
    """Estimate how the picture has moved from the tracks (T, 4) to the boxes (N, 4).

    Returns:
        Whether there are enough pairs, the scale, the centre (x, y) and the shift (x, y).
    """
    count, scale, centre_x, centre_y, shift_x, shift_y, spread = fit_boxes(
        tracks_tlwh, boxes_tlwh, min_pairs, sure_pairs
    )
    if count < sure_pairs and not abs(shift_x) + abs(shift_y) > spread:
        shift_x = shift_y = 0.0
    return count >= min_pairs, scale, centre_x, centre_y, shift_x, shift_y


@kernel
def estimate_remainder(
    tracks_tlwh: Floats,
    boxes_tlwh: Floats,
    min_pairs: int,
    sure_pairs: int,
    measured_uncertainty: float,
) -> tuple[bool, float, float, float, float, float]:
    """Estimate the boxes' share of the movement that a measured movement has left.

    Returns:
        As :func:`estimate_movement`.
    """
    count, scale, centre_x, centre_y, shift_x, shift_y, spread = fit_boxes(
        tracks_tlwh, boxes_tlwh, min_pairs, sure_pairs
    )
    variance = measured_uncertainty * measured_uncertainty
    share = variance / (variance + spread * spread)
    scale = 1 + share * (scale - 1)
    return count >= min_pairs, scale, centre_x, centre_y, share * shift_x, share * shift_y


@kernel
def fit_boxes(
    tracks_tlwh: Floats, boxes_tlwh: Floats, min_pairs: int, sure_pairs: int
) -> tuple[int, float, float, float, float, float, float]:
    """Fit a movement to the pairs of a track (T, 4) and a box (N, 4).

    Returns:
        The number of pairs, the scale, the centre (x, y), the shift (x, y) and its uncertainty.
        With fewer than min_pairs nothing is fitted.
    """
    tracks, boxes = mutual_pairs(tracks_tlwh, boxes_tlwh)
    count = len(tracks)
    if count < min_pairs:
        return count, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0
    before, after = np.empty((count, 2)), np.empty((count, 2))
    height = 0.0
    for k in range(count):
        for axis in range(2):
            before[k, axis] = tracks_tlwh[tracks[k], axis] + tracks_tlwh[tracks[k], axis + 2] / 2
            after[k, axis] = boxes_tlwh[boxes[k], axis] + boxes_tlwh[boxes[k], axis + 2] / 2
        height += boxes_tlwh[boxes[k], 3]
    height /= count
    max_scale = CAMERA_MAX_SCALE if count >= sure_pairs else 1.0
    scale, centre_x, centre_y, shift_x, shift_y = fit_movement(before, after, height, max_scale)
    error = 0.0
    for k in range(count):
        error_x = abs(after[k, 0] - (scale * (before[k, 0] - centre_x) + centre_x + shift_x))
        error_y = abs(after[k, 1] - (scale * (before[k, 1] - centre_y) + centre_y + shift_y))
        error += error_x + error_y
    spread = (error / count + CAMERA_JITTER * height) / np.sqrt(count - 1.0)
    return count, scale, centre_x, centre_y, shift_x, shift_y, spread


@kernel
def mutual_pairs(tracks_tlwh: Floats, boxes_tlwh: Floats) -> tuple[Ints, Ints]:
    """Return the pairs of a track (T, 4) and a box (N, 4) that overlap each other most.

    Returns:
        (K,) int64 tracks, ascending, and (K,) int64 boxes.
    """
    n_tracks, n_boxes = len(tracks_tlwh), len(boxes_tlwh)
    starts, columns, overlaps = overlapping_pairs(grown(tracks_tlwh), grown(boxes_tlwh))
    box_of, box_overlap = np.full(n_tracks, -1, np.int64), np.zeros(n_tracks)
    track_of, track_overlap = np.full(n_boxes, -1, np.int64), np.zeros(n_boxes)
    for track in range(n_tracks):
        for pair in range(starts[track], starts[track + 1]):
            box, overlap = columns[pair], overlaps[pair]
            # The pairs of a track come in no order; of equal overlaps the first box counts.
            is_first = overlap == box_overlap[track] and box < box_of[track]
            if overlap > box_overlap[track] or is_first:
                box_of[track], box_overlap[track] = box, overlap
            if overlap > track_overlap[box]:
                track_of[box], track_overlap[box] = track, overlap
    tracks, boxes, count = np.empty(n_tracks, np.int64), np.empty(n_tracks, np.int64), 0
    for track in range(n_tracks):
        box = box_of[track]
        if box < 0 or track_of[box] != track or not box_overlap[track] > CAMERA_MIN_OVERLAP:
            continue
        before, after = tracks_tlwh[track, 3], boxes_tlwh[box, 3]
        if max(before, after) <= CAMERA_MAX_HEIGHT_RATIO * min(before, after):
            tracks[count], boxes[count] = track, box
            count += 1
    return tracks[:count], boxes[:count]


@kernel
def grown(boxes_tlwh: Floats) -> Floats:
    """Return boxes (N, 4) with their sides enlarged about their centres."""
    larger = np.empty((len(boxes_tlwh), 4))
    for row in range(len(boxes_tlwh)):
        for axis in range(2):
            side = boxes_tlwh[row, axis + 2]
            larger[row, axis + 2] = side * CAMERA_GROWTH
            larger[row, axis] = boxes_tlwh[row, axis] + side / 2 - larger[row, axis + 2] / 2
    return larger


@kernel
def fit_movement(
    before: Floats, after: Floats, height: float, max_scale: float
) -> tuple[float, float, float, float, float]:
    """Fit scale and shift to centres before (K, 2) and after (K, 2).

    Returns:
        The scale, the centre (x, y) and the shift (x, y).
    """
    count = len(before)
    jitter, still = CAMERA_JITTER * height, (CAMERA_STILL_ARM * height) ** 2
    weights, scale = np.ones(count), 1.0
    centre_x = centre_y = target_x = target_y = 0.0
    for _ in range(CAMERA_FIT_ROUNDS):
        mass = centre_x = centre_y = target_x = target_y = 0.0
        for k in range(count):
            mass += weights[k]
            centre_x += weights[k] * before[k, 0]
            centre_y += weights[k] * before[k, 1]
            target_x += weights[k] * after[k, 0]
            target_y += weights[k] * after[k, 1]
        centre_x, centre_y = centre_x / mass, centre_y / mass
        target_x, target_y = target_x / mass, target_y / mass
        along = length = 0.0
        for k in range(count):
            arm_x, arm_y = before[k, 0] - centre_x, before[k, 1] - centre_y
            moved_x, moved_y = after[k, 0] - target_x, after[k, 1] - target_y
            along += weights[k] * (arm_x * moved_x + arm_y * moved_y)
            length += weights[k] * (arm_x * arm_x + arm_y * arm_y)
        scale = (along + still) / (length + still)
        scale = min(max(scale, 1 / max_scale), max_scale)
        for k in range(count):
            error_x = abs(after[k, 0] - target_x - scale * (before[k, 0] - centre_x))
            error_y = abs(after[k, 1] - target_y - scale * (before[k, 1] - centre_y))
            weights[k] = jitter / max(error_x + error_y, jitter)
    return scale, centre_x, centre_y, target_x - centre_x, target_y - centre_y
