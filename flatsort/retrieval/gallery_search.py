"""Rank the tracks of a gallery by the boxes that its engine finds."""

import numpy as np
from numpy.typing import NDArray

from flatsort.retrieval.box_gallery import BoxGallery, nearest_boxes
from flatsort.retrieval.ranking import Ranking
from flatsort.retrieval.track_distances import TrackDistances, combine, to_metric_units
from flatsort.retrieval.track_index import TrackIndex

_FIRST = 16
"""Number of neighbours of each query box in the first round, per wanted track."""
_MORE = 4
"""Factor by which the number of neighbours grows from one round to the next."""
_MOST = 4096
"""Neighbours per query box after which the search ends: with 16 boxes per query, this many may
belong to 65 thousand tracks, whose comparison takes seconds."""


def rank_gallery(
    gallery: BoxGallery,
    queries: NDArray[np.float32],
    count: int,
    allowed: NDArray[np.bool_],
    sources: NDArray[np.int64] | None,
) -> Ranking:
    """Return the nearest tracks among those that the gallery's engine finds.

    The distances are exact. A track is missed if the engine finds too few of its boxes.

    Args:
        gallery: the gallery.
        queries: (S, D) prepared features of the person, S at least 1.
        count: number of tracks wanted, at least 1.
        allowed: (T,) the tracks that may be in the ranking.
        sources: places of the sources that have allowed tracks; None for all.
    """
    index = gallery.index
    wanted = min(count, int(allowed.sum()))
    reach = _FIRST * count
    while True:
        distances, rows = nearest_boxes(gallery, queries, reach, sources)
        tracks = np.unique(index.owners[rows[rows >= 0]])
        ranking = _rank(index, queries, tracks[allowed[tracks]], wanted)
        # Every box that the engine did not list should be as far as the last one that it listed.
        beyond = combine(to_metric_units(index.metric, distances[:, -1:]))[0]
        is_sure = len(ranking.tracks) == wanted and (ranking.distances < beyond).all()
        if is_sure or reach >= min(_MOST, len(index.owners)):
            return ranking
        reach *= _MORE


def _rank(
    index: TrackIndex, queries: NDArray[np.float32], tracks: NDArray[np.int64], wanted: int
) -> Ranking:
    """Rank the ``wanted`` nearest of some tracks (K,), in ascending order, by exact distances."""
    if len(tracks) == 0:
        return Ranking(tracks, np.empty(0))
    first, last = (np.searchsorted(index.owners, tracks, side) for side in ("left", "right"))
    rows = np.concatenate([np.arange(*ends) for ends in zip(first, last, strict=True)])
    owners = np.repeat(np.arange(len(tracks)), last - first)
    distances = TrackDistances(index.metric, index.features[rows], owners).compare(queries)
    order = np.argsort(distances, kind="stable")[:wanted]
    return Ranking(tracks[order], distances[order])
