"""The contract of a motion model. A tracker's argument ``motion`` is a function that makes one.

The built-in models are in :mod:`tracker.reference.kalman`. :mod:`tracker.filterpy_motion` makes a
model from any filter of filterpy.
"""

from typing import Protocol

from .arrays import Floats, Ints, Rows


class MotionModel(Protocol):
    """The motion of all tracks. Row t of every array belongs to track t.

    Boxes are left, top, width, height in pixels.
    """

    def __len__(self) -> int:
        """Return the number of tracks."""

    def append(self, boxes_tlwh: Floats) -> None:
        """Start one track per box (N, 4), at rest, after the existing rows."""

    def predict(self) -> None:
        """Advance every track by one frame."""

    def update(self, rows: Ints, boxes_tlwh: Floats) -> None:
        """Correct the distinct tracks `rows` (K,) by the boxes (K, 4) measured for them."""

    def keep(self, rows: Rows) -> None:
        """Forget all tracks but `rows` (an index or a mask), in the order of `rows`."""

    def boxes_tlwh(self) -> Floats:
        """Return the current estimates, (T, 4)."""

    def gating_distance(self, rows: Ints, boxes_tlwh: Floats) -> Floats:
        """Return squared Mahalanobis distances (len(rows), N) of boxes (N, 4) from the tracks.

        They are measured in the model's own measurement space. The covariance is that of the
        innovation: the projected state plus the measurement noise. For a true match the distance
        therefore follows a chi-square distribution with 4 degrees of freedom.
        """
