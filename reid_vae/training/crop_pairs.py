"""Draw pairs of crops of one person, and tell which crops show two people, without labels.

Different recordings count as showing different people, and so do single pictures: a few that show
the same person do little harm among thousands.
"""

import zlib
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..model.nuisance_covariance import number_from_zero

# Pairs per step, and the share of them for which people with several crops are drawn at least, if
# there are so many: only their pairs show how a person really changes, and thousands of single
# pictures would crowd them out.
PAIRS = 128
LEAST_FROM_SEVERAL = 0.1875
# Share of all pairs of crops that come from one recording, above which all people are compared.
_MOST_FROM_ONE = 0.5

# Columns of Sightings.rows.
_PERSON, _SEQUENCE, _FIRST_FRAME, _LAST_FRAME = range(4)


@dataclass(frozen=True)
class Sightings:
    """Whom each of M crops shows, as far as footage tells.

    Attributes:
        rows: (M, 4) int64: the person, from 0; the sequence; the first and the last frame of the
            crop's tracklet.
    """

    rows: Tensor

    @classmethod
    def of_tracklets(
        cls,
        tracklets: np.ndarray,
        sequences: np.ndarray,
        frames: np.ndarray,
        people: np.ndarray | None = None,
    ) -> "Sightings":
        """Return the sightings of tracklets.

        Args:
            tracklets: (M,) int64; crops with one number show one person. In the gaps of a tracklet
                its person counts as seen, too.
            sequences: (M,) int64, the recording of each crop.
            frames: (M,) int64.
            people: (M,), the person of each crop, if some tracklets are known to show one person;
                by default, its tracklet.
        """
        numbers = number_from_zero(tracklets)
        frame = torch.from_numpy(np.asarray(frames, np.int64))
        count = int(numbers.max()) + 1
        first, last = (
            torch.zeros(count, dtype=torch.int64).scatter_reduce(
                0, numbers, frame, reduction, include_self=False
            )[numbers]
            for reduction in ("amin", "amax")
        )
        person = numbers if people is None else number_from_zero(people)
        sequence = torch.from_numpy(np.asarray(sequences, np.int64))
        return cls(torch.stack([person, sequence, first, last], 1))

    @property
    def people(self) -> Tensor:
        """The person (M,) of each crop."""
        return self.rows[:, _PERSON]

    def with_enough_others(self) -> "Sightings":
        """Return sightings in which each crop surely shows somebody else than many others.

        In one recording, few tracklets are seen at the same time. So if most pairs of crops come
        from one recording, different numbers count as different people. Among many people, few
        such pairs are wrong.
        """
        _, counts = self.rows[:, _SEQUENCE].unique(return_counts=True)
        if (counts / len(self.rows)).square().sum() <= _MOST_FROM_ONE:
            return self
        rows = self.rows.clone()
        rows[:, _SEQUENCE] = self.people
        return Sightings(rows)

    @property
    def fingerprint(self) -> int:
        """Checksum of all values."""
        return zlib.crc32(self.rows.numpy().tobytes())


def nobody(count: int) -> Tensor:
    """Return rows (count, 4) of sightings that show nobody."""
    return torch.full((count, 4), -1)


def same_person(rows: Tensor, others: Tensor) -> Tensor:
    """Return whether rows (N, 4) and others (M, 4) of sightings are of one person, (N, M)."""
    return rows[:, None, _PERSON] == others[:, _PERSON]


def two_people(rows: Tensor, others: Tensor) -> Tensor:
    """Return which rows (N, 4) and others (M, 4) of sightings surely show two people, (N, M).

    They do in two sequences, and in one sequence if their tracklets are seen at the same time. Two
    tracklets of one sequence at different times may show one person.

    Args:
        rows: sightings of people.
        others: sightings of people or of :func:`nobody`.
    """
    apart = rows[:, None, _SEQUENCE] != others[:, _SEQUENCE]
    together = (rows[:, None, _FIRST_FRAME] <= others[:, _LAST_FRAME]) & (
        rows[:, None, _LAST_FRAME] >= others[:, _FIRST_FRAME]
    )
    return (apart | together) & ~same_person(rows, others) & (others[:, _PERSON] >= 0)


class Pairs:
    """Draws pairs of crops of one person.

    Args:
        people: (M,) int64, the person of each crop, from 0.
    """

    def __init__(self, people: Tensor) -> None:
        counts = torch.bincount(people)
        groups = torch.argsort(people, stable=True).split(counts.tolist())
        self._several = [group for group in groups if len(group) > 1]
        self._alone = torch.nonzero(counts[people] == 1).flatten()
        share = len(self._several) / (len(self._several) + len(self._alone))
        self._from_several = round(max(LEAST_FROM_SEVERAL, share) * PAIRS)

    def draw(self) -> Tensor:
        """Return the rows of at most PAIRS pairs (2, P), of as many people.

        A person with one crop is paired with that same crop.
        """
        chosen = torch.randperm(len(self._several))[: self._from_several].tolist()
        pairs = [_two_of(self._several[number]) for number in chosen]
        alone = self._alone[torch.randperm(len(self._alone))[: PAIRS - len(pairs)]]
        return torch.cat([*(pair[:, None] for pair in pairs), alone.expand(2, -1)], 1)


def _two_of(rows: Tensor) -> Tensor:
    return rows[torch.randperm(len(rows))[:2]]
