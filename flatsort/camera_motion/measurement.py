"""The interface of everything that measures how the camera moves."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from flatsort.sources.source import Frame
from flatsort.tracker import CameraMovement

STILL = CameraMovement(np.eye(2, 3), uncertainty=1.0)
"""No movement, for the frames that a run inserts in a gap: the measurement after the gap spans all
of it. These frames have no boxes, so the uncertainty has no effect."""


class CameraMeasurement(Protocol):
    """Measures the camera's movement in one frame after the other.

    Attributes:
        needs_images: whether the frames must have images.
    """

    needs_images: bool

    def __call__(self, frame: Frame, boxes_tlwh: NDArray[np.float64]) -> CameraMovement | None:
        """Return the movement since the frame of the last call.

        Args:
            frame: the frame.
            boxes_tlwh: (N, 4) valid boxes of people in the frame, who move on their own.

        Returns:
            The movement; None in the first frame, and where nothing could be measured.

        Raises:
            InputError: the frame has no measurement, though it should have one.
        """
