"""How the picture moves between two frames, as seen in the boxes of people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arrays import Floats, Ints
from ..boxes import iou, tlwh_to_xywh, xywh_to_tlwh
from ..constants import (
    CAMERA_FIT_ROUNDS,
    CAMERA_GROWTH,
    CAMERA_JITTER,
    CAMERA_MAX_HEIGHT_RATIO,
    CAMERA_MAX_SCALE,
    CAMERA_MIN_OVERLAP,
    CAMERA_STILL_ARM,
)


@dataclass(frozen=True)
class Movement:
    """A change of scale about a centre, and a shift.

    Attributes:
        scale: Factor of all distances.
        centre: (2,) point that the change of scale leaves in place, in pixels.
        shift: (2,) vector that is added afterwards, in pixels.
    """

    scale: float
    centre: Floats
    shift: Floats

    def moved(self, points: Floats) -> Floats:
        """Return where points (N, 2) go."""
        return self.scale * (points - self.centre) + self.centre + self.shift


def estimate_movement(
    tracks_tlwh: Floats, boxes_tlwh: Floats, min_pairs: int, sure_pairs: int
) -> Movement | None:
    """Estimate how the picture has moved from the tracks to the boxes.

    Args:
        tracks_tlwh: (T, 4) predicted boxes of tracks seen in the last frame.
        boxes_tlwh: (N, 4) boxes of sure detections.
        min_pairs: Fewest pairs that are enough for a shift.
        sure_pairs: Fewest pairs that are enough for a change of scale, and for a shift that may be
            smaller than its uncertainty.

    Returns:
        The movement, which may be none at all, or None if there are too few pairs.
    """
    fitted = fit_boxes(tracks_tlwh, boxes_tlwh, min_pairs, sure_pairs)
    if fitted is None:
        return None
    movement, spread, count = fitted
    if count >= sure_pairs or np.abs(movement.shift).sum() > spread:
        return movement
    return Movement(1.0, movement.centre, np.zeros(2))


def estimate_remainder(
    tracks_tlwh: Floats,
    boxes_tlwh: Floats,
    min_pairs: int,
    sure_pairs: int,
    measured_uncertainty: float,
) -> Movement | None:
    """Estimate how the picture moves beyond a measured movement, by which the tracks have moved.

    The measurement leaves nothing to move; the boxes leave a remainder. Each of the two counts by
    the inverse of its squared uncertainty. The boxes therefore have the share s^2 / (s^2 + u^2),
    where s is the uncertainty of the measurement and u is that of the boxes.

    Args:
        tracks_tlwh: (T, 4) boxes of tracks seen in the last frame, moved as measured.
        boxes_tlwh: (N, 4) boxes of sure detections.
        min_pairs: Fewest pairs that are enough for a shift.
        sure_pairs: Fewest pairs that are enough for a change of scale.
        measured_uncertainty: Uncertainty of the measured movement, in pixels.

    Returns:
        The boxes' share of the remainder, or None if there are too few pairs.
    """
    fitted = fit_boxes(tracks_tlwh, boxes_tlwh, min_pairs, sure_pairs)
    if fitted is None:
        return None
    movement, spread, _ = fitted
    variance = measured_uncertainty * measured_uncertainty
    share = variance / (variance + spread * spread)
    return Movement(1 + share * (movement.scale - 1), movement.centre, share * movement.shift)


def fit_boxes(
    tracks_tlwh: Floats, boxes_tlwh: Floats, min_pairs: int, sure_pairs: int
) -> tuple[Movement, float, int] | None:
    """Fit a movement to the pairs of a track (T, 4) and a box (N, 4).

    Returns:
        The movement, its uncertainty in pixels and the number of pairs, or None if there are fewer
        than min_pairs. Fewer than sure_pairs give a shift only.
    """
    pairs = mutual_pairs(tracks_tlwh, boxes_tlwh)
    count = len(pairs)
    if count < min_pairs:
        return None
    paired_tlwh = boxes_tlwh[pairs[:, 1]]
    before = tlwh_to_xywh(tracks_tlwh[pairs[:, 0]])[:, :2]
    after = tlwh_to_xywh(paired_tlwh)[:, :2]
    height: float = total(paired_tlwh[:, 3]) / count
    max_scale = CAMERA_MAX_SCALE if count >= sure_pairs else 1.0
    movement = fit_movement(before, after, height, max_scale)
    return movement, uncertainty(movement, before, after, height), count


def mutual_pairs(tracks_tlwh: Floats, boxes_tlwh: Floats) -> Ints:
    """Return the pairs (K, 2) of a track and a box that overlap each other most, ascending.

    Args:
        tracks_tlwh: (T, 4) boxes of the tracks.
        boxes_tlwh: (N, 4) boxes of the detections.
    """
    overlap = iou(_grown(tracks_tlwh), _grown(boxes_tlwh))
    if overlap.size == 0:
        return np.empty((0, 2), dtype=np.intp)
    tracks, best = np.arange(len(overlap)), overlap.argmax(axis=1)
    is_pair = (overlap.argmax(axis=0)[best] == tracks) & (
        overlap[tracks, best] > CAMERA_MIN_OVERLAP
    )
    before, after = tracks_tlwh[:, 3], boxes_tlwh[best, 3]
    is_pair &= np.maximum(before, after) <= CAMERA_MAX_HEIGHT_RATIO * np.minimum(before, after)
    pairs: Ints = np.column_stack([tracks, best])[is_pair]
    return pairs


def fit_movement(before: Floats, after: Floats, height: float, max_scale: float) -> Movement:
    """Fit scale and shift so that pairs with a motion of their own hardly influence them.

    Each round is a weighted least-squares fit. A pair's weight is the inverse of its distance from
    the fit before, so that the rounds approach the smallest sum of distances.

    Args:
        before: (K, 2) centres of the tracks.
        after: (K, 2) centres of the boxes.
        height: Mean height of the boxes, the unit of distances.
        max_scale: Largest factor of distances, and the inverse of the smallest; 1 fits a shift.
    """
    weights = np.ones(len(before))
    jitter, still = CAMERA_JITTER * height, (CAMERA_STILL_ARM * height) ** 2
    for _ in range(CAMERA_FIT_ROUNDS):
        centre = total(weights[:, None] * before) / total(weights)
        target = total(weights[:, None] * after) / total(weights)
        arms, moved = before - centre, after - target
        along = total(weights * (arms[:, 0] * moved[:, 0] + arms[:, 1] * moved[:, 1])) + still
        length = total(weights * (arms[:, 0] * arms[:, 0] + arms[:, 1] * arms[:, 1])) + still
        scale: float = min(max(along / length, 1 / max_scale), max_scale)
        errors = np.abs(moved - scale * arms)
        weights = jitter / np.maximum(errors[:, 0] + errors[:, 1], jitter)
    return Movement(scale, centre, target - centre)


def uncertainty(movement: Movement, before: Floats, after: Floats, height: float) -> float:
    """Return the uncertainty of a fitted shift, as the sum over x and y, in pixels.

    It is the mean distance of the pairs from the fit, and the jitter of detectors, divided by the
    root of the number of pairs less one, as for a mean of as many numbers.
    """
    errors = np.abs(after - movement.moved(before))
    spread = total(errors[:, 0] + errors[:, 1]) / len(before) + CAMERA_JITTER * height
    error: float = spread / np.sqrt(len(before) - 1.0)
    return error


def total(values: Floats) -> Any:
    """Return the sum over the rows (K, ...), added in their order: a number for (K,).

    The compiled engine adds in this order too; ``sum`` does not.
    """
    return np.cumsum(values, axis=0)[-1]


def _grown(boxes_tlwh: Floats) -> Floats:
    boxes_xywh = tlwh_to_xywh(boxes_tlwh)
    boxes_xywh[:, 2:] *= CAMERA_GROWTH
    return xywh_to_tlwh(boxes_xywh)
