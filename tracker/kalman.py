"""Constant-velocity Kalman filters of all tracks at once, in closed form.

In the filters of SORT and DeepSORT each coordinate is coupled only with its own velocity, and the
initial covariance and the noises are diagonal. The 7x7 and 8x8 covariances therefore stay made of
2x2 blocks, one a coordinate, and predict, update and gate are scalar formulas on (T, 4) arrays:
the same numbers as the full matrices, without an inverse and without a loop over tracks.
"""

from abc import ABC, abstractmethod
from typing import Protocol

import numpy as np

from .boxes import tlwh_to_xyah, tlwh_to_xysr, xyah_to_tlwh, xysr_to_tlwh

# Standard deviations of DeepSORT's position and velocity, as fractions of the box height.
POSITION_WEIGHT = 1 / 20
VELOCITY_WEIGHT = 1 / 160

CHI2_95_4 = 9.4877
"""0.95 quantile of chi-square with 4 degrees of freedom: the gate on squared Mahalanobis."""


class MotionModel(Protocol):
    """The motion of all tracks; row t of every array belongs to track t. Boxes are tlwh pixels."""

    def __len__(self) -> int:
        """Number of tracks."""

    def append(self, boxes_tlwh: np.ndarray) -> None:
        """Start one track a box (N, 4), at rest, after the existing rows."""

    def predict(self) -> None:
        """Advance every track by one frame."""

    def update(self, rows: np.ndarray, boxes_tlwh: np.ndarray) -> None:
        """Correct the distinct tracks `rows` (K,) by the boxes (K, 4) measured for them."""

    def keep(self, rows: np.ndarray) -> None:
        """Forget all tracks but `rows` (an index or a mask), in its order."""

    def boxes_tlwh(self) -> np.ndarray:
        """(T, 4) current estimates."""

    def gating_distance(self, rows: np.ndarray, boxes_tlwh: np.ndarray) -> np.ndarray:
        """(len(rows), N) squared Mahalanobis distances of boxes (N, 4) in measurement space.

        The covariance is that of the innovation (projected state plus measurement noise), so for a
        true match the distance follows chi-square with 4 degrees of freedom.
        """


class BlockMotion(ABC):
    """The 2x2-block filter; subclasses choose the coordinates and the noises.

    Per coordinate the state is (position, velocity) with covariance [[p00, p01], [p01, p11]].
    """

    def __init__(self) -> None:
        # One stacked array, so that births and deaths are a single copy: (5, T, 4) in the order
        # position, velocity, p00, p01, p11.
        self._state = np.empty((5, 0, 4))

    def __len__(self) -> int:
        return self._state.shape[1]

    def append(self, boxes_tlwh: np.ndarray) -> None:
        """Start one track a box (N, 4), at rest: see :class:`MotionModel`."""
        measured = self._measure(boxes_tlwh)
        born = np.zeros((5, *measured.shape))
        born[0] = measured
        born[2], born[4] = self._initial_variances(measured)
        self._state = np.concatenate([self._state, born], axis=1)

    def predict(self) -> None:
        """Advance every track by one frame: x' = Fx, P' = FPF^T + Q with F = [[1, 1], [0, 1]]."""
        position, velocity, p00, p01, p11 = self._state
        # Upstream takes the process noise from the state before it moves.
        q0, q1 = self._process_variances(position)
        position += velocity
        p00 += 2 * p01 + p11 + q0
        p01 += p11
        p11 += q1

    def update(self, rows: np.ndarray, boxes_tlwh: np.ndarray) -> None:
        """Correct tracks `rows` by boxes (K, 4): K = [p00, p01] / S, P' = P - K S K^T."""
        position, velocity, p00, p01, p11 = self._state[:, rows]
        noise = self._measurement_variances(position)
        scale = p00 + noise
        gain0, gain1 = p00 / scale, p01 / scale
        residual = self._measure(boxes_tlwh) - position
        self._state[:, rows] = (
            position + gain0 * residual,
            velocity + gain1 * residual,
            gain0 * noise,
            gain1 * noise,
            p11 - gain1 * p01,
        )

    def keep(self, rows: np.ndarray) -> None:
        """Forget all tracks but `rows`: see :class:`MotionModel`."""
        self._state = self._state[:, rows]

    def boxes_tlwh(self) -> np.ndarray:
        """(T, 4) current estimates, left, top, width, height in pixels."""
        return self._box(self._state[0])

    def gating_distance(self, rows: np.ndarray, boxes_tlwh: np.ndarray) -> np.ndarray:
        """(len(rows), N) squared Mahalanobis distances: see :class:`MotionModel`."""
        position, p00 = self._state[0, rows], self._state[2, rows]
        scale = p00 + self._measurement_variances(position)
        residual = self._measure(boxes_tlwh)[None] - position[:, None]
        return np.einsum("tnc,tc->tn", residual**2, 1 / scale)

    @abstractmethod
    def _measure(self, boxes_tlwh: np.ndarray) -> np.ndarray:
        """Boxes (N, 4) in the filter's coordinates, (N, 4)."""

    @abstractmethod
    def _box(self, position: np.ndarray) -> np.ndarray:
        """Positions (T, 4) in the filter's coordinates as boxes tlwh, (T, 4)."""

    @abstractmethod
    def _initial_variances(self, measured: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of position and velocity at birth, (N, 4) or (4,) each."""

    @abstractmethod
    def _process_variances(self, position: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of position and velocity in one step, (T, 4) or (4,) each."""

    @abstractmethod
    def _measurement_variances(self, position: np.ndarray) -> np.ndarray:
        """Of a measured position, (T, 4)."""


class DeepSortMotion(BlockMotion):
    """DeepSORT's filter on (cx, cy, a, h) and their velocities, noises as nwojke/deep_sort's.

    Uncertainty scales with the box height, except for the aspect ratio's, which is constant.
    """

    def _measure(self, boxes_tlwh: np.ndarray) -> np.ndarray:
        return tlwh_to_xyah(boxes_tlwh)

    def _box(self, position: np.ndarray) -> np.ndarray:
        return xyah_to_tlwh(position)

    def _initial_variances(self, measured: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return (
            _height_scaled(measured, 2 * POSITION_WEIGHT, aspect=1e-2),
            _height_scaled(measured, 10 * VELOCITY_WEIGHT, aspect=1e-5),
        )

    def _process_variances(self, position: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return (
            _height_scaled(position, POSITION_WEIGHT, aspect=1e-2),
            _height_scaled(position, VELOCITY_WEIGHT, aspect=1e-5),
        )

    def _measurement_variances(self, position: np.ndarray) -> np.ndarray:
        return _height_scaled(position, POSITION_WEIGHT, aspect=1e-1)


class SortMotion(BlockMotion):
    """SORT's filter on (x, y, s, r) with velocities of x, y and s, noises as abewley/sort's.

    The ratio r has no velocity: a block whose velocity starts at zero with zero variance and zero
    noise never moves, so it needs no case of its own.
    """

    def predict(self) -> None:
        """Advance every track by one frame; an area about to vanish stops shrinking first."""
        area, area_velocity = self._state[0, :, 2], self._state[1, :, 2]
        area_velocity[area + area_velocity <= 0] = 0.0
        super().predict()

    def _measure(self, boxes_tlwh: np.ndarray) -> np.ndarray:
        return tlwh_to_xysr(boxes_tlwh)

    def _box(self, position: np.ndarray) -> np.ndarray:
        return xysr_to_tlwh(position)

    def _initial_variances(self, measured: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.full(4, 10.0), np.array([1e4, 1e4, 1e4, 0.0])

    def _process_variances(self, position: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.ones(4), np.array([1e-2, 1e-2, 1e-4, 0.0])

    def _measurement_variances(self, position: np.ndarray) -> np.ndarray:
        return np.broadcast_to([1.0, 1.0, 10.0, 10.0], position.shape)


def _height_scaled(boxes_xyah: np.ndarray, weight: float, aspect: float) -> np.ndarray:
    """(N, 4) variances: (weight * height)^2, and aspect^2 for the aspect ratio."""
    variances = np.repeat((weight * boxes_xyah[:, 3:]) ** 2, 4, axis=1)
    variances[:, 2] = aspect**2
    return variances
