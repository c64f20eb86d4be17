"""Draw lines and zones, with their names and counts, over a frame."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from flatsort.images.drawing import draw_label

_PAINT = (0, 215, 255)
"""Amber, BGR: no track has it, and it is seen on asphalt and on grass."""
_ARROW = 0.045
"""Length of the arrow that points inside, as a share of the picture's height."""


def draw_boundary(
    canvas: NDArray[np.uint8],
    points: Sequence[tuple[float, float]],
    is_closed: bool,
    words: str,
) -> None:
    """Draw a line or a zone into a picture.

    Args:
        canvas: (H, W, 3) uint8 BGR; it is changed.
        points: two points of a line, or the corners of a zone, pixels.
        is_closed: whether the points go around a zone. A line gets an arrow to its inner side, the
            left-hand side of the way from its first point to its second one.
        words: name and counts.
    """
    scale = max(0.4, canvas.shape[0] / 1080)
    thickness = max(1, round(3 * scale))
    corners = np.rint(np.clip(points, -1e5, 1e5)).astype(np.int32)
    # A dark line below keeps the bright one visible on a bright ground.
    for paint, width in (((0, 0, 0), thickness + 2), (_PAINT, thickness)):
        cv2.polylines(canvas, [corners], is_closed, paint, width, cv2.LINE_AA)
    # The lowest corner of a zone: in the middle the words would cover people.
    anchor = corners[np.argmax(corners[:, 1])] if is_closed else corners[0]
    if not is_closed:
        way = (corners[1] - corners[0]).astype(float)
        inside = np.array([way[1], -way[0]]) / max(1.0, float(np.hypot(*way)))
        middle = corners.mean(axis=0)
        tip = middle + inside * _ARROW * canvas.shape[0]
        ends = [tuple(np.rint(point).astype(int).tolist()) for point in (middle, tip)]
        cv2.arrowedLine(canvas, *ends, _PAINT, thickness, cv2.LINE_AA, tipLength=0.4)
    draw_label(canvas, words, tuple(np.rint(anchor).astype(int).tolist()), _PAINT, scale)
