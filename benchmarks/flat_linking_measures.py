"""How well distances between tracklets serve linking, measured by labels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.flat_linking_footage import LinkableFootage
from flatsort.linking.link_tracks import MEMORY_S
from flatsort.linking.looks import Looks
from flatsort.linking.tracklet import Tracklet

FEW_CROPS, ALL_CROPS = 4, 24
"""Crops per tracklet: the fewest from which distances are calibrated, and as many as there are."""
BAND_NATS = (-1.0, 0.0, 1.0, 2.0, 3.0)
"""Evidence that joining must exceed: the default is 1."""
_LEAST_PURITY = 0.8
"""Share of a tracklet's boxes that show its person; less pure tracklets are in no pair."""
_BINS = 10


@dataclass(frozen=True)
class TrackletPairs:
    """Pairs of tracklets that share no frame, and lie at most a minute apart.

    Attributes:
        evidence: (P,) nats for one person.
        distances: (P,) distances of the centres.
        people: (P, 2) int64, the labelled people that the two tracklets show.
    """

    evidence: NDArray[np.float64]
    distances: NDArray[np.float64]
    people: NDArray[np.int64]

    @property
    def same(self) -> NDArray[np.bool_]:
        """(P,): whether both tracklets show the same labelled person."""
        return self.people[:, 0] == self.people[:, 1]

    def select(self, rows: NDArray[np.intp]) -> "TrackletPairs":
        """Return the pairs with these numbers; a number may occur several times."""
        return TrackletPairs(self.evidence[rows], self.distances[rows], self.people[rows])

    @property
    def weights(self) -> NDArray[np.float64]:
        """(P,): pairs of one person count as much as pairs of two, as in the calibration."""
        return np.where(self.same, 0.5 / self.same.sum(), 0.5 / (~self.same).sum())


def tracklet_pairs(footage: LinkableFootage, looks: Looks) -> TrackletPairs:
    """Return the pairs of tracklets whose person is known and who have crops."""
    people = np.array([_person(each, footage.people) for each in looks.tracklets])
    chosen = np.flatnonzero((people >= 0) & (looks.strengths > 0))
    firsts, lasts = (
        np.array([getattr(looks.tracklets[number], name) for number in chosen])
        for name in ("first", "last")
    )
    waits = firsts[None, :] - lasts[:, None]
    memory = MEMORY_S * footage.sequence.frame_rate
    before, after = np.nonzero((waits > 0) & (waits <= memory))
    return TrackletPairs(
        evidence=looks.evidence(chosen, chosen)[before, after],
        distances=looks.distances(chosen, chosen)[before, after],
        people=np.column_stack([people[chosen[before]], people[chosen[after]]]),
    )


def calibration_error(pairs: TrackletPairs) -> float:
    """Return the mean difference between the stated P(one person) and its true share, 0 to 1.

    The mean is over ten bins of the stated probability, weighted by their pairs (expected
    calibration error).
    """
    stated = 1 / (1 + np.exp(-pairs.evidence))
    bins = np.minimum((stated * _BINS).astype(int), _BINS - 1)
    weights = pairs.weights
    gaps = np.bincount(bins, weights * (stated - pairs.same), _BINS)
    return float(np.abs(gaps).sum())


def log_loss(pairs: TrackletPairs) -> float:
    """Return the mean of -ln P(truth), in nats; ln 2 = 0.69 is that of knowing nothing."""
    signed = np.where(pairs.same, pairs.evidence, -pairs.evidence)
    return float(pairs.weights @ np.logaddexp(0, -signed))


def best_threshold(pairs: TrackletPairs) -> tuple[float, float]:
    """Return the distance that separates the pairs best, and its balanced error, 0 to 0.5."""
    order = np.argsort(pairs.distances, kind="stable")
    same = pairs.same[order]
    accepted, wrong = np.cumsum(same) / same.sum(), np.cumsum(~same) / (~same).sum()
    errors = (1 - accepted + wrong) / 2
    place = int(errors.argmin())
    return float(pairs.distances[order][place]), float(errors[place])


def error_at(pairs: TrackletPairs, threshold: float) -> float:
    """Return the balanced error, 0 to 1, if pairs up to a distance count as one person."""
    near = pairs.distances <= threshold
    return float(((~near[pairs.same]).mean() + near[~pairs.same].mean()) / 2)


def transfer_losses(pairs: list[TrackletPairs]) -> NDArray[np.float64]:
    """Return what a threshold loses elsewhere.

    Returns:
        (F, F), at [a, b] the balanced error on footage b with the best threshold of footage a,
        minus the error with b's own best threshold.
    """
    best = [best_threshold(each) for each in pairs]
    return np.array(
        [
            [
                error_at(there, threshold) - error
                for there, (_, error) in zip(pairs, best, strict=True)
            ]
            for threshold, _ in best
        ]
    )


def _person(tracklet: Tracklet, people: NDArray[np.int64]) -> int:
    """Return the person of a tracklet; -1 if it is not pure, or shows nobody."""
    names, counts = np.unique(people[tracklet.rows], return_counts=True)
    most = counts.argmax()
    return int(names[most]) if counts[most] >= _LEAST_PURITY * len(tracklet.rows) else -1
