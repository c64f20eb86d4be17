"""Constant-velocity Kalman filters of all tracks at once, in closed form.

In the filters of SORT and DeepSORT each coordinate is coupled only with its own velocity, and the
initial covariance and the noises are diagonal. The 7x7 and 8x8 covariances therefore always consist
of 2x2 blocks, one per coordinate. Predict, update and gate are then scalar formulas on (T, 4)
arrays. They give the same numbers as the full matrices, without an inverse and without a loop over
tracks.
"""

from abc import ABC, abstractmethod

import numpy as np

from ..arrays import Floats, Ints, Rows
from ..boxes import tlwh_to_xyah, tlwh_to_xysr, xyah_to_tlwh, xysr_to_tlwh
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


class BlockMotion(ABC):
    """The filter in 2x2 blocks; subclasses choose the coordinates and the noises.

    The state of a coordinate is (position, velocity), with covariance [[p00, p01], [p01, p11]].
    """

    def __init__(self) -> None:
        # One array (5, T, 4) of position, velocity, p00, p01, p11. A birth or a death thus copies
        # one array and not five.
        self._state = np.empty((5, 0, 4))

    def __len__(self) -> int:
        return self._state.shape[1]

    def append(self, boxes_tlwh: Floats) -> None:
        """Start one track per box (N, 4), at rest: see :class:`tracker.MotionModel`."""
        measured = self._measure(boxes_tlwh)
        born = np.zeros((5, *measured.shape))
        born[0] = measured
        born[2], born[4] = self._initial_variances(measured)
        self._state = np.concatenate([self._state, born], axis=1)

    def predict(self) -> None:
        """Advance every track by one frame: x' = Fx, P' = FPF^T + Q with F = [[1, 1], [0, 1]]."""
        position, velocity, p00, p01, p11 = self._state
        # Upstream computes the process noise from the state before the step.
        q0, q1 = self._process_variances(position)
        position += velocity
        p00 += 2 * p01 + p11 + q0
        p01 += p11
        p11 += q1

    def update(self, rows: Ints, boxes_tlwh: Floats) -> None:
        """Correct tracks `rows` by boxes (K, 4): K = [p00, p01] / S, P' = P - K S K^T.

        S = p00 + R is the variance of the innovation.
        """
        position, velocity, p00, p01, p11 = self._state[:, rows]
        noise = self._measurement_variances(position)
        innovation = p00 + noise
        gain0, gain1 = p00 / innovation, p01 / innovation
        residual = self._measure(boxes_tlwh) - position
        self._state[:, rows] = (
            position + gain0 * residual,
            velocity + gain1 * residual,
            gain0 * noise,
            gain1 * noise,
            p11 - gain1 * p01,
        )

    def keep(self, rows: Rows) -> None:
        """Forget all tracks but `rows`: see :class:`tracker.MotionModel`."""
        self._state = self._state[:, rows]

    def boxes_tlwh(self) -> Floats:
        """Return the current estimates (T, 4): left, top, width, height in pixels."""
        return self._box(self._state[0])

    def gating_distance(self, rows: Ints, boxes_tlwh: Floats) -> Floats:
        """Return squared Mahalanobis distances (len(rows), N): see :class:`tracker.MotionModel`."""
        position, p00 = self._state[0, rows], self._state[2, rows]
        innovation = p00 + self._measurement_variances(position)
        residual = self._measure(boxes_tlwh)[None] - position[:, None]
        distances: Floats = np.einsum("tnc,tc->tn", residual**2, 1 / innovation)
        return distances

    @abstractmethod
    def _measure(self, boxes_tlwh: Floats) -> Floats:
        """Convert boxes (N, 4) to the filter's coordinates, (N, 4)."""

    @abstractmethod
    def _box(self, position: Floats) -> Floats:
        """Convert positions (T, 4) in the filter's coordinates to boxes tlwh, (T, 4)."""

    @abstractmethod
    def _initial_variances(self, measured: Floats) -> tuple[Floats, Floats]:
        """Return the variances of position and velocity of a new track, (N, 4) or (4,) each."""

    @abstractmethod
    def _process_variances(self, position: Floats) -> tuple[Floats, Floats]:
        """Return the variances that one step adds to position and velocity, (T, 4) or (4,) each."""

    @abstractmethod
    def _measurement_variances(self, position: Floats) -> Floats:
        """Return the variances of a measured position, (T, 4)."""


class DeepSortMotion(BlockMotion):
    """DeepSORT's filter on xyah and their velocities, with the noises of nwojke/deep_sort.

    The uncertainty of the aspect ratio is constant. All others are proportional to the box height.
    """

    def _measure(self, boxes_tlwh: Floats) -> Floats:
        return tlwh_to_xyah(boxes_tlwh)

    def _box(self, position: Floats) -> Floats:
        return xyah_to_tlwh(position)

    def _initial_variances(self, measured: Floats) -> tuple[Floats, Floats]:
        return (
            _height_scaled(measured, START_POSITION_WEIGHT, ASPECT_VARIANCE),
            _height_scaled(measured, START_VELOCITY_WEIGHT, ASPECT_VELOCITY_VARIANCE),
        )

    def _process_variances(self, position: Floats) -> tuple[Floats, Floats]:
        return (
            _height_scaled(position, POSITION_WEIGHT, ASPECT_VARIANCE),
            _height_scaled(position, VELOCITY_WEIGHT, ASPECT_VELOCITY_VARIANCE),
        )

    def _measurement_variances(self, position: Floats) -> Floats:
        return _height_scaled(position, POSITION_WEIGHT, ASPECT_MEASUREMENT_VARIANCE)


class SortMotion(BlockMotion):
    """SORT's filter on xysr and the velocities of x, y and s, with the noises of abewley/sort.

    The ratio r has no velocity. Its block is the general one: a velocity that starts at zero, with
    zero variance and zero noise, stays zero.
    """

    def predict(self) -> None:
        """Advance every track by one frame; an area that would vanish stops shrinking first."""
        area, area_velocity = self._state[0, :, 2], self._state[1, :, 2]
        area_velocity[area + area_velocity <= 0] = 0.0
        super().predict()

    def _measure(self, boxes_tlwh: Floats) -> Floats:
        return tlwh_to_xysr(boxes_tlwh)

    def _box(self, position: Floats) -> Floats:
        return xysr_to_tlwh(position)

    def _initial_variances(self, measured: Floats) -> tuple[Floats, Floats]:
        return (
            np.array(SORT_START_POSITION_VARIANCES),
            np.array(SORT_START_VELOCITY_VARIANCES),
        )

    def _process_variances(self, position: Floats) -> tuple[Floats, Floats]:
        return np.array(SORT_POSITION_NOISES), np.array(SORT_VELOCITY_NOISES)

    def _measurement_variances(self, position: Floats) -> Floats:
        return np.broadcast_to(SORT_MEASUREMENT_NOISES, position.shape)


def _height_scaled(boxes_xyah: Floats, weight: float, aspect_variance: float) -> Floats:
    """Return variances (N, 4): aspect_variance for the aspect ratio, else (weight * height)^2."""
    variances = np.repeat((weight * boxes_xyah[:, 3:]) ** 2, 4, axis=1)
    variances[:, 2] = aspect_variance
    return variances
