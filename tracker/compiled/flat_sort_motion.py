"""FlatSORT's Kalman filter: :mod:`tracker.reference.flat_sort_motion`, compiled."""

from ..arrays import Floats
from ..constants import (
    FLAT_POSITION_WEIGHT,
    FLAT_START_POSITION_WEIGHT,
    FLAT_START_VELOCITY_WEIGHT,
    FLAT_VELOCITY_WEIGHT,
)
from .build import kernel
from .kalman import POSITION, VELOCITY, correct, predict, start


@kernel
def predict_xywh(state: Floats, track: int) -> None:
    """Advance a track of FlatSORT, with the process noise of the sides before the step."""
    width, height = state[track, 2, POSITION], state[track, 3, POSITION]
    for c in range(4):
        position_variance = variance_xywh(c, width, height, FLAT_POSITION_WEIGHT)
        velocity_variance = variance_xywh(c, width, height, FLAT_VELOCITY_WEIGHT)
        predict(state, track, c, position_variance, velocity_variance)


@kernel
def correct_xywh(state: Floats, track: int, boxes_tlwh: Floats, row: int) -> None:
    """Correct a track of FlatSORT by a row of boxes (., 4)."""
    measured = measured_xywh(boxes_tlwh, row)
    # The noise follows the predicted sides; the loop corrects the sides last.
    width, height = state[track, 2, POSITION], state[track, 3, POSITION]
    for c in range(4):
        noise = variance_xywh(c, width, height, FLAT_POSITION_WEIGHT)
        correct(state, track, c, measured[c], noise)


@kernel
def start_xywh(state: Floats, track: int, boxes_tlwh: Floats, row: int) -> None:
    """Start a track of FlatSORT at a row of boxes (., 4)."""
    measured = measured_xywh(boxes_tlwh, row)
    width, height = measured[2], measured[3]
    for c in range(4):
        position_variance = variance_xywh(c, width, height, FLAT_START_POSITION_WEIGHT)
        velocity_variance = variance_xywh(c, width, height, FLAT_START_VELOCITY_WEIGHT)
        start(state, track, c, measured[c], position_variance, velocity_variance)


@kernel
def measured_xywh(boxes_tlwh: Floats, row: int) -> tuple[float, float, float, float]:
    """Return a row of boxes (., 4) as xywh."""
    left, top = boxes_tlwh[row, 0], boxes_tlwh[row, 1]
    width, height = boxes_tlwh[row, 2], boxes_tlwh[row, 3]
    return left + width / 2, top + height / 2, width, height


@kernel
def variance_xywh(c: int, width: float, height: float, weight: float) -> float:
    """Return the variance of coordinate c: (weight * width)^2 or (weight * height)^2."""
    return (weight * (height if c % 2 else width)) ** 2


@kernel
def box_from_xywh(state: Floats, track: int, boxes_tlwh: Floats, row: int) -> None:
    """Write the estimate of a track of FlatSORT into a row of boxes (., 4)."""
    width, height = state[track, 2, POSITION], state[track, 3, POSITION]
    boxes_tlwh[row, 0] = state[track, 0, POSITION] - width / 2
    boxes_tlwh[row, 1] = state[track, 1, POSITION] - height / 2
    boxes_tlwh[row, 2], boxes_tlwh[row, 3] = width, height


@kernel
def hold_height_xywh(state: Floats, track: int) -> None:
    """Set the height velocity of a track of FlatSORT to zero."""
    state[track, 3, VELOCITY] = 0.0
