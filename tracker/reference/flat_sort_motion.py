"""FlatSORT's Kalman filter of all tracks, which can also move them with the picture."""

from ..arrays import Floats, Rows
from ..boxes import tlwh_to_xywh, xywh_to_tlwh
from ..camera_movement import CameraMovement
from ..constants import (
    FLAT_POSITION_WEIGHT,
    FLAT_START_POSITION_WEIGHT,
    FLAT_START_VELOCITY_WEIGHT,
    FLAT_VELOCITY_WEIGHT,
)
from .kalman import BlockMotion
from .movement import Movement


class FlatSortMotion(BlockMotion):
    """FlatSORT's filter on xywh and their velocities, with the noises of BoT-SORT.

    All uncertainties are proportional to the box: those of x and w to the width, those of y and h
    to the height. Boxes in other units therefore give the same tracks.
    """

    def hold_height(self, rows: Rows) -> None:
        """Set the height velocity of tracks `rows` (an index or a mask) to zero.

        A person who disappears behind another loses height fast in the last boxes. The box of a
        lost track would shrink on and find nobody.
        """
        self._state[1, rows, 3] = 0.0

    def shift(self, by: Floats) -> None:
        """Move all tracks by a vector (2,), in pixels."""
        self._state[0, :, :2] += by

    def centres(self) -> Floats:
        """Return a copy of the centres (T, 2) of all tracks."""
        return self._state[0, :, :2].copy()

    def transform(self, movement: CameraMovement) -> None:
        """Move all tracks by a measured movement. Velocities and uncertainties stay."""
        position = self._state[0]
        x, y = self.centres().T
        for axis, (from_x, from_y, shift) in enumerate(movement.matrix):
            position[:, axis] = from_x * x + from_y * y + shift
        position[:, 2:] *= movement.scale

    def warp(self, movement: Movement) -> None:
        """Move all tracks with the picture. Velocities and uncertainties stay."""
        position = self._state[0]
        position[:, :2] = movement.moved(position[:, :2])
        position[:, 2:] *= movement.scale

    def _measure(self, boxes_tlwh: Floats) -> Floats:
        return tlwh_to_xywh(boxes_tlwh)

    def _box(self, position: Floats) -> Floats:
        return xywh_to_tlwh(position)

    def _initial_variances(self, measured: Floats) -> tuple[Floats, Floats]:
        return (
            _side_scaled(measured, FLAT_START_POSITION_WEIGHT),
            _side_scaled(measured, FLAT_START_VELOCITY_WEIGHT),
        )

    def _process_variances(self, position: Floats) -> tuple[Floats, Floats]:
        return (
            _side_scaled(position, FLAT_POSITION_WEIGHT),
            _side_scaled(position, FLAT_VELOCITY_WEIGHT),
        )

    def _measurement_variances(self, position: Floats) -> Floats:
        return _side_scaled(position, FLAT_POSITION_WEIGHT)


def _side_scaled(boxes_xywh: Floats, weight: float) -> Floats:
    """Return variances (N, 4): (weight * width)^2 for x and w, (weight * height)^2 for y and h."""
    return (weight * boxes_xywh[:, [2, 3, 2, 3]]) ** 2
