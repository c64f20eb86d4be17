"""Tracks in the order of their distance from a query, found without comparing everything."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.retrieval.distances import TrackDistances, combine, in_units
from flatsort.retrieval.neighbours import Neighbours

# Neighbours asked for at first, for each track wanted; and how many times as many after that.
_FIRST, _MORE = 16, 4


@dataclass(frozen=True)
class Ranking:
    """The nearest K tracks, the nearest first; of those equally near the one indexed first.

    Attributes:
        tracks: (K,) int64.
        distances: (K,) float64, in the metric's units.
    """

    tracks: NDArray[np.int64]
    distances: NDArray[np.float64]


class TrackSearch:
    """Ranks tracks exactly as comparing everything would.

    Neighbours of a query's boxes say which tracks are worth comparing and how near the others can
    be at best. Where that leaves a doubt, more neighbours are looked at.

    Args:
        distances: of the tracks.
        engine: what finds neighbours.
    """

    def __init__(self, distances: TrackDistances, engine: type[Neighbours]) -> None:
        self._distances = distances
        self._neighbours = engine(distances.points)

    def nearest(
        self, queries: NDArray[np.float32], count: int, excluded: Collection[int] = ()
    ) -> Ranking:
        """The tracks nearest to a person.

        Args:
            queries: (S, D) prepared features of the person, S at least 1.
            count: how many tracks, at least 1.
            excluded: tracks that are not among the answers.

        Returns:
            Fewer than ``count`` only where there are no more.
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
        """Tracks (K,) with neighbours, what (K,) they are not nearer than, nor is any other."""
        distances, rows = self._neighbours.nearest(queries, reach)
        distances = in_units(self._distances.metric, distances)
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
        """The nearest of tracks (K,), ascending, that are not nearer than their bounds (K,)."""
        likeliest = tracks[np.argsort(bounds, kind="stable")[:wanted]]
        limit = self._distances.to(queries, likeliest).max(initial=0)
        hopeful = tracks[bounds <= limit]
        distances = self._distances.to(queries, hopeful)
        order = np.argsort(distances, kind="stable")[:wanted]
        return Ranking(hopeful[order], distances[order])
