"""The nearest of many points by Euclidean distance: a k-d tree, or faiss where it is installed."""

import importlib.util
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree


class Neighbours(Protocol):
    """Finds nearest points.

    Args:
        points: (N, D) float32, N at least 1.
    """

    def __init__(self, points: NDArray[np.float32]) -> None: ...

    def nearest(
        self, queries: NDArray[np.float32], count: int
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """The ``count`` points nearest to each query, as far as rounding tells.

        Args:
            queries: (Q, D).
            count: from 1 to N.

        Returns:
            Bounds (Q, count): no point listed is nearer than its bound, and none that is not listed
            is nearer than the greatest of them. And the points (Q, count).
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
        # Sums in another order than that of whoever compares differ in their last digits.
        return distances * (1 - 1e-9), rows


class FaissNeighbours(Neighbours):
    """faiss' exhaustive search, in single precision."""

    def __init__(self, points: NDArray[np.float32]) -> None:
        import faiss

        # faiss may take squares apart, whose difference is rounding for points far off the origin,
        # and overflows at 1e19.
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
        # A sum of D products is off by less than D roundings of the lengths; twice that to be sure.
        rounding = 2 * (queries.shape[1] + 8) * np.finfo(np.float32).eps * lengths
        return self._scale * np.sqrt(np.maximum(squares - rounding, 0)), rows

    def _scaled(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        """About the centre, in lengths of the farthest point's distance from it."""
        return ((points - self._centre) / self._scale).astype(np.float32)


ENGINES: dict[str, type[Neighbours]] = {"kd-tree": TreeNeighbours, "faiss": FaissNeighbours}


def installed_engines() -> list[str]:
    """The names of the engines that can be used, the fastest last."""
    has_faiss = importlib.util.find_spec("faiss") is not None
    return [name for name in ENGINES if name != "faiss" or has_faiss]
