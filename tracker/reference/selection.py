"""The detections that are worth tracking."""

import numpy as np

from ..arrays import Ints
from ..detections import Detections, valid_mask


def usable_rows(
    detections: Detections, min_confidence: float, min_height: float = 0.0
) -> tuple[Ints, int]:
    """Select the valid boxes that are confident and high enough.

    Args:
        detections: N detections.
        min_confidence: Smallest confidence.
        min_height: Smallest height in pixels.

    Returns:
        (K,) intp rows, ascending, and the number of invalid boxes.
    """
    valid = valid_mask(detections)
    confident = detections.confidences >= min_confidence
    high_enough = detections.boxes_tlwh[:, 3] >= min_height
    return np.flatnonzero(valid & high_enough & confident), int(np.count_nonzero(~valid))
