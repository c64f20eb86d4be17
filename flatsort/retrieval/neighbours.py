"""Find the nearest of many points by Euclidean distance, with a k-d tree or with faiss."""

import importlib.util
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree


class Neighbours(Protocol):
    """Finds the points nearest to a query.

    Args:
        points: (N, D) float32, N at least 1.
    """

    def __init__(self, points: NDArray[np.float32]) -> None: ...

    def nearest(
        self, queries: NDArray[np.float32], count: int
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return the ``count`` points nearest to each query, exact up to rounding.

        Args:
            queries: (Q, D) points to search from.
            count: number of neighbours, from 1 to N.

        Returns:
            Two arrays of shape (Q, count). The first holds a lower bound of each neighbour's
            distance; every point that is not listed is at least as far as the query's largest
            bound. The second holds the row numbers of the neighbours.
        """


class TreeNeighbours(Neighbours):
    """SciPy's k-d tree, in double precision."""

    def __init__(self, points: NDArray[np.float32]) -> None:
        self._tree = KDTree(points)

    def nearest(
        self, queries: NDArray[np.float32], count: int
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """See :class:`Neighbours`."""
        distances, rows = self._tree.query(queries, k=np.arange(1, count + 1))
        # The bounds must hold for distances by cdist. It sums in another order, so the last digits
        # differ.
        return distances * (1 - 1e-9), rows


class FaissNeighbours(Neighbours):
    """The exhaustive search of faiss, in single precision."""

    def __init__(self, points: NDArray[np.float32]) -> None:
        import faiss

        # Points are centred and scaled to length 1 for two reasons. faiss may compute
        # |a|^2 + |b|^2 - 2ab, which loses all digits far from the origin, and squares of lengths
        # above 1e19 overflow.
        self._centre = points.mean(axis=0, dtype=np.float64)
        self._scale = np.linalg.norm(points - self._centre, axis=1).max() or 1.0
        self._index = faiss.IndexFlatL2(points.shape[1])
        self._index.add(self._scaled(points))

    def nearest(
        self, queries: NDArray[np.float32], count: int
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """See :class:`Neighbours`."""
        scaled = self._scaled(queries)
        squares, rows = self._index.search(scaled, count)
        lengths = (scaled.astype(np.float64) ** 2).sum(axis=1, keepdims=True) + 1
        # A sum of D products errs by less than D roundings of the lengths; twice that is safe.
        rounding = 2 * (queries.shape[1] + 8) * np.finfo(np.float32).eps * lengths
        return self._scale * np.sqrt(np.maximum(squares - rounding, 0)), rows

    def _scaled(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        """Move the centre to the origin and scale the farthest indexed point to length 1."""
        return ((points - self._centre) / self._scale).astype(np.float32)


ENGINES: dict[str, type[Neighbours]] = {"kd-tree": TreeNeighbours, "faiss": FaissNeighbours}


def installed_engines() -> list[str]:
    """Return the names of the installed engines, the fastest last."""
    has_faiss = importlib.util.find_spec("faiss") is not None
    return [name for name in ENGINES if name != "faiss" or has_faiss]
