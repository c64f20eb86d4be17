"""Tracks that follow a moving camera: :mod:`tracker.reference.camera_motion`, compiled."""

import numpy as np

from ..arrays import Floats, Ints
from ..camera_movement import CameraMovement
from ..constants import CAMERA_DECAY, CAMERA_PASSES
from .build import kernel
from .flat_sort_motion import box_from_xywh
from .kalman import POSITION
from .movement import estimate_movement, estimate_remainder

NO_MEASUREMENT = np.empty(0)
"""The numbers of a frame without a measured movement."""


def measured_numbers(movement: CameraMovement | None) -> Floats:
    """Return a measured movement for the kernels: the matrix, the scale and the uncertainty."""
    if movement is None:
        return NO_MEASUREMENT
    return np.array([*movement.matrix.ravel(), movement.scale, movement.uncertainty])


@kernel
def follow_camera(
    state: Floats,
    count: int,
    velocity: Floats,
    recent: Ints,
    boxes_tlwh: Floats,
    uses_boxes: bool,
    min_pairs: int,
    sure_pairs: int,
    measured: Floats,
) -> None:
    """Move all tracks as the camera has moved since the last frame, as far as it is known.

    Args:
        state: (T, 4, 5) states of the tracks, after their prediction.
        count: Number of living tracks.
        velocity: (2,) float64, of the picture in pixels per frame; this function changes it.
        recent: (R,) int64, the confirmed tracks seen in the last frame.
        boxes_tlwh: (N, 4) boxes of the sure detections; none if the boxes are not used.
        uses_boxes: Whether the boxes are used.
        min_pairs: Fewest pairs from which a movement is estimated.
        sure_pairs: Fewest pairs from which a zoom is estimated.
        measured: (8,) float64, see :func:`measured_numbers`; none without a measurement.
    """
    if len(measured) > 0:
        follow_measured(state, count, velocity, recent, boxes_tlwh, min_pairs, sure_pairs, measured)
    elif uses_boxes:
        follow_boxes(state, count, velocity, recent, boxes_tlwh, min_pairs, sure_pairs)


@kernel
def follow_boxes(
    state: Floats,
    count: int,
    velocity: Floats,
    recent: Ints,
    boxes_tlwh: Floats,
    min_pairs: int,
    sure_pairs: int,
) -> None:
    """Move all tracks as the boxes show; arguments as for :func:`follow_camera`."""
    for track in range(count):
        state[track, 0, POSITION] += velocity[0]
        state[track, 1, POSITION] += velocity[1]
    predicted = np.empty((len(recent), 4))
    for number in range(CAMERA_PASSES):
        for row in range(len(recent)):
            box_from_xywh(state, recent[row], predicted, row)
        is_found, scale, centre_x, centre_y, shift_x, shift_y = estimate_movement(
            predicted, boxes_tlwh, min_pairs, sure_pairs
        )
        if is_found:
            for track in range(count):
                warp(state, track, scale, centre_x, centre_y, shift_x, shift_y)
            velocity[0] += shift_x
            velocity[1] += shift_y
        elif number == 0:
            velocity[0] *= CAMERA_DECAY
            velocity[1] *= CAMERA_DECAY
            return


@kernel
def follow_measured(
    state: Floats,
    count: int,
    velocity: Floats,
    recent: Ints,
    boxes_tlwh: Floats,
    min_pairs: int,
    sure_pairs: int,
    measured: Floats,
) -> None:
    """Move all tracks as measured, and by the boxes' share of the remainder; arguments as above."""
    before = np.empty((count, 2))
    for track in range(count):
        x, y = state[track, 0, POSITION], state[track, 1, POSITION]
        before[track, 0], before[track, 1] = x, y
        state[track, 0, POSITION] = measured[0] * x + measured[1] * y + measured[2]
        state[track, 1, POSITION] = measured[3] * x + measured[4] * y + measured[5]
        state[track, 2, POSITION] *= measured[6]
        state[track, 3, POSITION] *= measured[6]
    predicted = np.empty((len(recent), 4))
    for row in range(len(recent)):
        box_from_xywh(state, recent[row], predicted, row)
    is_found, scale, centre_x, centre_y, shift_x, shift_y = estimate_remainder(
        predicted, boxes_tlwh, min_pairs, sure_pairs, measured[7]
    )
    if is_found:
        for track in range(count):
            warp(state, track, scale, centre_x, centre_y, shift_x, shift_y)
    velocity[0] = velocity[1] = 0.0
    for track in range(count):
        velocity[0] += state[track, 0, POSITION] - before[track, 0]
        velocity[1] += state[track, 1, POSITION] - before[track, 1]
    if count > 0:
        velocity[0] /= count
        velocity[1] /= count


@kernel
def warp(
    state: Floats,
    track: int,
    scale: float,
    centre_x: float,
    centre_y: float,
    shift_x: float,
    shift_y: float,
) -> None:
    """Move a track: see :meth:`tracker.reference.flat_sort_motion.FlatSortMotion.warp`."""
    state[track, 0, POSITION] = scale * (state[track, 0, POSITION] - centre_x) + centre_x + shift_x
    state[track, 1, POSITION] = scale * (state[track, 1, POSITION] - centre_y) + centre_y + shift_y
    state[track, 2, POSITION] *= scale
    state[track, 3, POSITION] *= scale
