"""The seam for galleries that outgrow memory: near boxes come from an index or a database."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from flatsort.errors import InputError
from flatsort.retrieval.track_index import TrackIndex

EXACT_BOXES = 1_000_000
"""Number of boxes up to which a gallery is searched exactly: half a gigabyte of features of 128
numbers, which one comparison with every box reads in a fraction of a second."""
SPARE = 2
"""Candidates that are compared exactly, per wanted neighbour. An engine ranks by rounded features.
Among a million simulated boxes, rounding hides 3 or 4 of a hundred neighbours with 1 candidate per
neighbour, and none with 2."""


class BoxGallery(Protocol):
    """N boxes on disk, whose near neighbours are found without a comparison with all.

    A vector database takes part in the search by this protocol alone.

    Attributes:
        index: the tracks. Features and pictures stay on disk. ``features`` has a shape, and
            ``features[rows]`` reads some, for a slice or an array of ascending rows; it raises
            InputError if they are damaged.
        engine: name of what finds the candidates, for the answer.
        recall: share of the ten nearest boxes that the search finds, measured on this gallery when
            it was made; None if every box is compared.
    """

    index: TrackIndex
    engine: str
    recall: float | None

    def candidates(
        self, queries: NDArray[np.float32], count: int, sources: NDArray[np.int64] | None
    ) -> NDArray[np.int64]:
        """Return rows that are likely to be the nearest, in any order.

        Args:
            queries: (Q, D) prepared by the metric of the index.
            count: number of rows wanted per query, at least 1.
            sources: places of the sources whose boxes may be listed; None for all.

        Returns:
            (Q, count) row numbers, different for each query; -1 where there are not enough.
        """


def nearest_boxes(
    gallery: BoxGallery,
    queries: NDArray[np.float32],
    count: int,
    sources: NDArray[np.int64] | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the nearest of the candidates of a gallery, by their exact distances.

    Args:
        gallery: the gallery.
        queries: (Q, D) prepared by the metric of its index.
        count: number of boxes per query, at least 1.
        sources: places of the sources to search; None for all.

    Returns:
        Euclidean distances (Q, count) of prepared features, ascending, and row numbers (Q, count);
        infinite and -1 where there are not enough.

    Raises:
        InputError: the gallery is damaged.
    """
    rows = gallery.candidates(queries, SPARE * count, sources)
    needed = np.unique(rows[rows >= 0])
    if len(needed) and needed[-1] >= len(gallery.index.owners):
        raise InputError("the gallery's index is damaged: index the results again")
    points = stored_points(gallery.index, needed)
    distances = np.full(rows.shape, np.inf)
    for number, (query, own) in enumerate(zip(queries, rows, strict=True)):
        there = own >= 0
        if there.any():
            places = np.searchsorted(needed, own[there])
            distances[number, there] = cdist(query[None], points[places])[0]
    # Equally near boxes are in the order of the index.
    order = np.lexsort((rows, distances), axis=1)[:, :count]
    return np.take_along_axis(distances, order, axis=1), np.take_along_axis(rows, order, axis=1)


def stored_points(index: TrackIndex, rows: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the prepared features (K, D) of ascending rows of an index on disk.

    Raises:
        InputError: the features are damaged.
    """
    return index.metric.prepare(index.features[rows])
