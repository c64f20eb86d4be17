"""Rank tracks by their distance from a query without comparing all of them."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.retrieval.neighbours import Neighbours
from flatsort.retrieval.track_distances import TrackDistances, combine, to_metric_units

_FIRST = 16
"""Number of neighbours of each query box in the first round, per wanted track."""
_MORE = 4
"""Factor by which the number of neighbours grows from one round to the next."""


@dataclass(frozen=True)
class Ranking:
    """The K nearest tracks, nearest first; equally near tracks are in the order of the index.

    Attributes:
        tracks: (K,) int64 track numbers.
        distances: (K,) float64, in the metric's units.
    """

    tracks: NDArray[np.int64]
    distances: NDArray[np.float64]


class TrackSearch:
    """Ranks tracks exactly as a comparison of all tracks would.

    The neighbours of a query's boxes give the tracks that are worth comparing, and a lower bound of
    the distance of every other track. If another track could still be among the nearest, the search
    continues with more neighbours.

    Args:
        distances: the exact distances, computed for few tracks at a time.
        engine: class that finds neighbours, one of ENGINES.
    """

    def __init__(self, distances: TrackDistances, engine: type[Neighbours]) -> None:
        self._distances = distances
        self._neighbours = engine(distances.points)

    def nearest(
        self, queries: NDArray[np.float32], count: int, excluded: Collection[int] = ()
    ) -> Ranking:
        """Return the tracks nearest to a person.

        Args:
            queries: (S, D) prepared features of the person, S at least 1.
            count: number of tracks wanted, at least 1.
            excluded: tracks that must not be in the ranking.

        Returns:
            The ranking; it is shorter than ``count`` only if there are not enough tracks.
        """
        allowed = np.setdiff1d(np.arange(len(self._distances)), list(excluded))
        wanted = min(count, len(allowed))
        reach = _FIRST * (count + len(excluded))
        while reach < len(self._distances.points):
            tracks, bounds, beyond = self._bounds(queries, reach)
            among = np.isin(tracks, allowed)
            ranking = self._best(queries, tracks[among], bounds[among], wanted)
            if len(ranking.tracks) == wanted and (ranking.distances < beyond).all():
                return ranking
            reach *= _MORE
        return self._best(queries, allowed, np.zeros(len(allowed)), wanted)

    def _bounds(
        self, queries: NDArray[np.float32], reach: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], float]:
        """Find the tracks of the ``reach`` nearest neighbours of each of the query's boxes.

        Returns:
            The K tracks found, a lower bound (K,) of each one's distance, and a lower bound of the
            distance of every other track.
        """
        distances, rows = self._neighbours.nearest(queries, reach)
        distances = to_metric_units(self._distances.metric, distances)
        edges = distances.max(axis=1, keepdims=True)
        owners = self._distances.owners[rows]
        tracks = np.unique(owners)
        nearest = np.repeat(edges, len(tracks), axis=1)
        places = np.arange(len(queries))[:, None], np.searchsorted(tracks, owners)
        np.minimum.at(nearest, places, distances)
        return tracks, combine(nearest), float(combine(edges)[0])

    def _best(
        self,
        queries: NDArray[np.float32],
        tracks: NDArray[np.int64],
        bounds: NDArray[np.float64],
        wanted: int,
    ) -> Ranking:
        """Rank the ``wanted`` nearest of some tracks.

        The tracks with the smallest bounds are compared first. The largest of their distances is
        the limit: no track with a larger bound is compared.

        Args:
            queries: (S, D) prepared features of the person.
            tracks: (K,) ascending.
            bounds: (K,) lower bounds of their distances.
            wanted: length of the ranking, at most K.
        """
        likeliest = tracks[np.argsort(bounds, kind="stable")[:wanted]]
        limit = self._distances.compare(queries, likeliest).max(initial=0)
        hopeful = tracks[bounds <= limit]
        distances = self._distances.compare(queries, hopeful)
        order = np.argsort(distances, kind="stable")[:wanted]
        return Ranking(hopeful[order], distances[order])
