"""The contract of the code that runs inside a tracker.

Each tracker has two engines: the readable one in :mod:`tracker.reference`, on NumPy arrays, and the
fast one in :mod:`tracker.compiled`, compiled by numba. Both give the same tracks. A tracker builds
one of them: the compiled engine where numba is installed and the caller gives no motion model of
their own, the reference engine otherwise.
"""

from typing import Protocol

from .arrays import Floats, Ints, Picture
from .camera_movement import CameraMovement
from .detections import Detections
from .tracks import Tracks


class Engine(Protocol):
    """The state of a tracker between two resets; a reset builds a new engine."""

    @property
    def dropped(self) -> int:
        """Invalid boxes ignored so far."""

    def update(self, detections: Detections, frame: Picture | None = None) -> Tracks:
        """Advance by one frame.

        Args:
            detections: All detections of the frame.
            frame: (H, W, 3) uint8 BGR, for the descriptor; None where no descriptor needs it.

        Returns:
            The tracks to report for this frame, by ascending id.
        """


class FlatSortEngine(Engine, Protocol):
    """The state of FlatSORT's motion between two resets."""

    @property
    def ids(self) -> Ints:
        """The ids (T,) of the living tracks, ascending."""

    @property
    def camera_velocity(self) -> Floats:
        """The movement (2,) of the picture in the last frame, in pixels."""

    def update(
        self,
        detections: Detections,
        frame: Picture | None = None,
        movement: CameraMovement | None = None,
        evidence: Floats | None = None,
    ) -> Tracks:
        """Advance by one frame.

        Args:
            detections: N detections.
            frame: Ignored.
            movement: The camera's movement since the last update, if it was measured.
            evidence: (T, N) float64, for each living track and detection the evidence in nats that
                both show the same person; None stands for zeros.

        Returns:
            The confirmed tracks that were matched in this frame, by ascending id.
        """

    def missed(self) -> Tracks:
        """Return the confirmed tracks that were not matched in this frame, by ascending id.

        Their boxes are predicted.
        """

    def newborn(self) -> Tracks:
        """Return the tracks that started in this frame and are not confirmed, by ascending id."""

    def confirm(self, ids: Ints) -> None:
        """Confirm the living tracks of these ids."""

    def reserve_id(self) -> int:
        """Return an id that no track will have."""

    def forget(self, ids: Ints) -> None:
        """End the living tracks of these ids."""
