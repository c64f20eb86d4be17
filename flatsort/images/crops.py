"""Cuts people out of frames, in the same way for training and for tracking."""

import cv2
import numpy as np
from numpy.typing import NDArray

from flatsort.images.frame_check import as_bgr
from flatsort.tracker.compiled import has_numba

# Version of the way crops are cut. Raise it with every change of the pixels, so that features and
# crops kept in files are computed anew.
CUT_VERSION = 3
# Value of the pixels of a crop whose box shows nothing of the image: mid-grey.
_EMPTY = 128
# Smallest number of sampled pixels that a pixel of the crop averages along each side, where the box
# has as many. The largest number is twice this.
_SAMPLES = 4


def cut_crops(
    frame: NDArray[np.uint8], boxes_tlwh: NDArray[np.floating], width: int, height: int
) -> NDArray[np.uint8]:
    """Cut boxes out of a frame and resize each to the same size.

    Boxes are clipped to the image and stretched to the size of the crops, so that a descriptor
    always sees the whole person. A box outside the image, or with a coordinate of NaN, becomes a
    grey crop.

    Args:
        frame: (H, W, 3) uint8 BGR, as OpenCV reads it; grey and BGRA frames are converted.
        boxes_tlwh: (N, 4) left, top, width, height in pixels.
        width: Width of the crops in pixels.
        height: Height of the crops in pixels.

    Returns:
        (N, height, width, 3) uint8 RGB, contiguous.

    Raises:
        TypeError: the frame is not an array.
        ValueError: the frame is not uint8, or has another shape.
    """
    frame = as_bgr(frame)
    crops = np.full((len(boxes_tlwh), height, width, 3), _EMPTY, np.uint8)
    limit = np.array([frame.shape[1], frame.shape[0]] * 2)
    corners = np.concatenate([boxes_tlwh[:, :2], boxes_tlwh[:, :2] + boxes_tlwh[:, 2:]], axis=1)
    # A box with NaN gets sides of zero.
    corners = np.nan_to_num(np.clip(np.rint(corners), 0, limit)).astype(np.int64)
    sides = corners[:, 2:] - corners[:, :2]
    # Sample some pixels only, because averaging all of them would take most of the time: a box of
    # 300 by 120 has a hundred times as many pixels as a crop of 16 by 16.
    strides = np.maximum(1, sides // (_SAMPLES * np.array([width, height])))
    remaining = sides.min(axis=1) > 0
    if has_numba():
        from flatsort.images.crop_kernel import shrink

        shrinking = (sides >= (width, height)).all(axis=1)
        which = np.flatnonzero(shrinking)
        shrink(np.ascontiguousarray(frame), corners, strides, which, crops)
        remaining &= ~shrinking
    for box in np.flatnonzero(remaining):
        _resize_into(crops[box], frame, corners[box], strides[box])
    if len(crops):
        # One call converts all crops: stacked, they are one tall image. Grey stays grey.
        stacked = crops.reshape(-1, width, 3)
        cv2.cvtColor(stacked, cv2.COLOR_BGR2RGB, dst=stacked)
    return crops


def _resize_into(
    crop: NDArray[np.uint8],
    frame: NDArray[np.uint8],
    corners: NDArray[np.int64],
    strides: NDArray[np.int64],
) -> None:
    """Resize one box: average areas along a side that shrinks, interpolate along one that grows.

    OpenCV averages areas only if both sides shrink. Many people become lower in the crop than in
    the frame, but wider.

    Args:
        crop: (height, width, 3), written.
        frame: (H, W, 3).
        corners: (4,) left, top, right, bottom inside the frame, in pixels.
        strides: (2,) steps between the sampled columns and between the sampled rows, in pixels.
    """
    height, width, _ = crop.shape
    left, top, right, bottom = corners
    columns, rows = strides
    patch = frame[
        top + (rows - 1) // 2 : bottom : rows, left + (columns - 1) // 2 : right : columns
    ]
    smaller = (min(width, patch.shape[1]), min(height, patch.shape[0]))
    if smaller == (width, height):
        cv2.resize(patch, smaller, dst=crop, interpolation=cv2.INTER_AREA)
    else:
        shrunk = cv2.resize(patch, smaller, interpolation=cv2.INTER_AREA)
        cv2.resize(shrunk, (width, height), dst=crop, interpolation=cv2.INTER_LINEAR)
