"""How much of a person a box shows: people who stand nearer cover those behind."""

import numpy as np

from ..arrays import Floats
from ..boxes import iou

_SEEN_CONFIDENCE = 0.3
"""Smallest confidence of a box that can cover another: less confident boxes are often false."""
_SAME_PERSON = 0.8
"""IoU above which two boxes show one person twice, so neither covers the other."""


def covered_shares(boxes_tlwh: Floats, confidences: Floats) -> Floats:
    """Return the share of each box that the one box in front of it covers most.

    Of two people on level ground the one with the lower feet is nearer to the camera.

    Args:
        boxes_tlwh: (N, 4) valid boxes.
        confidences: (N,).

    Returns:
        (N,) float64 in [0, 1].
    """
    if len(boxes_tlwh) == 0:
        return np.zeros(0)
    ends = boxes_tlwh[:, :2] + boxes_tlwh[:, 2:]
    sides = np.minimum(ends[:, None], ends) - np.maximum(boxes_tlwh[:, None, :2], boxes_tlwh[:, :2])
    shares = np.maximum(sides, 0).prod(axis=2) / boxes_tlwh[:, 2:].prod(axis=1)[:, None]
    is_nearer = (ends[None, :, 1] > ends[:, None, 1]) & (confidences >= _SEEN_CONFIDENCE)
    is_other = iou(boxes_tlwh, boxes_tlwh) < _SAME_PERSON
    covered: Floats = np.where(is_nearer & is_other, shares, 0.0).max(axis=1)
    return covered


def crowding(boxes_tlwh: Floats, confidences: Floats) -> Floats:
    """Return the largest IoU (N,) of each box with another visible box."""
    if len(boxes_tlwh) == 0:
        return np.zeros(0)
    overlaps = iou(boxes_tlwh, boxes_tlwh)
    np.fill_diagonal(overlaps, 0.0)
    largest: Floats = overlaps[:, confidences >= _SEEN_CONFIDENCE].max(axis=1, initial=0.0)
    return largest
