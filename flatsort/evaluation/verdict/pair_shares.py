"""How often a crop looks more like its own person than like another: a side note of the verdict.

Crops of one sure tracklet are near in time and place, so the share flatters every descriptor, most
of all the ones that compare colours. It is reported beside the trials and decides nothing.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.evaluation.verdict.intervals import Estimate, share_of_people
from flatsort.evaluation.verdict.sure_people import LEAST_PAIRS, SurePeople
from flatsort.tracker import AppearanceMetric

_GAP_S = 1.0
"""Seconds between a crop and the older crops that it is compared with."""
_QUERIES, _GALLERY = 12, 30
"""Most crops per tracklet that are compared, and most older crops of each person."""


@dataclass(frozen=True)
class PairShare:
    """How often crops look more like their own person.

    Attributes:
        share: the share, with Wilson's interval over people.
        pairs: number of pairs of people behind it.
    """

    share: Estimate
    pairs: int

    def text(self) -> str:
        """Return the percentage with its interval; with too few pairs, that they are too few."""
        if self.pairs < LEAST_PAIRS:
            return f"too few people to say ({self.pairs} pairs)"
        return f"{self.share.text()}, {self.pairs} pairs"


def share_told_apart(
    sure: SurePeople,
    features: NDArray[np.float32],
    metric: AppearanceMetric,
    chosen: NDArray[np.bool_],
    level: float,
) -> PairShare:
    """Estimate the share of comparisons in which the own person is the nearer one.

    A crop is compared with the same number of older crops of its own tracklet and of a tracklet
    that shows somebody else at the same time.

    Args:
        sure: T sure tracklets of N boxes.
        features: (N, D).
        metric: compares the features.
        chosen: (N,) bool, the boxes whose crops are compared: those held out of training.
        level: the interval's level, 0 to 1.
    """
    prepared = metric.prepare(features)
    wins: dict[int, list[float]] = {}
    pairs: set[tuple[int, int]] = set()
    for tracklet, rows in enumerate(sure.rows):
        for row in _spread(rows[chosen[rows]]):
            own = _older(sure, rows, row)
            for other in np.flatnonzero(sure.differ[tracklet]):
                theirs = _older(sure, sure.rows[other], row)
                size = min(len(own), len(theirs))
                if size:
                    near, far = (
                        metric.compare(prepared[group[-size:]], prepared[row : row + 1]).min()
                        for group in (own, theirs)
                    )
                    person = int(sure.people[tracklet])
                    wins.setdefault(person, []).append(float(near < far) + (near == far) / 2)
                    rival = int(sure.people[other])
                    pairs.add((min(person, rival), max(person, rival)))
    shares = np.array([np.mean(each) for each in wins.values()])
    return PairShare(share_of_people(shares, level), len(pairs))


def _spread(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    return rows[np.linspace(0, len(rows) - 1, min(_QUERIES, len(rows))).astype(int)]


def _older(sure: SurePeople, rows: NDArray[np.int64], row: int) -> NDArray[np.int64]:
    until = sure.boxes.frames[row] - max(1, round(_GAP_S * sure.frame_rate))
    return rows[sure.boxes.frames[rows] <= until][-_GALLERY:]
