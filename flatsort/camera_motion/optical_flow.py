"""Camera movements from the pictures: sparse optical flow outside the boxes of people."""

from math import ceil

import cv2
import numpy as np
from numpy.typing import NDArray

from flatsort.sources.source import Frame
from flatsort.tracker import CameraMovement

_WIDTH = 480
"""Largest width of a reduced picture, in pixels: the flow takes about a millisecond, and its errors
are smaller than the jitter of detectors."""

_POINTS = 150
"""Most corners per frame; a fit of four numbers gains little from more."""

_QUALITY = 0.01
"""Smallest corner response, as a fraction of the frame's largest: OpenCV's usual value."""

_SPACING = 8
"""Smallest distance of two corners, in reduced pixels, so that they cover the whole picture."""

_WINDOW = (15, 15)
"""Window of the flow, in reduced pixels; with _LEVELS it follows 60 reduced pixels per frame."""

_LEVELS = 2
"""Levels of the image pyramid above the picture itself."""

_MARGIN = 8
"""Points nearer to the edge after the flow do not count: half a window, in reduced pixels."""

_STOP = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 10, 0.03)
"""The flow stops after 10 steps, or after a step of 0.03 reduced pixels."""

_MAX_ERROR = 1.0
"""Largest error of a point that agrees with the movement, in reduced pixels."""

_MIN_AGREEING = 12
"""Fewest points that must agree, three for each of the four numbers of the fit."""

_MIN_SHARE = 0.3
"""Smallest share of the points that must agree; fewer agree after a cut to another scene."""

_TRIM = 0.8
"""Share of the points that the uncertainty counts; the rest are people without a box, and points
that the flow has lost."""

_FLOW_ERROR = 0.1
"""Error of the flow itself, in reduced pixels; it keeps the uncertainty above 0."""


class OpticalFlow:
    """Follows corners of the background from one picture to the next.

    The movement is a shift, a rotation and a zoom. Its uncertainty is the mean distance of four
    fifths of the points from the fit, so a scene with much depth gets a large one.
    """

    needs_images = True

    def __init__(self) -> None:
        self._picture: NDArray[np.uint8] | None = None
        self._boxes_tlwh = np.empty((0, 4))

    def __call__(self, frame: Frame, boxes_tlwh: NDArray[np.float64]) -> CameraMovement | None:
        """Return the movement since the last picture: see CameraMeasurement."""
        factor = ceil(frame.image.shape[1] / _WIDTH)
        before, picture = self._picture, _reduced(frame.image, factor)
        earlier_tlwh, self._boxes_tlwh = self._boxes_tlwh, boxes_tlwh
        self._picture = picture
        # A stream may change its size.
        if before is None or before.shape != picture.shape:
            return None
        points, followed = _flow(before, picture, earlier_tlwh / factor)
        return _fit(points, followed, factor)


def _reduced(image: NDArray[np.uint8], factor: int) -> NDArray[np.uint8]:
    """Return the picture in grey, its sides divided by a whole number; a remainder is cut off.

    Each reduced pixel is the mean of the four pixels at its centre. The mean of all its pixels
    takes four times as long, and the movements do not become more accurate.
    """
    height, width = (max(1, side // factor) for side in image.shape[:2])
    whole = image[: height * factor, : width * factor]
    small = cv2.resize(whole, (width, height), interpolation=cv2.INTER_LINEAR)
    return cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)


def _flow(
    before: NDArray[np.uint8], after: NDArray[np.uint8], boxes_tlwh: NDArray[np.float64]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return corners (K, 2) outside the boxes of the first picture, and where they went (K, 2)."""
    background = np.full(before.shape, 255, np.uint8)
    corners = np.column_stack([boxes_tlwh[:, :2], boxes_tlwh[:, :2] + boxes_tlwh[:, 2:]])
    limits = [before.shape[1], before.shape[0]] * 2
    for left, top, right, bottom in np.clip(np.rint(corners), 0, limits).astype(int):
        background[top : bottom + 1, left : right + 1] = 0
    points = cv2.goodFeaturesToTrack(before, _POINTS, _QUALITY, _SPACING, mask=background)
    if points is None:
        return np.empty((0, 2), np.float32), np.empty((0, 2), np.float32)
    followed, is_found, _ = cv2.calcOpticalFlowPyrLK(
        before, after, points, None, winSize=_WINDOW, maxLevel=_LEVELS, criteria=_STOP
    )
    # The flow of a point that has left the picture stops somewhere near the edge.
    is_inside = (followed[:, 0] >= _MARGIN) & (followed[:, 0] < np.array(limits[:2]) - _MARGIN)
    found = (is_found[:, 0] == 1) & is_inside.all(axis=1)
    return points[found, 0], followed[found, 0]


def _fit(
    points: NDArray[np.float32], followed: NDArray[np.float32], factor: int
) -> CameraMovement | None:
    """Return the movement of points (K, 2) in reduced pixels; None if too few of them agree."""
    if len(points) < _MIN_AGREEING:
        return None
    matrix, agrees = cv2.estimateAffinePartial2D(
        points, followed, method=cv2.RANSAC, ransacReprojThreshold=_MAX_ERROR
    )
    if matrix is None or agrees.sum() < max(_MIN_AGREEING, _MIN_SHARE * len(points)):
        return None
    errors = np.abs(points @ matrix[:, :2].T + matrix[:, 2] - followed).sum(axis=1)
    smaller = np.sort(errors)[: round(_TRIM * len(errors))]
    uncertainty = factor * (float(smaller.mean()) + _FLOW_ERROR)
    try:
        return CameraMovement(_enlarged(matrix, factor), uncertainty)
    except ValueError:
        # No camera zooms by a factor of two within a frame: the flow has followed nothing.
        return None


def _enlarged(matrix: NDArray[np.float64], factor: int) -> NDArray[np.float64]:
    """Return a movement (2, 3) of reduced pixels in pixels of the picture.

    The centre of reduced pixel 0 is the centre of the pixels 0 to factor - 1.
    """
    centre = (factor - 1) / 2
    shift = factor * matrix[:, 2] + centre - matrix[:, :2] @ [centre, centre]
    return np.column_stack([matrix[:, :2], shift])
