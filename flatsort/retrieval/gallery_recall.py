"""Measure how many of the nearest boxes the search of a gallery finds."""

import numpy as np
from numpy.typing import NDArray

from flatsort.retrieval.box_gallery import BoxGallery, nearest_boxes, stored_points
from flatsort.retrieval.inverted_lists import BLOCK, Read

NEAREST = 10
"""Number of nearest boxes that should be found."""
_QUERIES = 200
"""Boxes of the gallery that are looked for: their recall has a standard error below .01."""
_SEED = 0


def measure_recall(gallery: BoxGallery) -> float:
    """Return the share of the ten nearest boxes of other tracks that the search finds.

    The queries are boxes of the gallery, drawn at random. Boxes of a query's own track do not
    count: they are near, so every engine finds them. The share is 1 if there is one track only.
    """
    owners = gallery.index.owners
    rng = np.random.default_rng(_SEED)
    asked = np.sort(rng.choice(len(owners), min(_QUERIES, len(owners)), replace=False))
    queries = stored_points(gallery.index, asked)
    # The neighbours of a box include its whole track.
    own = int(np.bincount(owners)[owners[asked]].max())
    found = nearest_boxes(gallery, queries, NEAREST + own)[1]
    true = exact_boxes(gallery, queries, NEAREST + own)
    found_right, all_right = 0, 0
    for box, near, right in zip(asked, found, true, strict=True):
        near = near[near >= 0]
        near, right = (rows[owners[rows] != owners[box]][:NEAREST] for rows in (near, right))
        found_right += int(np.isin(right, near).sum())
        all_right += len(right)
    return found_right / all_right if all_right else 1.0


def exact_boxes(gallery: BoxGallery, queries: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Return the rows (Q, count) of the boxes of a gallery that are nearest to prepared queries."""

    def read(rows: NDArray[np.int64]) -> NDArray[np.float32]:
        return stored_points(gallery.index, rows)

    return nearest_of_all(read, len(gallery.index.owners), queries, count)


def nearest_of_all(
    read: Read, boxes: int, queries: NDArray[np.float32], count: int
) -> NDArray[np.int64]:
    """Return the rows (Q, count) of the nearest boxes, nearest first, by a comparison with all.

    The boxes are read block by block. There are fewer columns if there are fewer boxes.

    Args:
        read: returns the prepared features of ascending rows.
        boxes: number of boxes.
        queries: (Q, D) prepared features.
        count: number of boxes per query.
    """
    import faiss

    distances = np.empty((len(queries), 0), np.float32)
    rows = np.empty((len(queries), 0), np.int64)
    for first in range(0, boxes, BLOCK):
        points = read(np.arange(first, min(first + BLOCK, boxes)))
        near, places = faiss.knn(queries, points, min(count, len(points)))
        distances = np.concatenate([distances, near], axis=1)
        rows = np.concatenate([rows, places + first], axis=1)
        order = np.argsort(distances, axis=1, kind="stable")[:, :count]
        distances = np.take_along_axis(distances, order, axis=1)
        rows = np.take_along_axis(rows, order, axis=1)
    return rows
