"""Plan trials: people who are hidden for a while, and pairs who change places while hidden.

A trial changes only the tracker's input, so everybody's true place stays known. Trackers mix people
up mostly where one covers another, so trials begin there if they can.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.evaluation.verdict.sure_people import SurePeople

_BEFORE, _AFTER = 10, 8
"""Fewest boxes that a trial shows before and after an absence: DeepSORT confirms a track with its
third box, and a gallery needs some more."""
_SHORTEST_S, _LONGEST_S = 0.3, 10.0
"""Shortest and longest absence in seconds."""
_SHORTEST_EXCHANGE_S, _LONGEST_EXCHANGE_S = 0.1, 2.0
"""The same for two people who change places: people pass one another quickly."""
_SHARE = 0.4
"""Share of the people who take part in a round: the more are hidden at once, the more can be mixed
up, but the rest must stay as it was."""
_EXCHANGE_SHARE = 0.5
"""Share of these who change places with somebody, if there is somebody."""
_UNCOVERED_WEIGHT = 0.05
"""Chance of an absence to begin at an uncovered box, relative to a wholly covered one."""
_NEARNESS = 0.3
"""Body heights that are added to the distance of a pair, so that the nearest pair is not the only
one that changes places."""


@dataclass(frozen=True)
class Absence:
    """One tracklet is hidden.

    Attributes:
        tracklet: the tracklet.
        first: index of its first hidden box.
        back: index of the first box after the absence.
    """

    tracklet: int
    first: int
    back: int


@dataclass(frozen=True)
class Exchange:
    """Two tracklets are hidden at once; then each stands in the other's place.

    Attributes:
        tracklets: both tracklets.
        before: their boxes (2, B) that are shown before.
        after: their places (2, A) afterwards; each shows the looks of the other tracklet.
    """

    tracklets: tuple[int, int]
    before: NDArray[np.int64]
    after: NDArray[np.int64]


@dataclass(frozen=True)
class Round:
    """Trials that are tracked together.

    Attributes:
        hidden: (N,) bool, the boxes that the tracker does not get.
        looks: (N,) int64, the box whose looks each box shows.
        absences: the absences.
        exchanges: the exchanges.
    """

    hidden: NDArray[np.bool_]
    looks: NDArray[np.int64]
    absences: list[Absence]
    exchanges: list[Exchange]


def plan_rounds(sure: SurePeople, rounds: int, seed: int) -> list[Round]:
    """Plan trials in tracklets that are long enough; the same seed gives the same trials."""
    rng = np.random.default_rng(seed)
    return [_plan_round(sure, rng) for _ in range(rounds)]


def _plan_round(sure: SurePeople, rng: np.random.Generator) -> Round:
    count = len(sure.boxes)
    found = Round(np.zeros(count, bool), np.arange(count), [], [])
    shortest = max(2, round(_SHORTEST_S * sure.frame_rate))
    busy: set[int] = set()
    for tracklet in rng.permutation(len(sure.rows)).tolist():
        enough = len(sure.rows[tracklet]) >= _BEFORE + shortest + _AFTER
        if tracklet in busy or not enough or rng.random() > _SHARE:
            continue
        busy.add(tracklet)
        partners = []
        if rng.random() < _EXCHANGE_SHARE:
            partners = _partners(sure, tracklet, busy)
        if partners:
            partner = _choose_partner(sure, tracklet, partners, rng)
            busy.add(partner)
            _add_exchange(sure, (tracklet, partner), found, rng)
        else:
            _add_absence(sure, tracklet, shortest, found, rng)
    return found


def _add_absence(
    sure: SurePeople, tracklet: int, shortest: int, found: Round, rng: np.random.Generator
) -> None:
    rows = sure.rows[tracklet]
    longest = min(round(_LONGEST_S * sure.frame_rate), len(rows) - _BEFORE - _AFTER)
    length = _length(shortest, longest, rng)
    first = _beginning(sure.covered[rows], len(rows) - _AFTER - length, rng)
    found.hidden[rows[first : first + length]] = True
    found.absences.append(Absence(tracklet, first, first + length))


def _add_exchange(
    sure: SurePeople, pair: tuple[int, int], found: Round, rng: np.random.Generator
) -> None:
    rate = sure.frame_rate
    both = _shared(sure, *pair)
    longest = min(round(_LONGEST_EXCHANGE_S * rate), both.shape[1] - _BEFORE - _AFTER)
    length = _length(max(2, round(_SHORTEST_EXCHANGE_S * rate)), longest, rng)
    first = _beginning(sure.covered[both[0]], both.shape[1] - _AFTER - length, rng)
    after = both[:, first + length :]
    found.looks[after[0]], found.looks[after[1]] = after[1], after[0]
    for tracklet, own in zip(pair, both, strict=True):
        rows = sure.rows[tracklet]
        # Later boxes of one tracklet alone would show nobody's looks, so they stay hidden.
        found.hidden[rows[rows >= own[first]]] = True
    found.hidden[after] = False
    found.exchanges.append(Exchange(pair, both[:, :first], after))


def _partners(sure: SurePeople, tracklet: int, busy: set[int]) -> list[int]:
    """Return the tracklets that share enough frames with this one."""
    shortest = max(2, round(_SHORTEST_EXCHANGE_S * sure.frame_rate))
    return [
        other
        for other in np.flatnonzero(sure.differ[tracklet]).tolist()
        if other not in busy
        and _shared(sure, tracklet, other).shape[1] >= _BEFORE + shortest + _AFTER
    ]


def _choose_partner(
    sure: SurePeople, tracklet: int, partners: list[int], rng: np.random.Generator
) -> int:
    """Choose a partner, a near one more often than a far one."""
    distances = []
    for partner in partners:
        both = _shared(sure, tracklet, partner)
        own, other = both[:, both.shape[1] // 2]
        way = np.hypot(*(sure.boxes.centres[own] - sure.boxes.centres[other]))
        distances.append(way / sure.boxes.boxes_tlwh[own, 3])
    weights = 1 / (_NEARNESS + np.array(distances)) ** 2
    return int(rng.choice(partners, p=weights / weights.sum()))


def _shared(sure: SurePeople, first: int, second: int) -> NDArray[np.int64]:
    """Return the boxes (2, S) of two tracklets in the S frames that they share."""
    a, b = sure.rows[first], sure.rows[second]
    frames = sure.boxes.frames
    _, own, other = np.intersect1d(frames[a], frames[b], assume_unique=True, return_indices=True)
    return np.stack([a[own], b[other]])


def _length(shortest: int, longest: int, rng: np.random.Generator) -> int:
    """Return a length in frames; each factor of two is equally likely."""
    length = round(float(np.exp(rng.uniform(np.log(shortest), np.log(longest)))))
    return min(max(length, shortest), longest)


def _beginning(covered: NDArray[np.float64], last: int, rng: np.random.Generator) -> int:
    """Return the index of the first hidden box, at least _BEFORE and at most ``last``."""
    indices = np.arange(_BEFORE, last + 1)
    weights = _UNCOVERED_WEIGHT + covered[indices - 1]
    return int(rng.choice(indices, p=weights / weights.sum()))
