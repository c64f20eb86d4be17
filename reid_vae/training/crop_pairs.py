"""Draw pairs of crops of one person from tracklets and single crops."""

import zlib

import numpy as np
import torch
from torch import Tensor

from ..model.nuisance_covariance import number_from_zero

# Pairs per step, and the largest share of them that comes from tracklets: footage has many crops of
# few people, pictures show many people once.
PAIRS = 128
FROM_TRACKLETS = 0.1875


class Pairs:
    """Draws pairs of crops of one person.

    Attributes:
        people: (M,) int64, the tracklet of each crop, from 0.
        fingerprint: checksum of the tracklets.

    Args:
        tracklets: (M,) int64; crops with one number show one person.
    """

    def __init__(self, tracklets: np.ndarray) -> None:
        self.people = number_from_zero(tracklets)
        self.fingerprint = zlib.crc32(self.people.numpy().tobytes())
        counts = torch.bincount(self.people)
        groups = torch.argsort(self.people, stable=True).split(counts.tolist())
        self._tracklets = [group for group in groups if len(group) > 1]
        self._alone = torch.nonzero(counts[self.people] == 1).flatten()

    def draw(self) -> Tensor:
        """Return the rows of at most PAIRS pairs (2, P), of as many people.

        Both rows of a crop without a tracklet are the same.
        """
        most = round(FROM_TRACKLETS * PAIRS) if len(self._alone) else PAIRS
        chosen = torch.randperm(len(self._tracklets))[:most].tolist()
        pairs = [_two_of(self._tracklets[number]) for number in chosen]
        alone = self._alone[torch.randperm(len(self._alone))[: PAIRS - len(pairs)]]
        return torch.cat([*(pair[:, None] for pair in pairs), alone.expand(2, -1)], 1)


def _two_of(rows: Tensor) -> Tensor:
    return rows[torch.randperm(len(rows))[:2]]
