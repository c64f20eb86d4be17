"""The contract of the code that runs inside a tracker.

Each tracker has two engines: the readable one in :mod:`tracker.reference`, on NumPy arrays, and the
fast one in :mod:`tracker.compiled`, compiled by numba. Both give the same tracks. A tracker builds
one of them: the compiled engine where numba is installed and the caller gives no motion model of
their own, the reference engine otherwise.
"""

from typing import Protocol

import numpy as np

from .camera_movement import CameraMovement
from .detections import Detections
from .tracks import Tracks


class Engine(Protocol):
    """The state of a tracker between two resets; a reset builds a new engine.

    Attributes:
        dropped: Invalid boxes ignored so far.
    """

    dropped: int

    def update(self, detections: Detections, frame: np.ndarray | None = None) -> Tracks:
        """Advance by one frame.

        Args:
            detections: All detections of the frame.
            frame: (H, W, 3) uint8 BGR, for the descriptor; None where no descriptor needs it.

        Returns:
            The tracks to report for this frame, by ascending id.
        """


class CameraEngine(Engine, Protocol):
    """The engine of a tracker that follows a moving camera."""

    def update(
        self,
        detections: Detections,
        frame: np.ndarray | None = None,
        movement: CameraMovement | None = None,
    ) -> Tracks:
        """Advance by one frame; movement is the camera's since the last update, if measured."""
