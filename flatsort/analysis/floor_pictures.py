"""Pictures of where people walk: a heat map, and the paths of all tracks, over a frame."""

import cv2
import numpy as np
from numpy.typing import NDArray

from flatsort.analysis.boundaries import Boundary, Line
from flatsort.analysis.visits import LONGEST_GAP_S
from flatsort.analysis.walks import feet
from flatsort.files.mot_files import Rows
from flatsort.images.boundary_drawing import draw_boundary
from flatsort.images.drawing import colour

_SPREAD = 0.012
"""Standard deviation of the spot of one box, as a share of the picture's width: about the width of
a person in a street."""
_OPACITY = 0.75
"""Opacity of the hottest place."""


def heat_map(
    background: NDArray[np.uint8], rows: Rows, boundaries: tuple[Boundary, ...] = ()
) -> NDArray[np.uint8]:
    """Return a frame under the time that people spent in each place.

    Args:
        background: (H, W, 3) uint8 BGR.
        rows: the results.
        boundaries: lines and zones to draw in.

    Returns:
        (H, W, 3) uint8 BGR. Red places have the most boxes, transparent ones none.
    """
    height, width = background.shape[:2]
    points = np.floor(feet(rows.boxes_tlwh))
    inside = (points >= 0).all(axis=1) & (points < (width, height)).all(axis=1)
    columns, lines = points[inside].astype(np.int64).T
    heat = np.bincount(lines * width + columns, minlength=width * height)
    heat = heat.reshape(height, width).astype(np.float32)
    heat = cv2.GaussianBlur(heat, (0, 0), max(1.0, _SPREAD * width))
    # The square root shows the paths beside the places where somebody stands.
    level = np.sqrt(heat / max(float(heat.max()), 1e-12))
    paint = cv2.applyColorMap((255 * level).astype(np.uint8), cv2.COLORMAP_TURBO)
    opacity = (_OPACITY * np.minimum(1.0, 2 * level))[..., None]
    picture = ((1 - opacity) * _pale(background) + opacity * paint).astype(np.uint8)
    return _with_boundaries(picture, boundaries)


def path_picture(
    background: NDArray[np.uint8],
    rows: Rows,
    frame_rate: float,
    boundaries: tuple[Boundary, ...] = (),
) -> NDArray[np.uint8]:
    """Return a frame under the paths of all tracks, in the colours of the film.

    A path is broken in a long absence. A dot marks its end.

    Args:
        background: (H, W, 3) uint8 BGR.
        rows: the results.
        frame_rate: frames per second.
        boundaries: lines and zones to draw in.

    Returns:
        (H, W, 3) uint8 BGR.
    """
    picture = _pale(background)
    thickness = max(1, round(picture.shape[0] / 360))
    order = np.lexsort((rows.frames, rows.ids))
    frames, ids = rows.frames[order], rows.ids[order]
    points = np.rint(np.clip(feet(rows.boxes_tlwh[order]), -1e5, 1e5)).astype(np.int32)
    is_new = (np.diff(frames) > LONGEST_GAP_S * frame_rate) | (np.diff(ids) != 0)
    for part in np.split(np.arange(len(ids)), np.flatnonzero(is_new) + 1):
        if len(part):
            paint = colour(int(ids[part[0]]))
            cv2.polylines(picture, [points[part]], False, paint, thickness, cv2.LINE_AA)
            end = tuple(points[part[-1]].tolist())
            cv2.circle(picture, end, 2 * thickness, paint, cv2.FILLED, cv2.LINE_AA)
    return _with_boundaries(picture, boundaries)


def plain_background(rows: Rows) -> NDArray[np.uint8]:
    """Return a grey picture that holds all boxes, for results without frames; (H, W, 3) uint8."""
    ends = rows.boxes_tlwh[:, :2] + rows.boxes_tlwh[:, 2:]
    width, height = np.clip(np.ceil(ends.max(axis=0, initial=16)), 16, 8192).astype(int)
    return np.full((height, width, 3), 90, np.uint8)


def _pale(background: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a dim, nearly grey picture, on which colours stand out."""
    grey = cv2.cvtColor(cv2.cvtColor(background, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    return cv2.addWeighted(background, 0.15, grey, 0.45, 0)


def _with_boundaries(
    picture: NDArray[np.uint8], boundaries: tuple[Boundary, ...]
) -> NDArray[np.uint8]:
    for boundary in boundaries:
        points = [boundary.start, boundary.end] if isinstance(boundary, Line) else boundary.corners
        draw_boundary(picture, points, not isinstance(boundary, Line), boundary.name)
    return picture
