"""Footage of a still camera, seen through a window that moves: a moving camera with real frames."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.camera_motion_runs import Footage

WIDTH, HEIGHT = 1280, 720
"""Sides of the window in pixels."""

_SWAYS = ((320, 300, 37.0), (180, 150, 23.0))
"""For the window's left and top edge: its mean place and its reach in pixels, and the frames per
radian of its way to and fro. The window moves by up to 8 pixels per frame to the side and 7 up or
down."""

_SHAKE = 2.0
"""Standard deviation of the window's shake in pixels, as of a camera in the hand."""


def through_window(footage: Footage) -> Footage:
    """Return the footage as a moving window shows it.

    Boxes move with the window. Boxes whose centre lies outside are left out.

    Args:
        footage: footage with frames of 1920 x 1080 pixels.
    """
    corners = _corners(footage.sequence.length)
    truth = footage.truth
    moved = replace(truth, boxes_tlwh=truth.boxes_tlwh - _offsets(corners[truth.frames - 1]))
    frames = []
    for corner, found in zip(corners, footage.frames, strict=True):
        seen = replace(found, boxes_tlwh=found.boxes_tlwh - _offsets(corner))
        frames.append(seen.select(np.flatnonzero(_is_inside(seen.boxes_tlwh))))

    def image(number: int) -> NDArray[np.uint8]:
        left, top = corners[number - 1]
        return footage.image(number)[top : top + HEIGHT, left : left + WIDTH]

    return Footage(
        name=f"{footage.name}, moving window",
        sequence=footage.sequence,
        truth=moved.select(_is_inside(moved.boxes_tlwh)),
        frames=frames,
        image=image,
    )


def _corners(length: int) -> NDArray[np.int64]:
    """Return the window's left and top edge in each frame, (length, 2)."""
    random, frames = np.random.default_rng(0), np.arange(length)
    ways = [centre + reach * np.sin(frames / pace) for centre, reach, pace in _SWAYS]
    shaken = np.column_stack(ways) + random.normal(0, _SHAKE, (length, 2))
    return np.clip(np.rint(shaken), 0, [1920 - WIDTH, 1080 - HEIGHT]).astype(np.int64)


def _offsets(corners: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([corners, np.zeros_like(corners)], axis=-1)


def _is_inside(boxes_tlwh: NDArray[np.float64]) -> NDArray[np.bool_]:
    centres = boxes_tlwh[:, :2] + boxes_tlwh[:, 2:] / 2
    return ((centres > 0) & (centres < [WIDTH, HEIGHT])).all(axis=1)
