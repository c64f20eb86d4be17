"""A motion model made of filterpy filters, one object a track.

It shows how any filterpy filter plugs in, and is the oracle of the block filters in
tracker.kalman: the same models written with the full matrices.

    DeepSort(motion=partial(FilterpyMotion, deepsort_filter))
"""

from collections.abc import Callable
from typing import Protocol

import numpy as np
from filterpy.kalman import KalmanFilter

from .boxes import tlwh_to_xyah, tlwh_to_xysr, xyah_to_tlwh, xysr_to_tlwh
from .kalman import POSITION_WEIGHT, VELOCITY_WEIGHT


class BoxFilter(Protocol):
    """A filterpy filter of one box: x, P, H, R, predict() and update(z), and these two."""

    def measure(self, boxes_tlwh: np.ndarray) -> np.ndarray:
        """Boxes (..., 4) in the filter's measurement space."""

    def box_tlwh(self) -> np.ndarray:
        """(4,) current estimate, left, top, width, height in pixels."""


class FilterpyMotion:
    """:class:`tracker.kalman.MotionModel` over a list of filters.

    Args:
        create: Makes the filter of a track from its first box (4,), tlwh in pixels;
            :func:`deepsort_filter`, :func:`sort_filter` or your own.
    """

    def __init__(self, create: Callable[[np.ndarray], BoxFilter]) -> None:
        self._create = create
        self._filters: list[BoxFilter] = []

    def __len__(self) -> int:
        return len(self._filters)

    def append(self, boxes_tlwh: np.ndarray) -> None:
        """Start one filter a box (N, 4)."""
        self._filters.extend(self._create(box_tlwh) for box_tlwh in boxes_tlwh)

    def predict(self) -> None:
        """Advance every filter by one frame."""
        for box_filter in self._filters:
            box_filter.predict()

    def update(self, rows: np.ndarray, boxes_tlwh: np.ndarray) -> None:
        """Correct the filters `rows` (K,) by the boxes (K, 4)."""
        for row, box_tlwh in zip(rows, boxes_tlwh, strict=True):
            box_filter = self._filters[row]
            box_filter.update(box_filter.measure(box_tlwh)[:, None])

    def keep(self, rows: np.ndarray) -> None:
        """Forget all filters but `rows` (an index or a mask), in its order."""
        self._filters = [self._filters[row] for row in np.arange(len(self))[rows]]

    def boxes_tlwh(self) -> np.ndarray:
        """(T, 4) current estimates, left, top, width, height in pixels."""
        return np.array([each.box_tlwh() for each in self._filters]).reshape(-1, 4)

    def gating_distance(self, rows: np.ndarray, boxes_tlwh: np.ndarray) -> np.ndarray:
        """(len(rows), N) squared Mahalanobis distances in the filter's measurement space."""
        distances = np.empty((len(rows), len(boxes_tlwh)))
        for out, row in zip(distances, rows, strict=True):
            box_filter = self._filters[row]
            covariance = box_filter.H @ box_filter.P @ box_filter.H.T + box_filter.R
            residuals = box_filter.measure(boxes_tlwh).T - box_filter.H @ box_filter.x
            out[:] = (residuals * np.linalg.solve(covariance, residuals)).sum(axis=0)
        return distances


def deepsort_filter(box_tlwh: np.ndarray) -> "DeepSortFilter":
    """nwojke/deep_sort's filter, started at a box (4,)."""
    return DeepSortFilter(box_tlwh)


def sort_filter(box_tlwh: np.ndarray) -> "SortFilter":
    """abewley/sort's filter, started at a box (4,)."""
    return SortFilter(box_tlwh)


class DeepSortFilter(KalmanFilter):
    """Constant velocity on (cx, cy, a, h); both noises follow the box height."""

    def __init__(self, box_tlwh: np.ndarray) -> None:
        super().__init__(dim_x=8, dim_z=4)
        self.x[:4, 0] = self.measure(box_tlwh)
        self.F = np.eye(8) + np.eye(8, k=4)
        self.H = np.eye(4, 8)
        self.P = self._noise(2 * POSITION_WEIGHT, 1e-2, 10 * VELOCITY_WEIGHT, 1e-5)
        self._follow_height()

    def predict(self) -> None:
        """Advance by one frame, with the process noise of the height before the step."""
        self.Q = self._noise(POSITION_WEIGHT, 1e-2, VELOCITY_WEIGHT, 1e-5)
        super().predict()
        self._follow_height()

    def update(self, z: np.ndarray) -> None:
        """Correct by a measurement (4, 1), with the noise of the predicted height."""
        super().update(z)
        self._follow_height()

    def measure(self, boxes_tlwh: np.ndarray) -> np.ndarray:
        """Boxes (..., 4) as (cx, cy, a, h)."""
        return tlwh_to_xyah(boxes_tlwh)

    def box_tlwh(self) -> np.ndarray:
        """(4,) current estimate, left, top, width, height in pixels."""
        return xyah_to_tlwh(self.x[:4, 0])

    def _follow_height(self) -> None:
        self.R = self._noise(POSITION_WEIGHT, 1e-1, 0.0, 0.0)[:4, :4]

    def _noise(
        self, position: float, aspect: float, velocity: float, aspect_velocity: float
    ) -> np.ndarray:
        height = self.x[3, 0]
        deviations = [position * height] * 4 + [velocity * height] * 4
        deviations[2], deviations[6] = aspect, aspect_velocity
        return np.diag(np.square(deviations))


class SortFilter(KalmanFilter):
    """Constant velocity on (x, y, s) and a constant ratio r; all noises are constant."""

    def __init__(self, box_tlwh: np.ndarray) -> None:
        super().__init__(dim_x=7, dim_z=4)
        self.x[:4, 0] = self.measure(box_tlwh)
        self.F = np.eye(7) + np.eye(7, k=4)
        self.H = np.eye(4, 7)
        self.P = np.diag([10.0] * 4 + [1e4] * 3)
        self.Q = np.diag([1.0] * 4 + [1e-2, 1e-2, 1e-4])
        self.R = np.diag([1.0, 1.0, 10.0, 10.0])

    def predict(self) -> None:
        """Advance by one frame; an area about to vanish stops shrinking first."""
        if self.x[2, 0] + self.x[6, 0] <= 0:
            self.x[6, 0] = 0.0
        super().predict()

    def measure(self, boxes_tlwh: np.ndarray) -> np.ndarray:
        """Boxes (..., 4) as (x, y, s, r)."""
        return tlwh_to_xysr(boxes_tlwh)

    def box_tlwh(self) -> np.ndarray:
        """(4,) current estimate, left, top, width, height in pixels."""
        return xysr_to_tlwh(self.x[:4, 0])
