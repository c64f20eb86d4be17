"""What all people of a video share: the clock, the camera's way, and the extent of the scene."""

import numpy as np

from ..arrays import Floats


class Scene:
    """Clock, camera and extent of one video.

    Args:
        frame_rate: Frames per second.

    Attributes:
        frame: Number of the present frame, from 1; 0 before the first one.
        camera: (2,) the camera's way since the first frame, in pixels.
    """

    def __init__(self, frame_rate: float) -> None:
        self._frame_rate = frame_rate
        self._corners = np.array([np.inf, np.inf, -np.inf, -np.inf])
        self.frame = 0
        self.camera = np.zeros(2)

    @property
    def area(self) -> float:
        """Area in square pixels that all boxes so far span."""
        return float((self._corners[2:] - self._corners[:2]).prod())

    def widths_from_side(self, box_tlwh: Floats) -> float:
        """Return the distance of a box (4,) from the nearer side of the scene, in box widths."""
        left, width = box_tlwh[0], box_tlwh[2]
        gap = min(left - self._corners[0], self._corners[2] - left - width)
        return float(gap / width)

    def start_frame(self, boxes_tlwh: Floats) -> None:
        """Go on to the next frame, which has these boxes (N, 4)."""
        self.frame += 1
        if len(boxes_tlwh):
            ends = boxes_tlwh[:, :2] + boxes_tlwh[:, 2:]
            self._corners[:2] = np.minimum(self._corners[:2], boxes_tlwh[:, :2].min(axis=0))
            self._corners[2:] = np.maximum(self._corners[2:], ends.max(axis=0))

    def move_camera(self, by: Floats) -> None:
        """Note that the picture has moved by a vector (2,), in pixels."""
        self.camera = self.camera + by

    def frames(self, seconds: float) -> int:
        """Return the number of frames in some seconds, at least 1."""
        return max(1, round(seconds * self._frame_rate))

    def seconds_since(self, frame: int) -> float:
        """Return the seconds since a frame."""
        return (self.frame - frame) / self._frame_rate

    def is_time_for(self, interval_s: float) -> bool:
        """Return whether work that is done at intervals is due in this frame."""
        return self.frame % self.frames(interval_s) == 0
