"""The detections of the association benchmark: boxes of MOT16, and crowds of a chosen size."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

DIMENSIONS = 128
"""Length of a feature, as in DeepSORT."""
NOISE = 0.35
"""Length of the noise on a feature, relative to the direction of the identity (length 1)."""
LINKING_IOU = 0.5
"""Smallest IoU at which a box continues an identity of the frame before."""
MOT16_BOXES_PER_PIXEL = 20 / (1920 * 1080)
"""Density of boxes in MOT16: about 20 per frame of 1920 x 1080 pixels."""


class Frame(NamedTuple):
    """The detections of one frame, from which the input of every tracker is made.

    Attributes:
        boxes_tlwh: (N, 4) float64, left, top, width, height in pixels.
        confidences: (N,) float64.
        features: (N, 128) float32 of unit length; None where a benchmark has no features.
    """

    boxes_tlwh: NDArray[np.float64]
    confidences: NDArray[np.float64]
    features: NDArray[np.float32] | None


def crowd(objects: int, frames: int, seed: int) -> list[Frame]:
    """Make people who move at constant velocity in a picture as crowded as in MOT16.

    Velocities are normal with a standard deviation of 2 px per frame. Heights are uniform from 80
    to 200 px, and widths are 0.4 of the heights. Detections jitter by 1 px in each coordinate, and
    one in twenty is missed. The picture has no border, so nobody turns back.

    Args:
        objects: number of people.
        frames: number of frames.
        seed: seed of the random numbers.
    """
    rng = np.random.default_rng(seed)
    side = np.sqrt(objects / MOT16_BOXES_PER_PIXEL)
    corners = rng.uniform(0, side, (objects, 2))
    velocities = rng.normal(0, 2, (objects, 2))
    heights = rng.uniform(80, 200, objects)
    directions = _unit(rng.normal(size=(objects, DIMENSIONS)))
    drawn = []
    for _ in range(frames):
        corners = corners + velocities
        boxes_tlwh = np.column_stack([corners, 0.4 * heights, heights])
        boxes_tlwh += rng.normal(0, 1, boxes_tlwh.shape)
        seen = np.flatnonzero(rng.random(objects) >= 0.05)
        features = _noisy(directions[seen], rng)
        drawn.append(Frame(boxes_tlwh[seen], np.ones(len(seen)), features))
    return drawn


def with_invented_features(
    frames: list[tuple[NDArray[np.float64], NDArray[np.float64]]], seed: int
) -> list[Frame]:
    """Add features of invented identities to the boxes and confidences of frames.

    A box takes the identity of the box that it overlaps most in the previous frame, if the IoU is
    above 0.5 and no other box has taken this identity. Otherwise it gets a new identity with a
    random direction.

    Args:
        frames: boxes (N, 4) and confidences (N,) of each frame.
        seed: seed of the random numbers.
    """
    from flatsort.tracker.boxes import iou

    rng = np.random.default_rng(seed)
    drawn: list[Frame] = []
    previous = np.empty((0, 4))
    directions = np.empty((0, DIMENSIONS))
    for boxes_tlwh, confidences in frames:
        current = _unit(rng.normal(size=(len(boxes_tlwh), DIMENSIONS)))
        overlap = iou(boxes_tlwh, previous)
        for row, column in enumerate(overlap.argmax(axis=1) if overlap.size else ()):
            if overlap[row, column] > LINKING_IOU:
                current[row] = directions[column]
                overlap[:, column] = 0.0
        drawn.append(Frame(boxes_tlwh, confidences, _noisy(current, rng)))
        previous, directions = boxes_tlwh, current
    return drawn


def _noisy(directions: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float32]:
    """Return directions with noise, scaled to unit length."""
    noise = rng.normal(0, NOISE / np.sqrt(DIMENSIONS), directions.shape)
    return _unit(directions + noise).astype(np.float32)


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
