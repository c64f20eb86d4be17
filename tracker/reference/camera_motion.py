"""Tracks that follow a moving camera, known from the boxes, from a measurement, or from both."""

import numpy as np

from ..arrays import Floats, Ints
from ..camera_movement import CameraMovement
from ..constants import CAMERA_DECAY, CAMERA_PASSES
from .flat_sort_motion import FlatSortMotion
from .movement import estimate_movement, estimate_remainder, total


class CameraMotion:
    """The velocity of the picture, learned from pairs of a track and a detection.

    People who walk differ from each other; what the boxes of a frame have in common is the camera.

    Args:
        min_pairs: Fewest pairs from which a movement is estimated.
        sure_pairs: Fewest pairs from which a zoom is estimated.

    Attributes:
        velocity: (2,) pixels per frame.
    """

    def __init__(self, min_pairs: int, sure_pairs: int) -> None:
        self._min_pairs = min_pairs
        self._sure_pairs = sure_pairs
        self.velocity = np.zeros(2)

    def follow(self, motion: FlatSortMotion, recent: Ints, boxes_tlwh: Floats) -> None:
        """Move all tracks, the lost ones too, as the camera has moved since the last frame.

        Args:
            motion: The motion model of all tracks, after its prediction.
            recent: (R,) rows of the confirmed tracks seen in the last frame.
            boxes_tlwh: (N, 4) boxes of the sure detections.
        """
        motion.shift(self.velocity)
        for number in range(CAMERA_PASSES):
            movement = estimate_movement(
                motion.boxes_tlwh()[recent], boxes_tlwh, self._min_pairs, self._sure_pairs
            )
            if movement is not None:
                motion.warp(movement)
                self.velocity = self.velocity + movement.shift
            elif number == 0:
                self.velocity = self.velocity * CAMERA_DECAY
                return

    def follow_measured(
        self,
        motion: FlatSortMotion,
        recent: Ints,
        boxes_tlwh: Floats,
        movement: CameraMovement,
    ) -> None:
        """Move all tracks as measured, and by the boxes' share of the remainder.

        Args:
            motion: The motion model of all tracks, after its prediction.
            recent: (R,) rows of the confirmed tracks seen in the last frame.
            boxes_tlwh: (N, 4) boxes of the sure detections; none to leave the boxes out.
            movement: The measured movement.
        """
        before = motion.centres()
        motion.transform(movement)
        remainder = estimate_remainder(
            motion.boxes_tlwh()[recent],
            boxes_tlwh,
            self._min_pairs,
            self._sure_pairs,
            movement.uncertainty,
        )
        if remainder is not None:
            motion.warp(remainder)
        # A frame without a measurement starts with this shift, as after an estimate from boxes.
        steps = motion.centres() - before
        self.velocity = total(steps) / len(steps) if len(steps) else np.zeros(2)
