"""Notice boxes that are given by their corners, where widths and heights are expected."""

import numpy as np
from numpy.typing import NDArray

_MOST_OUTSIDE = 0.1
"""Largest share of right boxes that leave the picture by more than a quarter of their side. In the
training sequences of MOT16 it is at most 0.04, and of corners read as sides at least 0.15."""
_LEAST_INSIDE = 0.99
"""Smallest share of boxes that fit into the picture if they are corners; some have rounding."""
_LEAST_BOXES = 20
"""Fewest boxes that say anything."""


def corners_note(boxes_tlwh: NDArray[np.floating], size: tuple[int, int]) -> str | None:
    """Return a sentence if the boxes look like corners; None if they look right.

    Read as left, top, width, height, corners leave the picture at its right and bottom. Read as
    corners, right boxes have their right side left of their left side, wherever they are far from
    the picture's corner.

    Args:
        boxes_tlwh: (N, 4) boxes, read as left, top, width, height.
        size: width and height of the picture, pixels.
    """
    if len(boxes_tlwh) < _LEAST_BOXES:
        return None
    starts, ends = boxes_tlwh[:, :2], boxes_tlwh[:, 2:]
    overhang = starts + ends - np.array(size)
    outside = (overhang > ends / 4).any(axis=1)
    is_corner = (ends > starts).all(axis=1) & (ends <= np.array(size) * 1.01 + 1).all(axis=1)
    if outside.mean() <= _MOST_OUTSIDE or is_corner.mean() < _LEAST_INSIDE:
        return None
    return (
        f"{outside.sum():,} of {len(boxes_tlwh):,} boxes leave the picture, but fit as corners: "
        "write left, top, width, height instead of left, top, right, bottom"
    )
