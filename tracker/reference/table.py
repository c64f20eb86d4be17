"""The living tracks of SORT or DeepSORT, as arrays."""

import numpy as np

from ..arrays import Bools, Ints
from ..detections import Detections
from ..motion import MotionModel
from ..tracks import Tracks


class TrackTable:
    """The living tracks. Row t of every array, and of the motion model, is one track.

    New tracks are appended and dead ones are removed in place, so that ids always ascend.

    Attributes:
        motion: The motion model of all tracks.
        ids: (T,) int64, from 1 in order of birth.
        hits: (T,) int64, frames matched so far, the first included.
        streaks: (T,) int64, frames matched in a row, counted from the second frame of the track or
            from its last miss.
        time_since_update: (T,) int64, frames since the last match; 0 for a track matched in this
            frame.
        detection_indices: (T,) int64, the row of the detection matched in this frame, -1 if none.
        confidences: (T,) float64, confidence of the last matched detection.
    """

    def __init__(self, motion: MotionModel) -> None:
        self.motion = motion
        self.ids = np.empty(0, dtype=np.int64)
        self.hits = np.empty(0, dtype=np.int64)
        self.streaks = np.empty(0, dtype=np.int64)
        self.time_since_update = np.empty(0, dtype=np.int64)
        self.detection_indices = np.empty(0, dtype=np.int64)
        self.confidences = np.empty(0)
        self._born = 0

    def __len__(self) -> int:
        return len(self.ids)

    def reserve_id(self) -> int:
        """Return an id that no track will have."""
        self._born += 1
        return self._born

    def predict(self) -> None:
        """Advance all tracks by one frame; they count as missed until they are matched."""
        self.motion.predict()
        self.time_since_update += 1
        self.detection_indices[:] = -1

    def match(self, rows: Ints, detections: Detections, indices: Ints) -> None:
        """Correct tracks by detections.

        Args:
            rows: (K,) rows of the tracks.
            detections: K detections.
            indices: (K,) row numbers of the detections, to be reported.
        """
        self.motion.update(rows, detections.boxes_tlwh)
        uninterrupted = self.time_since_update[rows] == 1
        self.streaks[rows] = np.where(uninterrupted, self.streaks[rows], 0) + 1
        self.hits[rows] += 1
        self.time_since_update[rows] = 0
        self.detection_indices[rows] = indices
        self.confidences[rows] = detections.confidences

    def start(self, detections: Detections, indices: Ints) -> None:
        """Start one track per detection and number the tracks in this order.

        Args:
            detections: K detections.
            indices: (K,) row numbers of the detections, to be reported.
        """
        count = len(detections)
        first = self._born + 1
        self._born += count
        self.motion.append(detections.boxes_tlwh)
        self.ids = np.append(self.ids, np.arange(first, first + count))
        self.hits = np.append(self.hits, np.ones(count, dtype=np.int64))
        self.streaks = np.append(self.streaks, np.zeros(count, dtype=np.int64))
        self.time_since_update = np.append(self.time_since_update, np.zeros(count, dtype=np.int64))
        self.detection_indices = np.append(self.detection_indices, indices)
        self.confidences = np.append(self.confidences, detections.confidences)

    def keep(self, mask: Bools) -> None:
        """Remove the tracks outside the mask (T,)."""
        self.motion.keep(mask)
        self.ids = self.ids[mask]
        self.hits = self.hits[mask]
        self.streaks = self.streaks[mask]
        self.time_since_update = self.time_since_update[mask]
        self.detection_indices = self.detection_indices[mask]
        self.confidences = self.confidences[mask]

    def report(self, mask: Bools) -> Tracks:
        """Return the tracks in the mask (T,), except boxes that coasting has shrunk to nothing."""
        boxes = self.motion.boxes_tlwh()
        mask = mask & (boxes[:, 2:] > 0).all(axis=1)
        return Tracks(
            self.ids[mask],
            boxes[mask],
            self.time_since_update[mask],
            self.detection_indices[mask],
            self.confidences[mask],
        )
