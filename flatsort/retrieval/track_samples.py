"""Choose the boxes that stand for a track: few, large, visible, and spread over its life."""

import numpy as np
from numpy.typing import NDArray

from flatsort.files.mot_files import Rows


def choose_samples(rows: Rows, areas: NDArray[np.float64], budget: int) -> NDArray[np.int64]:
    """Choose up to ``budget`` boxes of each track.

    The boxes of a track, in order of frames, are cut into ``budget`` runs of equal length, and the
    box with the largest visible area in each run is chosen. The choice then covers the track's
    whole life, such as the front and the back of a person who turned round.

    Args:
        rows: the results of one sequence.
        areas: (N,) visible area of each box, from
            :func:`flatsort.images.track_picture.shown_areas`.
        budget: largest number of boxes per track, at least 1.

    Returns:
        Row numbers, track by track, in order of frames within a track. Boxes without width or
        height are never chosen.
    """
    real = np.flatnonzero((rows.boxes_tlwh[:, 2:] > 0).all(axis=1))
    order = real[np.lexsort((rows.frames[real], rows.ids[real]))]
    _, starts = np.unique(rows.ids[order], return_index=True)
    chosen = [
        run[np.argmax(areas[run])]
        for track in np.split(order, starts[1:])
        if len(track)
        for run in np.array_split(track, min(budget, len(track)))
    ]
    return np.array(chosen, np.int64)
