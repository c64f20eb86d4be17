"""The evidence that a chain of tracklets shows one person."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from flatsort.linking.looks import Looks
from flatsort.linking.movement import Movement
from flatsort.linking.tracklet import Tracklet

Chain = tuple[int, ...]
"""Numbers of tracklets of one person, by first frame."""

_TRACKER_NATS = 1.0
"""Evidence of the tracker's own continuation of a track over a cut: it saw all boxes between."""
_LIKEST_SHARE = 0.5
"""Share of the earlier tracklets, by strength, that a tracklet is compared with: those that look
most alike. The mean over all would punish people who turn around."""
_HISTORY = 20
"""Latest tracklets of a chain with crops that are compared: a bound on the time per tracklet."""
_MOST_KEPT = 200_000
"""Chains, and steps of chains, whose evidence is kept in memory."""


class ChainEvidence:
    """The evidence of chains.

    The evidence of a chain is the sum over its tracklets but the first: each adds the evidence that
    it shows the person of the earlier ones. This is the logarithm of the probability of the chain,
    divided by that of all its tracklets being different people, if each tracklet depends on the
    past by its place and looks alone.

    Args:
        tracklets: T tracklets, by first frame.
        movement: Evidence of places and times.
        looks: Evidence of looks; None to link by movement alone.
        join_nats: Evidence that joining two tracks must exceed.
    """

    def __init__(
        self,
        tracklets: list[Tracklet],
        movement: Movement,
        looks: Looks | None,
        join_nats: float,
    ) -> None:
        self._movement, self._looks, self._join_nats = movement, looks, join_nats
        count = len(tracklets)
        self._strengths = np.zeros(count) if looks is None else looks.strengths
        self._next = _next_of_track(tracklets)
        self._junctions: dict[tuple[int, int], float] = {}
        self._chains: dict[Chain, float] = {}
        self._steps: dict[tuple[Chain, int], float] = {}

    def __call__(self, chain: Chain) -> float:
        """Return the evidence in nats; 0 for one tracklet, -inf for an impossible chain."""
        if chain not in self._chains:
            if len(self._chains) > _MOST_KEPT:
                self._chains.clear()
            self._chains[chain] = self._sum(chain)
        return self._chains[chain]

    def _sum(self, chain: Chain) -> float:
        """Return the evidence of a chain: the sum over its tracklets but the first."""
        total, past = 0.0, deque[int](maxlen=_HISTORY)
        for place, number in enumerate(chain):
            if place > 0:
                total += self.junction(chain[place - 1], number)
                if total == -np.inf:
                    return total
            if self._strengths[number] > 0:
                if past:
                    total += self._looks_step(tuple(past), number)
                past.append(number)
        return total

    def junction(self, before: int, after: int) -> float:
        """Return the evidence that a tracklet follows another one at once, without looks."""
        pair = before, after
        if pair not in self._junctions:
            odds = float(self._movement.evidence(np.array([before]), np.array([after]))[0])
            self._junctions[pair] = self._corrected(before, after, odds)
        return self._junctions[pair]

    def candidates(self, before: int, after: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return the evidence of the pairs of one tracklet and each of some later ones, (N,)."""
        odds = self._movement.evidence(np.full(len(after), before), after)
        odds = np.array(
            [
                self._corrected(before, number, value)
                for number, value in zip(after.tolist(), odds.tolist(), strict=True)
            ]
        )
        if self._looks is not None and self._strengths[before] > 0:
            seen = self._strengths[after] > 0
            strength = np.minimum(self._strengths[after[seen]], self._strengths[before])
            looks = self._looks.evidence(np.array([before]), after[seen])[0]
            odds[seen] += strength * looks
        return odds

    def _corrected(self, before: int, after: int, odds: float) -> float:
        """Return a movement's evidence with that of the tracker, or with the cost of a join."""
        if self._next.get(before) == after:
            return max(odds, 0.0) + _TRACKER_NATS
        return odds - self._join_nats

    def _looks_step(self, past: Chain, number: int) -> float:
        """Return the evidence of looks that a tracklet shows the person of earlier ones."""
        step = past, number
        if step not in self._steps:
            if len(self._steps) > _MOST_KEPT:
                self._steps.clear()
            self._steps[step] = self._compare(past, number)
        return self._steps[step]

    def _compare(self, past: Chain, number: int) -> float:
        rows = np.array(past)
        odds = self._looks.evidence(np.array([number]), rows)[0]
        strengths = np.minimum(self._strengths[rows], self._strengths[number])
        order = np.argsort(-odds, kind="stable")
        odds, strengths = odds[order], strengths[order]
        # The likest tracklets that have half of the strength of all.
        count = np.searchsorted(np.cumsum(strengths), _LIKEST_SHARE * strengths.sum()) + 1
        odds, strengths = odds[:count], strengths[:count]
        mean = (odds @ strengths) / strengths.sum()
        return float(mean * strengths.max())


def _next_of_track(tracklets: list[Tracklet]) -> dict[int, int]:
    """Return the number of each tracklet -> that of the next tracklet of its track."""
    last: dict[int, int] = {}
    following: dict[int, int] = {}
    for number, tracklet in enumerate(tracklets):
        if tracklet.track in last:
            following[last[tracklet.track]] = number
        last[tracklet.track] = number
    return following
