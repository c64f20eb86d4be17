"""How far tracks are from a person of whom there are some boxes."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from flatsort.tracker.gallery import AppearanceMetric

# Of the query's boxes, one in so many must be at least as near: see combine().
ONE_IN = 4


def combine(nearest: NDArray[np.float64]) -> NDArray[np.float64]:
    """One distance of a track from a query, of those of the query's boxes.

    It is what the nearest quarter of the query's boxes keep to. The least of all hangs on one pair
    of boxes, which may both show whoever stood in front; the median asks half of the query's views
    to be in the track too, and a person seen from the front here and from behind there has fewer
    in common. Of the three the quarter finds most on MOT16-09 and the built-in street.

    Args:
        nearest: (S, T), from each of the query's S boxes to the nearest box of each of T tracks.

    Returns:
        (T,); it never falls when one of the distances grows.
    """
    place = -(-len(nearest) // ONE_IN) - 1
    return np.partition(nearest, place, axis=0)[place]


def in_units(metric: AppearanceMetric, distances: NDArray[np.float64]) -> NDArray[np.float64]:
    """A metric's distances from the Euclidean ones of prepared features.

    Among vectors of unit length 1 - cos is half of the squared distance, so both order alike.
    """
    return distances**2 / 2 if metric.kind == "cosine" else distances


class TrackDistances:
    """Compares everything, in double precision; what any faster way must agree with.

    Args:
        metric: prepares features and says what a distance is; its gate is not used.
        features: (N, D) float32.
        owners: (N,) int64, ascending: the track of each, 0 to T - 1, each there.

    Attributes:
        metric: as given.
        points: (N, D) float32, the prepared features.
        owners: as given.
    """

    def __init__(
        self, metric: AppearanceMetric, features: NDArray[np.float32], owners: NDArray[np.int64]
    ) -> None:
        self.metric = metric
        self.points = metric.prepare(features)
        self.owners = owners
        self._starts = np.append(np.searchsorted(owners, np.arange(owners[-1] + 1)), len(owners))

    def __len__(self) -> int:
        return len(self._starts) - 1

    def to(
        self, queries: NDArray[np.float32], tracks: NDArray[np.int64] | None = None
    ) -> NDArray[np.float64]:
        """Distances of tracks from a person.

        Args:
            queries: (S, D) prepared features of one person, S at least 1.
            tracks: (K,) which, in any order; all if None.

        Returns:
            (K,), in the metric's units.
        """
        if tracks is None:
            points, starts = self.points, self._starts[:-1]
        elif len(tracks) == 0:
            return np.empty(0)
        else:
            first, last = self._starts[tracks], self._starts[tracks + 1]
            rows = [np.arange(*ends) for ends in zip(first, last, strict=True)]
            points = self.points[np.concatenate(rows)]
            starts = np.cumsum(last - first) - (last - first)
        # Pair by pair, so that a distance does not depend on what else is compared.
        distances = in_units(self.metric, cdist(queries, points))
        if self.metric.kind == "cosine":
            # A feature without a direction is at a right angle to everything.
            distances[~queries.any(axis=1)] = 1.0
            distances[:, ~points.any(axis=1)] = 1.0
        return combine(np.minimum.reduceat(distances, starts, axis=1))
