"""The small picture of a track by which a viewer recognises the person."""

import cv2
import numpy as np
from numpy.typing import NDArray

from flatsort.tracker.boxes import intersection

WIDTH, HEIGHT = 144, 192
"""Largest size of a picture in pixels: about 4 kB as JPEG."""
_QUALITY = 85
"""JPEG quality, 0 to 100: faces and clothes stay sharp at this size."""


def cut_picture(image: NDArray[np.uint8], box_tlwh: NDArray[np.floating]) -> bytes:
    """Cut a box out of a frame, and shrink it to at most 144 x 192 pixels.

    Args:
        image: (H, W, 3) uint8 BGR.
        box_tlwh: (4,) pixels. The part outside the frame is cut off; at least one pixel must be
            inside, see :func:`is_in_frame`.

    Returns:
        The bytes of a JPEG file.
    """
    left, top, right, bottom = _corners(image, box_tlwh[None])[0]
    crop = image[top:bottom, left:right]
    scale = min(1.0, WIDTH / crop.shape[1], HEIGHT / crop.shape[0])
    size = [max(1, round(side * scale)) for side in crop.shape[1::-1]]
    small = cv2.resize(crop, size, interpolation=cv2.INTER_AREA)
    return encode_jpeg(small)


def encode_jpeg(image: NDArray[np.uint8]) -> bytes:
    """Return the bytes of a JPEG file of an image, (H, W, 3) uint8 BGR."""
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes()


def is_in_frame(image: NDArray[np.uint8], boxes_tlwh: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Return (N,) bool: whether at least one pixel of each box, (N, 4), lies in the frame."""
    left, top, right, bottom = _corners(image, boxes_tlwh).T
    return (right > left) & (bottom > top)


def shown_areas(
    frames: NDArray[np.int64], boxes_tlwh: NDArray[np.float64], size: tuple[int, int]
) -> NDArray[np.float64]:
    """Return the area of each box that certainly shows: in the frame, and under no other box.

    Boxes do not tell which of two people is in front, so their common area counts for neither. If
    several boxes overlap a box, only the largest common area is subtracted.

    Args:
        frames: (N,) frame number of each box.
        boxes_tlwh: (N, 4) pixels.
        size: width and height of the frames, pixels.

    Returns:
        (N,) square pixels. A value can be negative, because the subtracted area may lie outside the
        frame.
    """
    areas = intersection(boxes_tlwh, np.array([[0.0, 0.0, *size]]))[:, 0]
    order = np.argsort(frames, kind="stable")
    _, starts = np.unique(frames[order], return_index=True)
    for here in np.split(order, starts[1:]):
        shared = intersection(boxes_tlwh[here], boxes_tlwh[here])
        np.fill_diagonal(shared, 0)
        areas[here] -= shared.max(axis=1, initial=0)
    return areas


def open_picture(picture: bytes) -> NDArray[np.uint8]:
    """Decode a picture to (H, W, 3) uint8 RGB; a damaged one becomes plain grey."""
    data = np.frombuffer(picture, np.uint8)
    image = cv2.imdecode(data, cv2.IMREAD_COLOR) if len(data) else None
    return np.full((HEIGHT, WIDTH, 3), 128, np.uint8) if image is None else image[..., ::-1]


def _corners(image: NDArray[np.uint8], boxes_tlwh: NDArray[np.floating]) -> NDArray[np.int64]:
    """Return (N, 4) left, top, right, bottom of boxes clipped to the frame, in whole pixels."""
    limit = [image.shape[1], image.shape[0]] * 2
    ends = boxes_tlwh[:, :2] + boxes_tlwh[:, 2:]
    return np.clip(np.rint(np.hstack([boxes_tlwh[:, :2], ends])), 0, limit).astype(np.int64)
