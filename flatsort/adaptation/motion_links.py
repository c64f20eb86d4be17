"""Link boxes into tracklets by motion alone: each box joins the track predicted at its place.

:func:`flatsort.training.tracklets.link_tracklets` compares the boxes of consecutive frames
directly, which needs a still camera and a detector that misses nobody. Here a Kalman filter
predicts each box, also across a few frames without a detection. Both use the same rule to avoid
wrong links: the overlap must be high, and no other box may be near.
"""

import numpy as np
from numpy.typing import NDArray

from flatsort.tracker import DeepSortMotion, Detections
from flatsort.tracker.boxes import iou
from flatsort.tracker.reference.table import TrackTable
from flatsort.training.crop_set import CropSet
from flatsort.training.tracklets import RIVAL_IOU

# A box may be linked to a track if its IoU with the track's predicted box is above this.
LINK_IOU = 0.6
# Most consecutive frames without a detection after which a track can still be linked.
MAX_MISSED = 3


def link_by_motion(crops: CropSet) -> NDArray[np.int64]:
    """Link boxes to the predicted boxes that they overlap, where there is no rival.

    If two boxes could belong to one track, or one box to two tracks, no link is made. These tracks
    end, and their later boxes start new tracklets.

    Args:
        crops: M crops; consecutive frame numbers must belong to consecutive frames.

    Returns:
        (M,), the tracklet of each crop: the row of the tracklet's earliest crop. A box without a
        link is its own tracklet.
    """
    tracklets = np.arange(len(crops))
    for sequence in np.unique(crops.sequences):
        rows = np.flatnonzero(crops.sequences == sequence)
        rows = rows[np.argsort(crops.frames[rows], kind="stable")]
        ids = _follow(crops.frames[rows], crops.boxes_tlwh[rows])
        _, first, members = np.unique(ids, return_index=True, return_inverse=True)
        tracklets[rows] = rows[first][members]
    return tracklets


def _follow(frames: NDArray[np.int64], boxes_tlwh: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return (N,), the track of each box (N, 4); the frames (N,) must ascend."""
    ids = np.empty(len(frames), np.int64)
    table = TrackTable(DeepSortMotion())
    numbers, starts = np.unique(frames, return_index=True)
    before = 0
    for number, rows in zip(
        numbers.tolist(), np.split(np.arange(len(frames)), starts[1:]), strict=True
    ):
        # After this many predictions without a match, every track has ended.
        for _ in range(min(number - before, MAX_MISSED + 2)):
            table.predict()
        table.keep(table.time_since_update <= MAX_MISSED + 1)
        before = number
        boxes = Detections(boxes_tlwh[rows], np.ones(len(rows)))
        tracks, columns, in_doubt = _unrivalled(iou(table.motion.boxes_tlwh(), boxes.boxes_tlwh))
        table.match(tracks, boxes.select(columns), columns)
        table.keep(~in_doubt)
        new = np.setdiff1d(np.arange(len(rows)), columns)
        table.start(boxes.select(new), new)
        seen = table.detection_indices >= 0
        ids[rows[table.detection_indices[seen]]] = table.ids[seen]
    return ids


def _unrivalled(
    overlap: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Find the certain links between tracks and boxes, from their overlaps (T, N).

    Returns:
        Tracks (K,) and boxes (K,) of the links, then (T,) bool, true for tracks without a link that
        have a box nearby.
    """
    near = overlap >= RIVAL_IOU
    alone = near & (near.sum(axis=0) == 1) & (near.sum(axis=1, keepdims=True) == 1)
    linked = alone & (overlap > LINK_IOU)
    rows, columns = np.nonzero(linked)
    return rows, columns, near.any(axis=1) & ~linked.any(axis=1)
