"""The tracks that a tracker reports for one frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat
from typing import NamedTuple

import numpy as np

from .arrays import Floats, Ints, Rows


class Track(NamedTuple):
    """One reported track: a row of :class:`Tracks`."""

    id: int
    box_tlwh: Floats
    time_since_update: int
    detection_index: int
    confidence: float
    class_number: int | None = None


# Not frozen: freezing would cost a fifteenth of SORT's time at ten objects per frame.
@dataclass(eq=False, slots=True)
class Tracks:
    """The tracks reported for one frame, by ascending id.

    Attributes:
        ids: (M,) int64, from 1. No id is used twice between two resets.
        boxes_tlwh: (M, 4) float64, left, top, width, height in pixels. SORT and DeepSORT report
            the motion model's estimates, FlatSORT the matched detections' boxes, and the estimates
            of tracks that coast.
        time_since_update: (M,) int64, frames since the last matched detection; 0 for a track that
            was matched in this frame.
        detection_indices: (M,) int64, the row of the matched detection among those given to
            update; -1 for a track that coasts.
        confidences: (M,) float64, confidence of the last matched detection.
        classes: (M,) int64, class numbers; None if the detections have none.
    """

    ids: Ints
    boxes_tlwh: Floats
    time_since_update: Ints
    detection_indices: Ints
    confidences: Floats
    classes: Ints | None = None

    def __len__(self) -> int:
        return len(self.ids)

    def select(self, rows: Rows) -> Tracks:
        """Return the tracks in rows, an index array or a mask (M,)."""
        return Tracks(
            self.ids[rows],
            self.boxes_tlwh[rows],
            self.time_since_update[rows],
            self.detection_indices[rows],
            self.confidences[rows],
            None if self.classes is None else self.classes[rows],
        )

    def joined(self, others: Tracks) -> Tracks:
        """Return these tracks, followed by others."""
        return Tracks(
            np.concatenate([self.ids, others.ids]),
            np.concatenate([self.boxes_tlwh, others.boxes_tlwh]),
            np.concatenate([self.time_since_update, others.time_since_update]),
            np.concatenate([self.detection_indices, others.detection_indices]),
            np.concatenate([self.confidences, others.confidences]),
            None if self.classes is None else np.concatenate([self.classes, others.classes]),
        )

    def __iter__(self) -> Iterator[Track]:
        return map(
            Track,
            self.ids.tolist(),
            self.boxes_tlwh,
            self.time_since_update.tolist(),
            self.detection_indices.tolist(),
            self.confidences.tolist(),
            repeat(None) if self.classes is None else self.classes.tolist(),
        )
