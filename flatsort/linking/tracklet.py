"""A tracklet: a stretch of one track that shows one person, as far as the boxes tell."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from flatsort.files.mot_files import Rows

_ENDS_S = 0.5
"""Seconds at each end of a tracklet that give its place and velocity there."""
_VELOCITY_PRIOR = 6.0
"""Squared ratio of a box's jitter to a person's usual step per frame: it keeps the velocity of a
few jittery boxes near zero."""


@dataclass(frozen=True)
class End:
    """The start or the end of a tracklet.

    Attributes:
        frame: Number of its frame.
        place: (2,) middle of the box's upper edge, in pixels. Whoever stands in front of a person
            hides the feet first, so the upper edge is the steadier one.
        height: Height of the box, in pixels.
        velocity: (2,) pixels per frame.
    """

    frame: int
    place: NDArray[np.float64]
    height: float
    velocity: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Tracklet:
    """A stretch of one track.

    Attributes:
        track: Identity of the track in the results.
        frames: (K,) int64 frame numbers, which ascend.
        rows: (K,) rows of the results.
        boxes_tlwh: (K, 4) float64.
        frame_rate: Frames per second.
    """

    track: int
    frames: NDArray[np.int64]
    rows: NDArray[np.intp]
    boxes_tlwh: NDArray[np.float64]
    frame_rate: float

    @classmethod
    def of(cls, results: Rows, rows: NDArray[np.intp], frame_rate: float) -> "Tracklet":
        """Return the tracklet of some rows of one track, in order of frames."""
        track = int(results.ids[rows[0]])
        return cls(track, results.frames[rows], rows, results.boxes_tlwh[rows], frame_rate)

    @property
    def first(self) -> int:
        """First frame."""
        return int(self.frames[0])

    @property
    def last(self) -> int:
        """Last frame."""
        return int(self.frames[-1])

    @cached_property
    def start(self) -> End:
        """Place and velocity in the first frame."""
        return self._end(self.first, self.frames < self.first + self._span)

    @cached_property
    def end(self) -> End:
        """Place and velocity in the last frame."""
        return self._end(self.last, self.frames > self.last - self._span)

    def split(self, frame: int) -> "tuple[Tracklet, Tracklet]":
        """Return the parts before a frame and from it on."""
        before = self.frames < frame
        return self._select(before), self._select(~before)

    @property
    def _span(self) -> float:
        return max(1.0, _ENDS_S * self.frame_rate)

    def _select(self, kept: NDArray[np.bool_]) -> "Tracklet":
        return Tracklet(
            self.track, self.frames[kept], self.rows[kept], self.boxes_tlwh[kept], self.frame_rate
        )

    def _end(self, frame: int, near: NDArray[np.bool_]) -> End:
        """Fit a straight course to some boxes, and return where it is in a frame."""
        boxes = self.boxes_tlwh[near]
        places = np.column_stack([boxes[:, 0] + boxes[:, 2] / 2, boxes[:, 1]])
        height = float(boxes[:, 3].mean())
        if len(boxes) < 3:
            return End(frame, places.mean(axis=0), height, np.zeros(2))
        times = np.column_stack([np.ones(len(boxes)), self.frames[near] - frame]).astype(float)
        prior = np.diag([0.0, _VELOCITY_PRIOR])
        place, velocity = np.linalg.solve(times.T @ times + prior, times.T @ places)
        return End(frame, place, height, velocity)
