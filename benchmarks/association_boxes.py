"""The detections that the association is measured on: MOT16's, and crowds of a chosen size."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

DIMENSIONS = 128
NOISE = 0.35
"""Length of the noise on a feature, beside the identity's own part of length 1."""

LINKING_IOU = 0.5
MOT16_BOXES_A_PX = 20 / (1920 * 1080)


class Frame(NamedTuple):
    """Detections as every tracker can be given them.

    Attributes:
        boxes_tlwh: (N, 4) float64, left, top, width, height in pixels.
        confidences: (N,) float64.
        features: (N, 128) float32 of unit length.
    """

    boxes_tlwh: NDArray[np.float64]
    confidences: NDArray[np.float64]
    features: NDArray[np.float32]


def crowd(objects: int, frames: int, seed: int) -> list[Frame]:
    """People at constant velocity in a picture as densely peopled as MOT16's.

    Velocities are normal with a standard deviation of 2 px a frame, heights uniform from 80 to 200
    px at a width of 0.4 of it; a detection jitters by 1 px in each coordinate and one in twenty is
    missed. Nobody turns back at the border: there is none.
    """
    rng = np.random.default_rng(seed)
    side = np.sqrt(objects / MOT16_BOXES_A_PX)
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
    """Boxes and confidences, a frame each, with features of invented identities.

    A box continues the identity of the box of the frame before that it overlaps most, if by 0.5 and
    if no other box has taken it; otherwise somebody new appears, of a random direction.
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
    noise = rng.normal(0, NOISE / np.sqrt(DIMENSIONS), directions.shape)
    return _unit(directions + noise).astype(np.float32)


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
