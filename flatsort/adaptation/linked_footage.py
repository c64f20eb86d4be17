"""Footage, and the tracklets of its boxes that training learns from."""

import numpy as np
from numpy.typing import NDArray

from flatsort.adaptation.certain_people import NOBODY, UNKNOWN, CertainPeople
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
        people: (L,) int64, the person in each crop by the edits of a user, or UNKNOWN.
        held_out: (L,) bool, true for crops held out of training, for calibration and comparison.

    Args:
        footage: the footage, with M boxes.
        rule: decides which boxes to learn from.
        certain: people whom a user has told apart; None without edits. Their boxes of one person
            are one tracklet, those of two people are never one, and false boxes are left out.
    """

    def __init__(
        self, footage: Footage, rule: CropRule, certain: CertainPeople | None = None
    ) -> None:
        self.footage = footage
        people = np.full(len(footage), UNKNOWN)
        if certain is not None:
            people = certain.name(footage.frames, footage.boxes_tlwh)
        self.learned = rule.keeps(footage) & (people != NOBODY)
        self.people = people[self.learned]
        self.crops = footage.select(self.learned).crop_set()
        self.tracklets = correct_tracklets(
            link_by_motion(self.crops), self.crops.frames, self.people
        )
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


def correct_tracklets(
    tracklets: NDArray[np.int64], frames: NDArray[np.int64], people: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return tracklets that agree with certain people.

    A tracklet with two people is cut; each of its other crops stays with the person who is nearest
    in time. All tracklets of one person are joined.

    Args:
        tracklets: (L,) the tracklet of each crop.
        frames: (L,) frame of each crop.
        people: (L,) certain person in each crop, or UNKNOWN.

    Returns:
        (L,) the tracklet of each crop: the row of the tracklet's first crop.
    """
    owner = np.full(len(tracklets), UNKNOWN)
    for tracklet in np.unique(tracklets[people != UNKNOWN]).tolist():
        own = np.flatnonzero(tracklets == tracklet)
        sure = own[people[own] != UNKNOWN]
        distances = np.abs(frames[own][:, None] - frames[sure])
        owner[own] = people[sure[distances.argmin(axis=1)]]
    # Nobody is in one frame twice: there, only the certain crop stays with the person.
    _, members, counts = np.unique(
        np.column_stack([owner, frames]), axis=0, return_inverse=True, return_counts=True
    )
    owner[(people == UNKNOWN) & (counts[members.ravel()] > 1)] = UNKNOWN
    # Crops of a person get a name of their own; the names of the other tracklets are from 0 on.
    names = np.where(owner == UNKNOWN, tracklets, -1 - owner)
    _, first, members = np.unique(names, return_index=True, return_inverse=True)
    return first[members]
