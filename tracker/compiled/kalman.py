"""The block filters of :mod:`tracker.reference.kalman`, one track at a time.

One array (T, 4, 5) holds the state of all tracks. Each track has four coordinates, xysr for SORT,
xyah for DeepSORT and xywh for FlatSORT (see :mod:`tracker.compiled.flat_sort_motion`). Each
coordinate has position, velocity, p00, p01 and p11. The operations come in the same order as in the
readable form, so that the numbers agree to the last bit. The loops index the full array: a view of
one row would cost numba a reference count each time.
"""

import numpy as np

from ..arrays import Floats
from ..constants import (
    ASPECT_MEASUREMENT_VARIANCE,
    ASPECT_VARIANCE,
    ASPECT_VELOCITY_VARIANCE,
    POSITION_WEIGHT,
    SORT_MEASUREMENT_NOISES,
    SORT_POSITION_NOISES,
    SORT_START_POSITION_VARIANCES,
    SORT_START_VELOCITY_VARIANCES,
    SORT_VELOCITY_NOISES,
    START_POSITION_WEIGHT,
    START_VELOCITY_WEIGHT,
    VELOCITY_WEIGHT,
)
from .build import kernel

POSITION, VELOCITY, P00, P01, P11 = range(5)
"""Places of the five numbers of a coordinate."""


@kernel
def predict(
    state: Floats, track: int, c: int, position_variance: float, velocity_variance: float
) -> None:
    """Advance coordinate c by one frame, with these variances of the process noise."""
    state[track, c, POSITION] += state[track, c, VELOCITY]
    state[track, c, P00] += 2 * state[track, c, P01] + state[track, c, P11] + position_variance
    state[track, c, P01] += state[track, c, P11]
    state[track, c, P11] += velocity_variance


@kernel
def correct(state: Floats, track: int, c: int, measured: float, noise: float) -> None:
    """Correct coordinate c by its measurement, with this variance of the measurement noise."""
    p00, p01 = state[track, c, P00], state[track, c, P01]
    innovation = p00 + noise
    gain0, gain1 = p00 / innovation, p01 / innovation
    residual = measured - state[track, c, POSITION]
    state[track, c, POSITION] += gain0 * residual
    state[track, c, VELOCITY] += gain1 * residual
    state[track, c, P00] = gain0 * noise
    state[track, c, P01] = gain1 * noise
    state[track, c, P11] -= gain1 * p01


@kernel
def start(
    state: Floats,
    track: int,
    c: int,
    measured: float,
    position_variance: float,
    velocity_variance: float,
) -> None:
    """Start coordinate c at rest at its measurement, with these initial variances."""
    state[track, c, POSITION], state[track, c, VELOCITY] = measured, 0.0
    state[track, c, P00], state[track, c, P11] = position_variance, velocity_variance
    state[track, c, P01] = 0.0


@kernel
def predict_xysr(state: Floats, track: int) -> None:
    """Advance a track of SORT; an area that would vanish stops shrinking first."""
    if state[track, 2, POSITION] + state[track, 2, VELOCITY] <= 0:
        state[track, 2, VELOCITY] = 0.0
    for c in range(4):
        predict(state, track, c, SORT_POSITION_NOISES[c], SORT_VELOCITY_NOISES[c])


@kernel
def correct_xysr(state: Floats, track: int, boxes_tlwh: Floats, row: int) -> None:
    """Correct a track of SORT by a row of boxes (., 4)."""
    measured = measured_xysr(boxes_tlwh, row)
    for c in range(4):
        correct(state, track, c, measured[c], SORT_MEASUREMENT_NOISES[c])


@kernel
def start_xysr(state: Floats, track: int, boxes_tlwh: Floats, row: int) -> None:
    """Start a track of SORT at a row of boxes (., 4)."""
    measured = measured_xysr(boxes_tlwh, row)
    for c in range(4):
        position_variance = SORT_START_POSITION_VARIANCES[c]
        start(state, track, c, measured[c], position_variance, SORT_START_VELOCITY_VARIANCES[c])


@kernel
def measured_xysr(boxes_tlwh: Floats, row: int) -> tuple[float, float, float, float]:
    """Return a row of boxes (., 4) as xysr."""
    left, top = boxes_tlwh[row, 0], boxes_tlwh[row, 1]
    width, height = boxes_tlwh[row, 2], boxes_tlwh[row, 3]
    return left + width / 2, top + height / 2, width * height, width / height


@kernel
def box_from_xysr(state: Floats, track: int, boxes_tlwh: Floats, row: int) -> None:
    """Write the estimate of a track of SORT into a row of boxes (., 4)."""
    area = state[track, 2, POSITION]
    width = np.sqrt(area * state[track, 3, POSITION])
    height = area / width
    boxes_tlwh[row, 0] = state[track, 0, POSITION] - width / 2
    boxes_tlwh[row, 1] = state[track, 1, POSITION] - height / 2
    boxes_tlwh[row, 2], boxes_tlwh[row, 3] = width, height


@kernel
def predict_xyah(state: Floats, track: int) -> None:
    """Advance a track of DeepSORT, with the process noise of the height before the step."""
    height = state[track, 3, POSITION]
    for c in range(4):
        position_variance = variance_xyah(c, height, POSITION_WEIGHT, ASPECT_VARIANCE)
        velocity_variance = variance_xyah(c, height, VELOCITY_WEIGHT, ASPECT_VELOCITY_VARIANCE)
        predict(state, track, c, position_variance, velocity_variance)


@kernel
def correct_xyah(state: Floats, track: int, boxes_tlwh: Floats, row: int) -> None:
    """Correct a track of DeepSORT by a row of boxes (., 4)."""
    measured = measured_xyah(boxes_tlwh, row)
    # The noise follows the predicted height; the loop corrects the height last.
    height = state[track, 3, POSITION]
    for c in range(4):
        noise = variance_xyah(c, height, POSITION_WEIGHT, ASPECT_MEASUREMENT_VARIANCE)
        correct(state, track, c, measured[c], noise)


@kernel
def start_xyah(state: Floats, track: int, boxes_tlwh: Floats, row: int) -> None:
    """Start a track of DeepSORT at a row of boxes (., 4)."""
    measured = measured_xyah(boxes_tlwh, row)
    height = measured[3]
    for c in range(4):
        position_variance = variance_xyah(c, height, START_POSITION_WEIGHT, ASPECT_VARIANCE)
        velocity_variance = variance_xyah(
            c, height, START_VELOCITY_WEIGHT, ASPECT_VELOCITY_VARIANCE
        )
        start(state, track, c, measured[c], position_variance, velocity_variance)


@kernel
def measured_xyah(boxes_tlwh: Floats, row: int) -> tuple[float, float, float, float]:
    """Return a row of boxes (., 4) as xyah."""
    left, top = boxes_tlwh[row, 0], boxes_tlwh[row, 1]
    width, height = boxes_tlwh[row, 2], boxes_tlwh[row, 3]
    return left + width / 2, top + height / 2, width / height, height


@kernel
def variance_xyah(c: int, height: float, weight: float, aspect_variance: float) -> float:
    """Return the variance of coordinate c: (weight * height)^2, or that of the aspect ratio."""
    return aspect_variance if c == 2 else (weight * height) ** 2


@kernel
def box_from_xyah(state: Floats, track: int, boxes_tlwh: Floats, row: int) -> None:
    """Write the estimate of a track of DeepSORT into a row of boxes (., 4)."""
    height = state[track, 3, POSITION]
    width = state[track, 2, POSITION] * height
    boxes_tlwh[row, 0] = state[track, 0, POSITION] - width / 2
    boxes_tlwh[row, 1] = state[track, 1, POSITION] - height / 2
    boxes_tlwh[row, 2], boxes_tlwh[row, 3] = width, height


@kernel
def innovation_xyah(state: Floats, track: int, c: int) -> float:
    """Return the innovation variance of coordinate c: state variance plus measurement noise."""
    height = state[track, 3, POSITION]
    noise = variance_xyah(c, height, POSITION_WEIGHT, ASPECT_MEASUREMENT_VARIANCE)
    variance: float = state[track, c, P00]
    return variance + noise
