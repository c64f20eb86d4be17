"""What became of the identities in the trials of a round."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.evaluation.verdict.sure_people import SurePeople
from flatsort.evaluation.verdict.trial_rounds import Absence, Exchange, Round

MIXED_COSTS = 3.0
"""Cost of an absence that mixes up two people; a person who returns under a new identity costs 1.
A split identity can be joined afterwards, a mixed one cannot be told from a good one."""
_DECISION_S, _DECISION_FRAMES = 1.0, 5
"""Time after an absence in which the tracker decides: seconds, but at least so many frames."""


@dataclass(frozen=True)
class Outcomes:
    """The outcomes of A absences and E exchanges.

    Attributes:
        people: (A,) int64, the person who was hidden.
        seconds: (A,) float64, length of the absence.
        returned: (A,) bool, whether the person has the same identity as before.
        stolen: (A,) bool, whether somebody else got this identity meanwhile.
        taken: (A,) bool, whether the person got an identity that somebody else had before.
        exchanged_people: (E,) int64, the first person of each exchange.
        unnoticed: (E,) float64, share of both places that keep their identity: 0, 0.5 or 1.
        noticed: (E,) float64, share of both identities that move with their person.
    """

    people: NDArray[np.int64]
    seconds: NDArray[np.float64]
    returned: NDArray[np.bool_]
    stolen: NDArray[np.bool_]
    taken: NDArray[np.bool_]
    exchanged_people: NDArray[np.int64]
    unnoticed: NDArray[np.float64]
    noticed: NDArray[np.float64]

    @property
    def mixed(self) -> NDArray[np.bool_]:
        """(A,) bool, whether the absence mixed up two people."""
        return self.stolen | self.taken

    @property
    def costs(self) -> NDArray[np.float64]:
        """(A,) float64, MIXED_COSTS if two people are mixed up, else 1 without the identity."""
        return np.where(self.mixed, MIXED_COSTS, 1.0 - self.returned)


def judge_rounds(sure: SurePeople, rounds: list[Round], ids: list[NDArray[np.int64]]) -> Outcomes:
    """Judge the tracks of all rounds.

    Args:
        sure: the sure tracklets of N boxes.
        rounds: the planned rounds.
        ids: for each round the track (N,) of each box, -1 for none.
    """
    absences, exchanges = [], []
    for each, found in zip(rounds, ids, strict=True):
        absences += [_judge_absence(sure, absence, found) for absence in each.absences]
        exchanges += [_judge_exchange(sure, exchange, found) for exchange in each.exchanges]
    people, seconds, returned, stolen, taken = np.array(absences).reshape(-1, 5).T
    exchanged, unnoticed, noticed = np.array(exchanges).reshape(-1, 3).T
    return Outcomes(
        people.astype(np.int64),
        seconds,
        returned.astype(bool),
        stolen.astype(bool),
        taken.astype(bool),
        exchanged.astype(np.int64),
        unnoticed,
        noticed,
    )


def _judge_absence(
    sure: SurePeople, absence: Absence, ids: NDArray[np.int64]
) -> tuple[int, float, bool, bool, bool]:
    """Return person, seconds, and whether the identity returned, was stolen, is another's."""
    boxes, rows = sure.boxes, sure.rows[absence.tracklet]
    others = sure.others[absence.tracklet]
    decided = rows[absence.back : absence.back + _decision(sure)]
    old, new = _last(ids[rows[: absence.first]]), _last(ids[decided])
    frames = boxes.frames[others]
    hidden_at, back_at, end = boxes.frames[[rows[absence.first], rows[absence.back], decided[-1]]]
    # The person stands elsewhere in all these frames, so an identity seen there is mixed up.
    meanwhile = ids[others[(frames >= hidden_at) & (frames <= end)]]
    earlier = ids[others[frames < back_at]]
    return (
        int(sure.people[absence.tracklet]),
        (absence.back - absence.first) / sure.frame_rate,
        old >= 0 and old == new,
        old >= 0 and bool((meanwhile == old).any()),
        new >= 0 and new != old and bool((earlier == new).any()),
    )


def _judge_exchange(
    sure: SurePeople, exchange: Exchange, ids: NDArray[np.int64]
) -> tuple[int, float, float]:
    """Return the first person, and the shares of kept places and of identities that moved."""
    old = [_last(ids[rows]) for rows in exchange.before]
    new = [_last(ids[rows[: _decision(sure)]]) for rows in exchange.after]
    kept = [a >= 0 and a == b for a, b in zip(old, new, strict=True)]
    moved = [a >= 0 and a == b for a, b in zip(old, new[::-1], strict=True)]
    return int(sure.people[exchange.tracklets[0]]), float(np.mean(kept)), float(np.mean(moved))


def _decision(sure: SurePeople) -> int:
    return max(_DECISION_FRAMES, round(_DECISION_S * sure.frame_rate))


def _last(ids: NDArray[np.int64]) -> int:
    """Return the last track among those of a person's boxes; -1 if there is none."""
    seen = ids[ids >= 0]
    return int(seen[-1]) if len(seen) else -1
