"""The crops of one frame: what they look like, and how far they can be trusted."""

from dataclasses import dataclass

import numpy as np

from ..arrays import Bools, Floats, Singles
from ..boxes import iou
from .visibility import covered_shares, crowding

_MOST_COVERED = 0.3
"""Largest covered share of a clean crop. A crop that is covered more shows someone else as well."""
_HIDDEN = 0.6
"""Covered share above which a body may come out of cover as someone else."""
_CLEAN_CONFIDENCE = 0.5
"""Smallest confidence of a clean crop: less confident boxes are often cut off."""
_MOST_CROWDED = 0.2
"""Largest IoU with another box of a crop that shows one person for sure."""
_UNCLEAN_WEIGHT = 0.5
"""Weight of the evidence of a crop that is neither clean nor hidden."""


@dataclass(frozen=True)
class FrameCrops:
    """The N detections of one frame.

    Attributes:
        boxes_tlwh: (N, 4).
        features: (N, D) prepared features.
        is_clean: (N,) bool, whether a crop shows enough of one person to be compared.
        is_hidden: (N,) bool, whether a crop shows mostly someone else, who stands in front.
        is_alone: (N,) bool, whether a clean crop has nobody beside it, so that motion alone tells
            whom it shows.
    """

    boxes_tlwh: Floats
    features: Singles
    is_clean: Bools
    is_hidden: Bools
    is_alone: Bools

    @property
    def weights(self) -> Floats:
        """Weights (N,) of the evidence of the crops."""
        return np.where(self.is_clean, 1.0, np.where(self.is_hidden, 0.0, _UNCLEAN_WEIGHT))

    def note_missed(self, boxes_tlwh: Floats) -> None:
        """Note where people were missed: a box beside them may show them too.

        Args:
            boxes_tlwh: (M, 4) last boxes of the bodies that no detection was matched with.
        """
        if len(boxes_tlwh) and len(self.boxes_tlwh):
            overlap = iou(self.boxes_tlwh, boxes_tlwh).max(axis=1)
            self.is_alone[:] &= overlap < _MOST_CROWDED


def judge_crops(boxes_tlwh: Floats, confidences: Floats, features: Singles) -> FrameCrops:
    """Return the crops of a frame, judged by their boxes.

    Args:
        boxes_tlwh: (N, 4) valid boxes.
        confidences: (N,).
        features: (N, D) prepared features.
    """
    covered = covered_shares(boxes_tlwh, confidences)
    is_clean = (covered <= _MOST_COVERED) & (confidences >= _CLEAN_CONFIDENCE)
    is_alone = is_clean & (crowding(boxes_tlwh, confidences) < _MOST_CROWDED)
    return FrameCrops(boxes_tlwh, features, is_clean, covered > _HIDDEN, is_alone)
