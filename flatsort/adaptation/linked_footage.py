"""Footage, and the tracklets of its boxes that training learns from."""

import numpy as np
from numpy.typing import NDArray

from flatsort.adaptation.motion_links import link_by_motion
from flatsort.adaptation.observed_footage import Footage
from flatsort.training.calibration import hold_out
from flatsort.training.crop_set import CropRule


class LinkedFootage:
    """Footage, with the tracklets of the boxes to learn from.

    Attributes:
        footage: the footage, with M boxes.
        learned: (M,) bool, true for the L boxes to learn from.
        crops: the L crops of these boxes.
        tracklets: (L,) int64, the tracklet of each crop.
        held_out: (L,) bool, true for crops held out of training, for calibration and comparison.

    Args:
        footage: the footage, with M boxes.
        rule: decides which boxes to learn from.
    """

    def __init__(self, footage: Footage, rule: CropRule) -> None:
        self.footage = footage
        self.learned = rule.keeps(footage)
        self.crops = footage.select(self.learned).crop_set()
        self.tracklets = link_by_motion(self.crops)
        self.held_out = hold_out(self.crops, self.tracklets)

    @property
    def boxes_held_out(self) -> NDArray[np.bool_]:
        """(M,) bool, true for boxes whose crops are held out of training."""
        chosen = np.zeros(len(self.footage), bool)
        chosen[np.flatnonzero(self.learned)[self.held_out]] = True
        return chosen

    @property
    def tracklet_count(self) -> int:
        """The number of tracklets of two or more crops."""
        _, sizes = np.unique(self.tracklets, return_counts=True)
        return int((sizes > 1).sum())
