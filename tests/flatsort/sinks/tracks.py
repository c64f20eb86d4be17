"""Tracks and frames made by hand."""

import numpy as np

from flatsort.sources.source import Frame
from flatsort.tracker import Tracks


def frame(number, image=None, rate=10):
    """Return a frame at ``rate`` frames per second."""
    return Frame(number, (number - 1) / rate, image)


def tracks(*entries):
    """Return tracks of rows (id, left, top, width, height, time_since_update)."""
    table = np.array(entries, float).reshape(-1, 6)
    count = len(table)
    return Tracks(
        ids=table[:, 0].astype(np.int64),
        boxes_tlwh=table[:, 1:5],
        time_since_update=table[:, 5].astype(np.int64),
        detection_indices=np.zeros(count, np.int64),
        confidences=np.full(count, 0.87654),
    )
