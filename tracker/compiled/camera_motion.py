"""Tracks that follow a moving camera: :mod:`tracker.reference.camera_motion`, compiled."""

import numpy as np

from ..constants import CAMERA_DECAY, CAMERA_PASSES
from .build import kernel
from .flat_sort_motion import box_from_xywh
from .kalman import POSITION
from .movement import estimate_movement


@kernel
def follow_camera(state, count, velocity, recent, boxes_tlwh, min_pairs, sure_pairs):
    """Move all tracks as the camera has moved since the last frame.

    Args:
        state: (T, 4, 5) states of the tracks, after their prediction.
        count: Number of living tracks.
        velocity: (2,) float64, of the picture in pixels per frame; this function changes it.
        recent: (R,) int64, the confirmed tracks seen in the last frame.
        boxes_tlwh: (N, 4) boxes of the sure detections.
        min_pairs: Fewest pairs from which a movement is estimated.
        sure_pairs: Fewest pairs from which a zoom is estimated.
    """
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
                warp(state, track, 0, scale, centre_x, shift_x)
                warp(state, track, 1, scale, centre_y, shift_y)
                state[track, 2, POSITION] *= scale
                state[track, 3, POSITION] *= scale
            velocity[0] += shift_x
            velocity[1] += shift_y
        elif number == 0:
            velocity[0] *= CAMERA_DECAY
            velocity[1] *= CAMERA_DECAY
            return


@kernel
def warp(state, track, c, scale, centre, shift):
    """Move coordinate c of a track: see :meth:`tracker.reference.movement.Movement.moved`."""
    state[track, c, POSITION] = scale * (state[track, c, POSITION] - centre) + centre + shift
