"""Where people are while no detection shows them, and how long that can be predicted."""

import numpy as np

from .arrays import Bools, Floats
from .boxes import iou
from .tracks import Tracks

_RIGHT_OVERLAP = 0.5
"""Smallest IoU of a predicted box that was right: benchmarks ask for as much."""
_LEAST_SHARE = 0.5
"""Smallest share of right boxes: then reported boxes find more people than they invent."""
_RIGHT_BEFORE, _WRONG_BEFORE = 1.0, 4.0
"""Right and wrong boxes that are assumed before the first one is judged: nothing is reported until
a few were right."""


class Coasting:
    """Learns how long a missed track's predicted box may be reported.

    A track that is found again shows where it was in between: on the straight way from the last box
    to the new one. Its predicted boxes were right as far as they overlap that way. The boxes of a
    track that is never found again were wrong. The shares of right boxes, by frames since the last
    detection, need no labels. They depend on the detector, the people and the frame rate.
    """

    def __init__(self) -> None:
        # Boxes by frames since the last detection. They grow with the longest absence.
        self._right, self._judged = np.empty(0), np.empty(0)
        self._last: dict[int, Floats] = {}
        self._predicted: dict[int, list[Floats]] = {}

    @property
    def most_frames(self) -> int:
        """Most frames since the last detection for which the predicted box is worth reporting."""
        shares = (self._right + _RIGHT_BEFORE) / (self._judged + _RIGHT_BEFORE + _WRONG_BEFORE)
        is_poor = shares <= _LEAST_SHARE
        return int(is_poor.argmax()) if is_poor.any() else len(shares)

    def follow(self, seen: Tracks, missed: Tracks) -> Tracks:
        """Learn from a frame, and predict who is where.

        Args:
            seen: The tracks matched in this frame, with the boxes of their detections.
            missed: All other confirmed tracks, with their predicted boxes.

        Returns:
            The missed tracks whose predicted boxes are worth reporting.
        """
        for number, box in zip(seen.ids.tolist(), seen.boxes_tlwh, strict=True):
            predicted = self._predicted.pop(number, None)
            if predicted is not None:
                self._judge(np.array(predicted), self._last[number], box)
            self._last[number] = box.copy()
        for number, box in zip(missed.ids.tolist(), missed.boxes_tlwh, strict=True):
            self._predicted.setdefault(number, []).append(box.copy())
        living = {*seen.ids.tolist(), *missed.ids.tolist()}
        for number in [number for number in self._last if number not in living]:
            del self._last[number]
            self._count(np.zeros(len(self._predicted.pop(number, [])), np.bool_))
        has_area = (missed.boxes_tlwh[:, 2:] > 0).all(axis=1)
        return missed.select(has_area & (missed.time_since_update <= self.most_frames))

    def _judge(self, predicted: Floats, before: Floats, after: Floats) -> None:
        """Judge the predicted boxes (K, 4) between two detections (4,)."""
        share = np.arange(1, len(predicted) + 1)[:, None] / (len(predicted) + 1)
        between = before + share * (after - before)
        self._count(np.diag(iou(predicted, between)) >= _RIGHT_OVERLAP)

    def _count(self, is_right: Bools) -> None:
        """Count boxes (K,) of a track, one per frame since its last detection."""
        count = len(is_right)
        if count > len(self._judged):
            grown = np.zeros((2, count))
            grown[:, : len(self._judged)] = self._right, self._judged
            self._right, self._judged = grown
        self._right[:count] += is_right
        self._judged[:count] += 1
