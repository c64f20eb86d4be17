"""The block filters of :mod:`tracker.kalman`, one track at a time.

The state of all tracks is one array (T, 4, 5): of each track four coordinates, xysr for SORT and
xyah for DeepSORT, and of each of these position, velocity, p00, p01, p11. Operations come in the
same order as there, so the numbers are the same to the last bit. Elements are named in full: a view
of a row would be counted as a reference whenever it is made.
"""

import numpy as np

from ..kalman import POSITION_WEIGHT, VELOCITY_WEIGHT
from .build import kernel

POSITION, VELOCITY, P00, P01, P11 = range(5)

# Variances of SORT's filter, of x, y, s and r; those of DeepSORT's follow the height.
START_VELOCITY_XYSR = (1e4, 1e4, 1e4, 0.0)
VELOCITY_NOISE_XYSR = (1e-2, 1e-2, 1e-4, 0.0)
MEASUREMENT_NOISE_XYSR = (1.0, 1.0, 10.0, 10.0)


@kernel
def predict(state, track, c, position_variance, velocity_variance):
    """Advance coordinate c by one frame, with these variances of the process noise."""
    state[track, c, POSITION] += state[track, c, VELOCITY]
    state[track, c, P00] += 2 * state[track, c, P01] + state[track, c, P11] + position_variance
    state[track, c, P01] += state[track, c, P11]
    state[track, c, P11] += velocity_variance


@kernel
def correct(state, track, c, measured, noise):
    """Correct coordinate c by its measurement, with this variance of the measurement noise."""
    p00, p01 = state[track, c, P00], state[track, c, P01]
    scale = p00 + noise
    gain0, gain1 = p00 / scale, p01 / scale
    residual = measured - state[track, c, POSITION]
    state[track, c, POSITION] += gain0 * residual
    state[track, c, VELOCITY] += gain1 * residual
    state[track, c, P00] = gain0 * noise
    state[track, c, P01] = gain1 * noise
    state[track, c, P11] -= gain1 * p01


@kernel
def start(state, track, c, measured, position_variance, velocity_variance):
    """Start coordinate c at rest at its measurement, with these initial variances."""
    state[track, c, POSITION], state[track, c, VELOCITY] = measured, 0.0
    state[track, c, P00], state[track, c, P11] = position_variance, velocity_variance
    state[track, c, P01] = 0.0


@kernel
def predict_xysr(state, track):
    """Advance a track of SORT; an area about to vanish stops shrinking first."""
    if state[track, 2, POSITION] + state[track, 2, VELOCITY] <= 0:
        state[track, 2, VELOCITY] = 0.0
    for coordinate in range(4):
        predict(state, track, coordinate, 1.0, VELOCITY_NOISE_XYSR[coordinate])


@kernel
def correct_xysr(state, track, boxes_tlwh, row):
    """Correct a track of SORT by a row of boxes (., 4)."""
    left, top = boxes_tlwh[row, 0], boxes_tlwh[row, 1]
    width, height = boxes_tlwh[row, 2], boxes_tlwh[row, 3]
    measured = (left + width / 2, top + height / 2, width * height, width / height)
    for coordinate in range(4):
        correct(state, track, coordinate, measured[coordinate], MEASUREMENT_NOISE_XYSR[coordinate])


@kernel
def start_xysr(state, track, boxes_tlwh, row):
    """Start a track of SORT at a row of boxes (., 4)."""
    left, top = boxes_tlwh[row, 0], boxes_tlwh[row, 1]
    width, height = boxes_tlwh[row, 2], boxes_tlwh[row, 3]
    measured = (left + width / 2, top + height / 2, width * height, width / height)
    for coordinate in range(4):
        start(state, track, coordinate, measured[coordinate], 10.0, START_VELOCITY_XYSR[coordinate])


@kernel
def box_from_xysr(state, track, boxes_tlwh, row):
    """Write the estimate of a track of SORT into a row of boxes (., 4)."""
    area = state[track, 2, POSITION]
    width = np.sqrt(area * state[track, 3, POSITION])
    height = area / width
    boxes_tlwh[row, 0] = state[track, 0, POSITION] - width / 2
    boxes_tlwh[row, 1] = state[track, 1, POSITION] - height / 2
    boxes_tlwh[row, 2], boxes_tlwh[row, 3] = width, height


@kernel
def predict_xyah(state, track):
    """Advance a track of DeepSORT, with the process noise of the height before the step."""
    height = state[track, 3, POSITION]
    for coordinate in range(4):
        is_ratio = coordinate == 2
        position_variance = 1e-2**2 if is_ratio else (POSITION_WEIGHT * height) ** 2
        velocity_variance = 1e-5**2 if is_ratio else (VELOCITY_WEIGHT * height) ** 2
        predict(state, track, coordinate, position_variance, velocity_variance)


@kernel
def correct_xyah(state, track, boxes_tlwh, row):
    """Correct a track of DeepSORT by a row of boxes (., 4)."""
    left, top = boxes_tlwh[row, 0], boxes_tlwh[row, 1]
    width, height = boxes_tlwh[row, 2], boxes_tlwh[row, 3]
    measured = (left + width / 2, top + height / 2, width / height, height)
    height = state[track, 3, POSITION]
    for coordinate in range(4):
        noise = 1e-1**2 if coordinate == 2 else (POSITION_WEIGHT * height) ** 2
        correct(state, track, coordinate, measured[coordinate], noise)


@kernel
def start_xyah(state, track, boxes_tlwh, row):
    """Start a track of DeepSORT at a row of boxes (., 4)."""
    left, top = boxes_tlwh[row, 0], boxes_tlwh[row, 1]
    width, height = boxes_tlwh[row, 2], boxes_tlwh[row, 3]
    measured = (left + width / 2, top + height / 2, width / height, height)
    for coordinate in range(4):
        is_ratio = coordinate == 2
        position_variance = 1e-2**2 if is_ratio else (2 * POSITION_WEIGHT * height) ** 2
        velocity_variance = 1e-5**2 if is_ratio else (10 * VELOCITY_WEIGHT * height) ** 2
        start(state, track, coordinate, measured[coordinate], position_variance, velocity_variance)


@kernel
def box_from_xyah(state, track, boxes_tlwh, row):
    """Write the estimate of a track of DeepSORT into a row of boxes (., 4)."""
    height = state[track, 3, POSITION]
    width = state[track, 2, POSITION] * height
    boxes_tlwh[row, 0] = state[track, 0, POSITION] - width / 2
    boxes_tlwh[row, 1] = state[track, 1, POSITION] - height / 2
    boxes_tlwh[row, 2], boxes_tlwh[row, 3] = width, height


@kernel
def innovation_xyah(state, track, coordinate):
    """The variance of a measurement of a track of DeepSORT about its position."""
    height = state[track, 3, POSITION]
    noise = 1e-1**2 if coordinate == 2 else (POSITION_WEIGHT * height) ** 2
    return state[track, coordinate, P00] + noise
