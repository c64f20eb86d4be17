"""Choose the crops that show how the person of a tracklet looks."""

import numpy as np
from numpy.typing import NDArray

from flatsort.linking.cutting import Surroundings
from flatsort.linking.tracklet import Tracklet

MOST_CROPS = 24
"""Most crops per tracklet: more of them look alike."""
_MOST_COVERED = 0.5
"""Largest covered share of a crop that counts."""
_MOST_CROWDED = 0.3
"""Largest IoU with another box of a crop that shows one person for sure."""
_CROWDED_STRENGTH = 0.5
"""Strength of the looks of a tracklet that has crowded crops only."""
_LEAST_STRENGTH, _STRENGTH_PER_CROP, _MOST_STRENGTH = 0.6, 0.2, 1.5
"""Strength of the looks without a crop, its growth per crop, and its limit: crops of one tracklet
are alike."""


def choose_crops(tracklet: Tracklet, around: Surroundings) -> NDArray[np.intp]:
    """Return the rows (C,) whose crops show the tracklet's person, in order of frames.

    They are spread evenly over the clearest boxes: boxes that nobody covers or crowds, or else
    boxes that nobody covers. C is 0 if there are none, and at most MOST_CROPS.
    """
    rows = tracklet.rows[around.covered[tracklet.rows] <= _MOST_COVERED]
    alone = rows[around.crowding[rows] < _MOST_CROWDED]
    rows = alone if len(alone) else rows
    if len(rows) <= MOST_CROPS:
        return rows
    return rows[np.linspace(0, len(rows) - 1, MOST_CROPS).astype(int)]


def strength_of_looks(crops: NDArray[np.intp], around: Surroundings) -> float:
    """Return the factor by which the looks of a tracklet count, 0 without crops."""
    if len(crops) == 0:
        return 0.0
    clear = 1.0 if (around.crowding[crops] < _MOST_CROWDED).any() else _CROWDED_STRENGTH
    return clear * min(_MOST_STRENGTH, _LEAST_STRENGTH + _STRENGTH_PER_CROP * len(crops))
