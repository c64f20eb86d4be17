"""The features that each track has shown so far."""

import numpy as np

from ..appearance import AppearanceMetric, check_columns
from ..arrays import Floats, Ints, Rows, Singles


class Gallery:
    """The last `budget` features of every track; row t belongs to track t.

    Each track has one ring buffer, and one array holds the ring buffers of all tracks. The place of
    a ring buffer in this array is the track's slot. When a track dies, a later track takes over its
    slot; so no features move. Every method except :meth:`prepare` takes prepared features.

    Args:
        metric: Prepares and compares the features.
        budget: Features kept per track, at least 1; L_k in the DeepSORT paper.
    """

    def __init__(self, metric: AppearanceMetric, budget: int) -> None:
        self._metric = metric
        self._budget = budget
        self._slots = np.empty(0, dtype=np.intp)
        self._pushed = np.empty(0, dtype=np.intp)
        self._ring = np.empty((0, budget, 0), dtype=np.float32)

    def __len__(self) -> int:
        return len(self._slots)

    def prepare(self, features: Singles) -> Singles:
        """Prepare raw features (N, D) for the other methods: see :class:`AppearanceMetric`.

        Raises:
            ValueError: If a feature is not finite, or if the stored features have another number of
                columns.
        """
        if len(features) == 0:
            return np.asarray(features, dtype=np.float32)
        prepared = self._metric.prepare(features)
        if len(self._ring):
            check_columns(prepared, self._ring.shape[2])
        return prepared

    def append(self, features: Singles) -> None:
        """Start one track per feature (N, D), after the existing rows."""
        if len(features) == 0:
            return
        first, count = len(self), len(features)
        free = np.setdiff1d(np.arange(first + count), self._slots)[:count]
        self._slots = np.concatenate([self._slots, free])
        self._pushed = np.concatenate([self._pushed, np.zeros(count, dtype=np.intp)])
        self._grow(capacity=int(free[-1]) + 1, width=features.shape[1])
        self.push(np.arange(first, first + count), features)

    def push(self, rows: Ints, features: Singles) -> None:
        """Add one feature (K, D) to each of the distinct tracks `rows` (K,)."""
        if len(rows) == 0:
            return
        self._ring[self._slots[rows], self._pushed[rows] % self._budget] = features
        self._pushed[rows] += 1

    def keep(self, rows: Rows) -> None:
        """Forget all tracks but `rows` (an index or a mask), in the order of `rows`."""
        self._slots = self._slots[rows]
        self._pushed = self._pushed[rows]

    def distances(self, rows: Ints, features: Singles) -> Floats:
        """Return the distances (len(rows), N) float64 of features (N, D) from the tracks `rows`.

        The distance of a feature from a track is its distance from the track's nearest feature.
        """
        if len(rows) == 0 or len(features) == 0:
            return np.empty((len(rows), len(features)))
        counts = np.minimum(self._pushed[rows], self._budget)
        starts = np.cumsum(counts) - counts
        # Row numbers in the flattened array: slot * budget + 0, 1, ..., count - 1 of each track.
        flat = np.repeat(self._slots[rows] * self._budget - starts, counts)
        flat += np.arange(counts.sum())
        slots, budget, width = self._ring.shape
        stored = self._ring.reshape(slots * budget, width)[flat]
        nearest = np.minimum.reduceat(self._metric.compare(stored, features), starts, axis=0)
        return nearest.astype(np.float64)

    def _grow(self, capacity: int, width: int) -> None:
        """Make room for `capacity` slots of features with `width` columns."""
        if capacity <= len(self._ring):
            return
        grown = np.empty((max(capacity, 2 * len(self._ring)), self._budget, width), np.float32)
        if len(self._ring):
            grown[: len(self._ring)] = self._ring
        self._ring = grown
