"""Which boxes stand for a track: few, spread over its life, large and little hidden."""

import numpy as np
from numpy.typing import NDArray

from flatsort.files.mot_files import Rows


def choose_samples(rows: Rows, areas: NDArray[np.float64], budget: int) -> NDArray[np.int64]:
    """Choose up to ``budget`` boxes of each track.

    A track's boxes, in order of frames, are cut into as many runs of equal length as the budget
    allows, and of each run the box that shows most is taken: so all of the track's life is there,
    the front and the back of a person who turned round.

    Args:
        rows: the results of one sequence.
        areas: (N,) how much of each box shows, see :func:`flatsort.images.track_picture.shown_areas`.
        budget: at least 1.

    Returns:
        Row numbers, track after track, each track's by frame. Boxes without width or height are not
        among them.
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
