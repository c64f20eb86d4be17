"""A way to track footage, and the identities that it gives to the boxes of a trial."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from flatsort.evaluation.verdict.detected_boxes import DetectedBoxes
from flatsort.tracker import Detections, Tracks


class OnlineTracker(Protocol):
    """A tracker that receives one frame after another."""

    def update(self, detections: Detections) -> Tracks:
        """Advance by one frame, and return the tracks with the rows of their detections."""


@dataclass(frozen=True)
class Contestant:
    """A way to track: a tracker with its options, and the features that it sees.

    Attributes:
        name: name in the verdict.
        start: makes a new tracker.
        features: (N, D) float32, the features of the boxes; None for motion alone.
    """

    name: str
    start: Callable[[], OnlineTracker]
    features: NDArray[np.float32] | None = None


@dataclass(frozen=True)
class Followed:
    """The tracks that a tracker found, as M boxes.

    Attributes:
        frames: (M,) int64, ascending.
        ids: (M,) int64, the track of each box; two stretches have no track in common.
        boxes_tlwh: (M, 4) float64 in pixels, as the tracker reports them.
        rows: (M,) int64, the row of the detected box; -1 where a track coasts.
    """

    frames: NDArray[np.int64]
    ids: NDArray[np.int64]
    boxes_tlwh: NDArray[np.float64]
    rows: NDArray[np.int64]

    def ids_of_boxes(self, count: int) -> NDArray[np.int64]:
        """Return the track (N,) of each of ``count`` detected boxes; -1 without a track."""
        ids = np.full(count, -1)
        seen = self.rows >= 0
        ids[self.rows[seen]] = self.ids[seen]
        return ids


def follow(
    boxes: DetectedBoxes,
    contestant: Contestant,
    hidden: NDArray[np.bool_] | None = None,
    looks: NDArray[np.int64] | None = None,
) -> Followed:
    """Track boxes; each stretch of consecutive frames starts anew.

    Args:
        boxes: N boxes.
        contestant: the tracker and its features.
        hidden: (N,) bool, boxes that the tracker does not get; None for none.
        looks: (N,) int64, the row whose features each box shows; None for its own.
    """
    frames, ids, places, rows = [], [], [], []
    known = 0
    for stretch in boxes.stretches:
        tracker, highest = contestant.start(), known
        for index in stretch:
            given = boxes.rows[index]
            if hidden is not None:
                given = given[~hidden[given]]
            features = contestant.features
            if features is not None:
                features = features[given if looks is None else looks[given]]
            tracks = tracker.update(
                Detections(boxes.boxes_tlwh[given], boxes.confidences[given], features)
            )
            seen = tracks.detection_indices >= 0
            found = np.full(len(tracks), -1)
            found[seen] = given[tracks.detection_indices[seen]]
            frames.append(np.full(len(tracks), boxes.numbers[index]))
            ids.append(tracks.ids + known)
            places.append(tracks.boxes_tlwh)
            rows.append(found)
            highest = max(highest, int(ids[-1].max(initial=0)))
        known = highest
    return Followed(*map(np.concatenate, (frames, ids, places, rows)))
