"""What a tracker reports of one frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np


class Track(NamedTuple):
    """One reported track; the fields are a row of :class:`Tracks`."""

    id: int
    box_tlwh: np.ndarray
    time_since_update: int
    detection_index: int
    confidence: float


# Not frozen: at ten objects a frame that would be a fifteenth of SORT's time.
@dataclass(eq=False, slots=True)
class Tracks:
    """The tracks reported for one frame, by ascending id.

    Attributes:
        ids: (M,) int64, from 1; an id is never used twice between resets.
        boxes_tlwh: (M, 4) float64, the motion model's estimate, left, top, width, height in pixels.
        time_since_update: (M,) int64, frames since the last matched detection, 0 if this frame.
        detection_indices: (M,) int64, row in the detections given to update, -1 when coasting.
        confidences: (M,) float64, confidence of the last matched detection.
    """

    ids: np.ndarray
    boxes_tlwh: np.ndarray
    time_since_update: np.ndarray
    detection_indices: np.ndarray
    confidences: np.ndarray

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[Track]:
        return map(
            Track,
            self.ids.tolist(),
            self.boxes_tlwh,
            self.time_since_update.tolist(),
            self.detection_indices.tolist(),
            self.confidences.tolist(),
        )
