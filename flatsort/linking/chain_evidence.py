"""The evidence that a chain of tracklets shows one person."""

import numpy as np
from numpy.typing import NDArray

from flatsort.linking.looks import Looks
from flatsort.linking.movement import Movement
from flatsort.linking.tracklet import Tracklet

Chain = tuple[int, ...]
"""Numbers of tracklets of one person, by first frame."""

_TRACKER_NATS = 2.0
"""Evidence of the tracker's own continuation of a track over a cut: it saw all boxes between."""
_LOOKS_WEIGHT = 0.8
"""Weight of looks beside movement: the calibration sees the open, not the crowd."""
_LIKEST_SHARE = 0.5
"""Share of the earlier tracklets, by strength, that a tracklet is compared with: those that look
most alike. The mean over all would punish people who turn around."""
_HISTORY = 20
"""Latest tracklets of a chain with crops that are compared; more of them change nothing."""
_MOST_KEPT = 1_000_000
"""Chains whose evidence is kept."""


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

    def __call__(self, chain: Chain) -> float:
        """Return the evidence in nats; 0 for one tracklet, -inf for an impossible chain."""
        known = len(chain)
        while known > 1 and chain[:known] not in self._chains:
            known -= 1
        total = self._chains[chain[:known]] if known > 1 else 0.0
        if len(self._chains) > _MOST_KEPT:
            self._chains.clear()
        for length in range(known + 1, len(chain) + 1):
            if total > -np.inf:
                total += self._step(chain[: length - 1], chain[length - 1])
            self._chains[chain[:length]] = total
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
            odds[seen] += _LOOKS_WEIGHT * strength * looks
        return odds

    def _corrected(self, before: int, after: int, odds: float) -> float:
        """Return the evidence of a movement with that of the tracker, or with the cost of a join."""
        if self._next.get(before) == after:
            return max(odds, 0.0) + _TRACKER_NATS
        return odds - self._join_nats

    def _step(self, history: Chain, number: int) -> float:
        """Return the evidence that a tracklet continues a chain."""
        total = self.junction(history[-1], number)
        strength = self._strengths[number]
        if self._looks is None or strength == 0 or total == -np.inf:
            return total
        past = np.array([each for each in history if self._strengths[each] > 0][-_HISTORY:])
        if len(past) == 0:
            return total
        odds = self._looks.evidence(np.array([number]), past)[0]
        strengths = np.minimum(self._strengths[past], strength)
        order = np.argsort(-odds, kind="stable")
        shares = np.cumsum(strengths[order]) / strengths.sum()
        likest = order[: np.searchsorted(shares, _LIKEST_SHARE) + 1]
        mean = np.average(odds[likest], weights=strengths[likest])
        return total + _LOOKS_WEIGHT * float(mean * strengths[likest].max())


def _next_of_track(tracklets: list[Tracklet]) -> dict[int, int]:
    """Return the number of each tracklet -> that of the next tracklet of its track."""
    last: dict[int, int] = {}
    following: dict[int, int] = {}
    for number, tracklet in enumerate(tracklets):
        if tracklet.track in last:
            following[last[tracklet.track]] = number
        last[tracklet.track] = number
    return following
