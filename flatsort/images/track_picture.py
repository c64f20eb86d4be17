"""The small picture by which a person recognises a track."""

import cv2
import numpy as np
from numpy.typing import NDArray

from flatsort.tracker.boxes import intersection

# Some 4 kB as JPEG.
WIDTH, HEIGHT = 144, 192
_QUALITY = 85


def cut_picture(image: NDArray[np.uint8], box_tlwh: NDArray[np.floating]) -> bytes:
    """What of a box is in a frame, shrunk into 144 x 192 pixels where it is larger.

    Args:
        image: (H, W, 3) uint8 BGR.
        box_tlwh: (4,), pixels; something of it is in the frame, see :func:`is_in_frame`.

    Returns:
        A JPEG file.
    """
    left, top, right, bottom = _corners(image, box_tlwh[None])[0]
    crop = image[top:bottom, left:right]
    scale = min(1.0, WIDTH / crop.shape[1], HEIGHT / crop.shape[0])
    size = [max(1, round(side * scale)) for side in crop.shape[1::-1]]
    small = cv2.resize(crop, size, interpolation=cv2.INTER_AREA)
    return cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes()


def is_in_frame(image: NDArray[np.uint8], boxes_tlwh: NDArray[np.floating]) -> NDArray[np.bool_]:
    """(N,) whether a pixel at least of each box (N, 4) is in a frame, as crops are cut."""
    left, top, right, bottom = _corners(image, boxes_tlwh).T
    return (right > left) & (bottom > top)


def shown_areas(
    frames: NDArray[np.int64], boxes_tlwh: NDArray[np.float64], size: tuple[int, int]
) -> NDArray[np.float64]:
    """How much of each box is in the frame, and that no other box is sure to hide.

    Which of two people is in front is not known, so what they share is counted for neither. Of
    several others the one that shares most counts.

    Args:
        frames: (N,) what each box is in.
        boxes_tlwh: (N, 4) pixels.
        size: width and height of the frames, pixels.

    Returns:
        (N,) square pixels; below 0 where most of what others hide is not in the frame.
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
    """(H, W, 3) uint8 RGB of a picture; a grey one where it is damaged."""
    data = np.frombuffer(picture, np.uint8)
    image = cv2.imdecode(data, cv2.IMREAD_COLOR) if len(data) else None
    return np.full((HEIGHT, WIDTH, 3), 128, np.uint8) if image is None else image[..., ::-1]


def _corners(image: NDArray[np.uint8], boxes_tlwh: NDArray[np.floating]) -> NDArray[np.int64]:
    """(N, 4) left, top, right, bottom of what of boxes (N, 4) is in a frame, whole pixels."""
    limit = [image.shape[1], image.shape[0]] * 2
    ends = boxes_tlwh[:, :2] + boxes_tlwh[:, 2:]
    return np.clip(np.rint(np.hstack([boxes_tlwh[:, :2], ends])), 0, limit).astype(np.int64)
