"""Who is who in footage, by motion alone: boxes linked to where their track is expected.

:func:`flatsort.training.tracklets.link_tracklets` compares successive boxes as they are, which asks for a still
camera and a detector that misses nobody. Here a Kalman filter predicts each box, across a few
frames without a detection too. What keeps links pure is the same: high overlap, and nobody near.
"""

import numpy as np
from numpy.typing import NDArray

from flatsort.tracker.boxes import iou
from flatsort.tracker.detections import Detections
from flatsort.tracker.kalman import DeepSortMotion
from flatsort.tracker.table import TrackTable
from flatsort.training.crop_set import CropSet
from flatsort.training.tracklets import RIVAL_IOU

# A box is the track's whose predicted box it overlaps by more.
LINK_IOU = 0.6
# Frames in a row without a detection that a track outlives.
MAX_MISSED = 3


def link_by_motion(crops: CropSet) -> NDArray[np.int64]:
    """Number the tracklets: boxes linked to the predicted box that they overlap, unrivalled.

    Where two boxes could be one track's, or one box two tracks', nothing is linked and the tracks
    end: what follows is tracklets of their own.

    Args:
        crops: M of them; frames of consecutive numbers follow one another.

    Returns:
        (M,) tracklet of each crop, called by the row of its earliest; a box that is linked to
        nothing is a tracklet of its own.
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
    """(N,) track of each box (N, 4); frames (N,) ascend."""
    ids = np.empty(len(frames), np.int64)
    table = TrackTable(DeepSortMotion())
    numbers, starts = np.unique(frames, return_index=True)
    before = 0
    for number, rows in zip(
        numbers.tolist(), np.split(np.arange(len(frames)), starts[1:]), strict=True
    ):
        # After that no track is left that prediction could move.
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
    """Which tracks and boxes are sure to be one, by overlaps (T, N).

    Returns:
        Rows and columns of the links (K,) each, and (T,) which tracks have a box near that may or
        may not be theirs.
    """
    near = overlap >= RIVAL_IOU
    alone = near & (near.sum(axis=0) == 1) & (near.sum(axis=1, keepdims=True) == 1)
    linked = alone & (overlap > LINK_IOU)
    rows, columns = np.nonzero(linked)
    return rows, columns, near.any(axis=1) & ~linked.any(axis=1)
