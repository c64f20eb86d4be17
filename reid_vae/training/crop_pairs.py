"""Draw pairs of crops of one person, and tell which crops show two people, without labels."""

import zlib
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..model.nuisance_covariance import number_from_zero

# Pairs per step, and the least share of them that comes from tracklets: pictures show many people
# once, and footage shows each of few people often.
PAIRS = 128
FROM_TRACKLETS = 0.1875

# Columns of Sightings.rows.
_PERSON, _SEQUENCE, _FIRST, _LAST = range(4)


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
        """Return the sightings of tracklets without gaps.

        Args:
            tracklets: (M,) int64; crops with one number show one person.
            sequences: (M,) int64, the recording of each crop; nobody is in two.
            frames: (M,) int64.
            people: (M,), the person of each crop, if some tracklets are known to show one person;
                by default, its tracklet.
        """
        numbers = number_from_zero(tracklets)
        times = torch.from_numpy(np.asarray(frames, np.int64))
        count = int(numbers.max()) + 1
        first, last = (
            torch.zeros(count, dtype=torch.int64).scatter_reduce(
                0, numbers, times, reduction, include_self=False
            )[numbers]
            for reduction in ("amin", "amax")
        )
        known = numbers if people is None else number_from_zero(people)
        places = torch.from_numpy(np.asarray(sequences, np.int64))
        return cls(torch.stack([known, places, first, last], 1))

    @property
    def people(self) -> Tensor:
        """The person (M,) of each crop."""
        return self.rows[:, _PERSON]

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
    """
    apart = rows[:, None, _SEQUENCE] != others[:, _SEQUENCE]
    together = (rows[:, None, _FIRST] <= others[:, _LAST]) & (
        rows[:, None, _LAST] >= others[:, _FIRST]
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
        self._from_several = round(max(FROM_TRACKLETS, share) * PAIRS)

    def draw(self) -> Tensor:
        """Return the rows of at most PAIRS pairs (2, P), of as many people.

        Both rows of a person of a single crop are the same.
        """
        chosen = torch.randperm(len(self._several))[: self._from_several].tolist()
        pairs = [_two_of(self._several[number]) for number in chosen]
        alone = self._alone[torch.randperm(len(self._alone))[: PAIRS - len(pairs)]]
        return torch.cat([*(pair[:, None] for pair in pairs), alone.expand(2, -1)], 1)


def _two_of(rows: Tensor) -> Tensor:
    return rows[torch.randperm(len(rows))[:2]]
