"""A motion model made of filterpy filters, one filter per track.

Any filter of filterpy can be plugged in like this. The two filters below are the built-in models of
:mod:`tracker.reference.kalman`, written with the full matrices; the tests compare both.

    DeepSort(motion=partial(FilterpyMotion, deepsort_filter))
"""

from collections.abc import Callable
from typing import Protocol

import numpy as np
from filterpy.kalman import KalmanFilter

from .arrays import Floats, Ints, Rows
from .boxes import tlwh_to_xyah, tlwh_to_xysr, xyah_to_tlwh, xysr_to_tlwh
from .constants import (
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


class BoxFilter(Protocol):
    """A filterpy filter of one box.

    Two more methods convert boxes to and from its state.

    Attributes:
        x: (S, 1) state.
        P: (S, S) covariance of the state.
        H: (M, S) measurement function.
        R: (M, M) covariance of the measurement noise.
    """

    x: Floats
    P: Floats
    H: Floats
    R: Floats

    def predict(self) -> None:
        """Advance by one frame."""

    def update(self, z: Floats) -> None:
        """Correct by a measurement (M, 1)."""

    def measure(self, boxes_tlwh: Floats) -> Floats:
        """Convert boxes (..., 4) to the filter's measurement space."""

    def box_tlwh(self) -> Floats:
        """Return the current estimate (4,): left, top, width, height in pixels."""


class FilterpyMotion:
    """A :class:`tracker.MotionModel` over a list of filters.

    Args:
        create: Makes the filter of a track from the track's first box (4,), tlwh in pixels:
            :func:`deepsort_filter`, :func:`sort_filter` or your own.
    """

    def __init__(self, create: Callable[[Floats], BoxFilter]) -> None:
        self._create = create
        self._filters: list[BoxFilter] = []

    def __len__(self) -> int:
        return len(self._filters)

    def append(self, boxes_tlwh: Floats) -> None:
        """Start one filter per box (N, 4)."""
        self._filters.extend(self._create(box_tlwh) for box_tlwh in boxes_tlwh)

    def predict(self) -> None:
        """Advance every filter by one frame."""
        for box_filter in self._filters:
            box_filter.predict()

    def update(self, rows: Ints, boxes_tlwh: Floats) -> None:
        """Correct the filters `rows` (K,) by the boxes (K, 4)."""
        for row, box_tlwh in zip(rows, boxes_tlwh, strict=True):
            box_filter = self._filters[row]
            box_filter.update(box_filter.measure(box_tlwh)[:, None])

    def keep(self, rows: Rows) -> None:
        """Forget all filters but `rows` (an index or a mask), in the order of `rows`."""
        self._filters = [self._filters[row] for row in np.arange(len(self))[rows]]

    def boxes_tlwh(self) -> Floats:
        """Return the current estimates (T, 4): left, top, width, height in pixels."""
        return np.array([each.box_tlwh() for each in self._filters]).reshape(-1, 4)

    def gating_distance(self, rows: Ints, boxes_tlwh: Floats) -> Floats:
        """Return squared Mahalanobis distances (len(rows), N) in the filter's measurement space."""
        distances = np.empty((len(rows), len(boxes_tlwh)))
        for out, row in zip(distances, rows, strict=True):
            box_filter = self._filters[row]
            covariance = box_filter.H @ box_filter.P @ box_filter.H.T + box_filter.R
            residuals = box_filter.measure(boxes_tlwh).T - box_filter.H @ box_filter.x
            out[:] = (residuals * np.linalg.solve(covariance, residuals)).sum(axis=0)
        return distances


def deepsort_filter(box_tlwh: Floats) -> "DeepSortFilter":
    """Start nwojke/deep_sort's filter at a box (4,)."""
    return DeepSortFilter(box_tlwh)


def sort_filter(box_tlwh: Floats) -> "SortFilter":
    """Start abewley/sort's filter at a box (4,)."""
    return SortFilter(box_tlwh)


class DeepSortFilter(KalmanFilter):  # type: ignore[misc]  # filterpy has no types
    """Constant velocity on centre x, centre y, aspect ratio and height.

    The process noise and the measurement noise follow the box height.
    """

    def __init__(self, box_tlwh: Floats) -> None:
        super().__init__(dim_x=8, dim_z=4)
        self.x[:4, 0] = self.measure(box_tlwh)
        self.F = np.eye(8) + np.eye(8, k=4)
        self.H = np.eye(4, 8)
        self.P = self._variances(
            START_POSITION_WEIGHT, ASPECT_VARIANCE, START_VELOCITY_WEIGHT, ASPECT_VELOCITY_VARIANCE
        )
        self._follow_height()

    def predict(self) -> None:
        """Advance by one frame, with the process noise of the height before the step."""
        self.Q = self._variances(
            POSITION_WEIGHT, ASPECT_VARIANCE, VELOCITY_WEIGHT, ASPECT_VELOCITY_VARIANCE
        )
        super().predict()
        self._follow_height()

    def update(self, z: Floats) -> None:
        """Correct by a measurement (4, 1), with the noise of the predicted height."""
        super().update(z)
        self._follow_height()

    def measure(self, boxes_tlwh: Floats) -> Floats:
        """Convert boxes (..., 4) to xyah."""
        return tlwh_to_xyah(boxes_tlwh)

    def box_tlwh(self) -> Floats:
        """Return the current estimate (4,): left, top, width, height in pixels."""
        return xyah_to_tlwh(self.x[:4, 0])

    def _follow_height(self) -> None:
        self.R = self._variances(POSITION_WEIGHT, ASPECT_MEASUREMENT_VARIANCE, 0.0, 0.0)[:4, :4]

    def _variances(
        self, position: float, aspect: float, velocity: float, aspect_velocity: float
    ) -> Floats:
        """Return a diagonal covariance (8, 8).

        Args:
            position: Weight of the position: a standard deviation as a fraction of the height.
            aspect: Variance of the aspect ratio.
            velocity: Weight of the velocity.
            aspect_velocity: Variance of the aspect ratio's velocity.
        """
        height = self.x[3, 0]
        variances = np.square([position * height] * 4 + [velocity * height] * 4)
        variances[2], variances[6] = aspect, aspect_velocity
        return np.diag(variances)


class SortFilter(KalmanFilter):  # type: ignore[misc]  # filterpy has no types
    """Constant velocity on centre x, centre y and area, and a constant aspect ratio.

    All noises are constant.
    """

    def __init__(self, box_tlwh: Floats) -> None:
        super().__init__(dim_x=7, dim_z=4)
        self.x[:4, 0] = self.measure(box_tlwh)
        self.F = np.eye(7) + np.eye(7, k=4)
        self.H = np.eye(4, 7)
        self.P = np.diag([*SORT_START_POSITION_VARIANCES, *SORT_START_VELOCITY_VARIANCES[:3]])
        self.Q = np.diag([*SORT_POSITION_NOISES, *SORT_VELOCITY_NOISES[:3]])
        self.R = np.diag(SORT_MEASUREMENT_NOISES)

    def predict(self) -> None:
        """Advance by one frame; an area that would vanish stops shrinking first."""
        if self.x[2, 0] + self.x[6, 0] <= 0:
            self.x[6, 0] = 0.0
        super().predict()

    def measure(self, boxes_tlwh: Floats) -> Floats:
        """Convert boxes (..., 4) to xysr."""
        return tlwh_to_xysr(boxes_tlwh)

    def box_tlwh(self) -> Floats:
        """Return the current estimate (4,): left, top, width, height in pixels."""
        return xysr_to_tlwh(self.x[:4, 0])
