"""Detections of the supervision package in, the same detections with tracker ids out.

    from flatsort.tracker import Sort
    from flatsort.tracker.supervision import from_supervision, to_supervision

    tracker = Sort()
    for frame, found in footage:  # found: supervision.Detections
        tracks = tracker.update(from_supervision(found), frame)
        tracked = to_supervision(tracks, found)  # tracked.tracker_id, tracked.class_id, ...

The package is not imported: whoever has its detections has it installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .detections import Detections
from .tracks import Tracks

if TYPE_CHECKING:
    import supervision


def from_supervision(detections: supervision.Detections) -> Detections:
    """What a tracker's update takes.

    Args:
        detections: of one frame, of any number of classes: a tracker looks at no class. Where they
            have no confidences all are 1.

    Returns:
        The same boxes in the same order, as left, top, width, height in pixels.
    """
    corners = np.asarray(detections.xyxy, dtype=np.float64)
    boxes_tlwh = np.concatenate([corners[:, :2], corners[:, 2:] - corners[:, :2]], axis=1)
    confidences = detections.confidence
    return Detections(boxes_tlwh, np.ones(len(corners)) if confidences is None else confidences)


def to_supervision(tracks: Tracks, detections: supervision.Detections) -> supervision.Detections:
    """The detections that tracks were matched with in this frame, with those tracks' ids.

    A track knows the row of its detection, so nothing is matched again: boxes, masks, confidences,
    class ids and data are those rows' own. Left out are detections of no reported track (a new
    one is reported only once it is confirmed) and tracks that coast; ``tracks`` has the latter,
    and the motion model's estimate of every box.

    Args:
        tracks: what update returned.
        detections: what update was given, before :func:`from_supervision`.

    Returns:
        A copy of these rows, by ascending ``tracker_id``.

    Raises:
        ValueError: If the tracks are of other detections: of more than there are here.
    """
    matched = tracks.detection_indices >= 0
    rows = tracks.detection_indices[matched]
    if rows.max(initial=-1) >= len(detections):
        raise ValueError(
            f"a track has detection {rows.max()}, but there are {len(detections)}: "
            "give the detections of the same frame"
        )
    tracked = detections[rows]
    tracked.tracker_id = tracks.ids[matched]
    return tracked
