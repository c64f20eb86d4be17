"""Conversion of the supervision package's detections, before and after tracking.

    from flatsort.tracker import Sort
    from flatsort.tracker.supervision import from_supervision, to_supervision

    tracker = Sort()
    for frame, found in footage:  # found: supervision.Detections
        tracks = tracker.update(from_supervision(found), frame)
        tracked = to_supervision(tracks, found)  # tracked.tracker_id, tracked.class_id, ...

This module does not import supervision: a caller who has its detections has imported it already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from .detections import Detections
from .tracks import Tracks

if TYPE_CHECKING:
    import supervision


def from_supervision(detections: supervision.Detections) -> Detections:
    """Convert detections for a tracker's update.

    Args:
        detections: N detections of one frame. Detections without confidences get a confidence of
            1. Objects of different classes never share a track.

    Returns:
        The same boxes in the same order, as left, top, width, height in pixels.
    """
    scores = detections.confidence
    scores = np.ones(len(detections.xyxy)) if scores is None else scores
    return Detections.from_xyxy(detections.xyxy, scores, detections.class_id)


def to_supervision(tracks: Tracks, detections: supervision.Detections) -> supervision.Detections:
    """Return the detections that were matched in this frame, with the ids of their tracks.

    Each track knows the row of its detection. Boxes, masks, confidences, class ids and data
    therefore come from that row, and nothing is matched again. The result leaves out detections
    whose track is not reported, such as a new track that is not confirmed yet. It also leaves out
    tracks that coast. ``tracks`` holds the coasting tracks too, and the motion model's estimate of
    every box.

    Args:
        tracks: The result of update for this frame.
        detections: The detections of this frame, as given to :func:`from_supervision`.

    Returns:
        A copy of the matched rows, by ascending ``tracker_id``.

    Raises:
        ValueError: If a track refers to a row beyond these detections.
    """
    matched = tracks.detection_indices >= 0
    rows = tracks.detection_indices[matched]
    if rows.max(initial=-1) >= len(detections):
        raise ValueError(
            f"a track has detection {rows.max()}, but there are {len(detections)}: "
            "give the detections of the same frame"
        )
    # The type of an index by rows covers every other kind of index too.
    tracked = cast("supervision.Detections", detections[rows])
    tracked.tracker_id = tracks.ids[matched]
    return tracked
