"""Cutting people out of frames: one way, for training and tracking alike."""

import cv2
import numpy as np
from numpy.typing import NDArray

from flatsort.tracker.compiled import load

# To be changed whenever crops are cut differently: what was kept of those cut before is then made
# anew.
CUT_VERSION = 3
# What a box that shows nothing of the image becomes: mid-grey, a person of no colour.
_EMPTY = 128
# Values that a crop's are averaged from, along each side, at least; at most twice as many.
_SAMPLES = 4


def cut_crops(
    frame: NDArray[np.uint8], boxes_tlwh: NDArray[np.floating], width: int, height: int
) -> NDArray[np.uint8]:
    """Cut boxes out of a frame and resize each to the same size.

    Boxes are clipped to the image and stretched to the size asked for, so that a descriptor always
    sees the whole person; a box outside the image, or of NaN, becomes a grey crop.

    Args:
        frame: (H, W, 3) uint8 BGR, as OpenCV reads it.
        boxes_tlwh: (N, 4) left, top, width, height in pixels.
        width: of the crops, pixels.
        height: of the crops, pixels.

    Returns:
        (N, height, width, 3) uint8 RGB, contiguous.
    """
    crops = np.full((len(boxes_tlwh), height, width, 3), _EMPTY, np.uint8)
    limit = np.array([frame.shape[1], frame.shape[0]] * 2)
    corners = np.concatenate([boxes_tlwh[:, :2], boxes_tlwh[:, :2] + boxes_tlwh[:, 2:]], axis=1)
    # A box that is none, of NaN, has no pixels.
    corners = np.nan_to_num(np.clip(np.rint(corners), 0, limit)).astype(np.int64)
    sides = corners[:, 2:] - corners[:, :2]
    # Averaging all pixels would be nearly all of the time that a crop takes: a box of 300 by 120
    # has a hundred times as many values as a crop of 16 by 16.
    strides = np.maximum(1, sides // (_SAMPLES * np.array([width, height])))
    left = sides.min(axis=1) > 0
    if kernel := load("crop_kernel", "flatsort.images"):
        shrinking = (sides >= (width, height)).all(axis=1)
        which = np.flatnonzero(shrinking)
        kernel.shrink(np.ascontiguousarray(frame), corners, strides, which, crops)
        left &= ~shrinking
    for box in np.flatnonzero(left):
        _resize_into(crops[box], frame, corners[box], strides[box])
    if len(crops):
        # All at once: stacked they are one tall picture. Grey stays grey.
        stacked = crops.reshape(-1, width, 3)
        cv2.cvtColor(stacked, cv2.COLOR_BGR2RGB, dst=stacked)
    return crops


def _resize_into(
    crop: NDArray[np.uint8],
    frame: NDArray[np.uint8],
    corners: NDArray[np.int64],
    strides: NDArray[np.int64],
) -> None:
    """Area averaging along the sides that shrink, linear interpolation along those that grow.

    OpenCV averages areas only if both sides shrink, and a person is often lower in the crop than
    in the frame but wider.
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
