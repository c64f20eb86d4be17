"""Make the heads of people unrecognisable."""

import cv2
import numpy as np
from numpy.typing import NDArray

from flatsort.images.label_placement import HEAD_SHARE

_MARGIN = 0.05
"""Share of the box's height by which the blurred area goes beyond the head on each side."""
_TILES = 4
"""Tiles per side of the area: too few to recognise a face."""


def blur_heads(image: NDArray[np.uint8], boxes_tlwh: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return a copy of a picture in which the upper part of each box shows a few tiles only.

    Args:
        image: (H, W, 3) uint8.
        boxes_tlwh: (M, 4) boxes of people, pixels; they may leave the picture.

    Returns:
        (H, W, 3) uint8.
    """
    blurred = image.copy()
    height, width = image.shape[:2]
    margins = _MARGIN * boxes_tlwh[:, 3]
    lows = boxes_tlwh[:, :2] - margins[:, None]
    highs = boxes_tlwh[:, :2] + boxes_tlwh[:, 2:] * (1, HEAD_SHARE) + margins[:, None]
    edges = np.concatenate([np.floor(lows), np.ceil(highs)], axis=1)
    edges = np.clip(edges, 0, (width, height, width, height)).astype(int)
    for left, top, right, bottom in edges.tolist():
        if left < right and top < bottom:
            area = image[top:bottom, left:right]
            tiles = cv2.resize(area, (_TILES, _TILES), interpolation=cv2.INTER_AREA)
            blurred[top:bottom, left:right] = cv2.resize(
                tiles, (right - left, bottom - top), interpolation=cv2.INTER_LINEAR
            )
    return blurred
