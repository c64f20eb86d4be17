"""How alike two detections look, and what each track has looked like so far."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from .checks import check_whole


@dataclass(frozen=True, eq=False)
class AppearanceMetric:
    """A distance of appearance features and the largest one at which two may be the same person.

    Attributes:
        kind: "cosine" is 1 - cos, in [0, 2]. "euclidean" is the plain distance; note that the
            metric of that name in nwojke/deep_sort is its *square*, so square roots of gates tuned
            there apply here.
        gate: Largest distance of a match; upstream's default is cosine 0.2. Gates belong to one
            descriptor and one kind and cannot be carried over to another.
        centre: (D,) subtracted from every feature first, or None. Latents of an autoencoder are
            not centred; about a far origin all cosines are alike and the gate tells nothing.

    Raises:
        ValueError: If the kind is unknown, the gate not positive or the centre not a finite vector.
    """

    kind: Literal["cosine", "euclidean"] = "cosine"
    gate: float = 0.2
    centre: np.ndarray | None = None

    def __post_init__(self) -> None:
        if self.kind not in ("cosine", "euclidean"):
            raise ValueError(f"kind must be 'cosine' or 'euclidean', not {self.kind!r}")
        if not 0 < self.gate < np.inf:
            raise ValueError(f"gate must be a positive finite distance, not {self.gate}")
        if self.centre is not None:
            centre = np.asarray(self.centre, dtype=np.float32)
            if centre.ndim != 1 or not np.isfinite(centre).all():
                raise ValueError(f"centre must be a finite vector, not of shape {centre.shape}")
            object.__setattr__(self, "centre", centre)

    def distances(self, features_a: np.ndarray, features_b: np.ndarray) -> np.ndarray:
        """(A, B) distances between raw features (A, D) and (B, D)."""
        return self.compare(self.prepare(features_a), self.prepare(features_b))

    def prepare(self, features: np.ndarray) -> np.ndarray:
        """Features (N, D) centred and, for cosine, scaled to unit length; zero stays zero.

        Raises:
            ValueError: If a feature is not finite, or its length is not the centre's.
        """
        features = np.asarray(features, dtype=np.float32)
        if not np.isfinite(features).all():
            raise ValueError("appearance features must be finite, but some are NaN or infinite")
        if self.centre is not None:
            if features.shape[1] != len(self.centre):
                raise ValueError(
                    f"features have {features.shape[1]} columns, "
                    f"but the metric's centre has {len(self.centre)}"
                )
            features = features - self.centre
        if self.kind == "euclidean":
            return features
        lengths = np.linalg.norm(features, axis=1, keepdims=True)
        # A zero feature says nothing: its cosine with anything is 0, its distance 1, never NaN.
        return np.divide(features, lengths, out=np.zeros_like(features), where=lengths > 0)

    def compare(self, prepared_a: np.ndarray, prepared_b: np.ndarray) -> np.ndarray:
        """(A, B) distances between features (A, D) and (B, D) that :meth:`prepare` returned."""
        if self.kind == "cosine":
            return 1.0 - prepared_a @ prepared_b.T
        from scipy.spatial.distance import cdist

        # Not by squares and products, whose difference is rounding for features far off the origin.
        return cdist(prepared_a, prepared_b)


class Gallery:
    """The last `budget` features of every track; row t belongs to track t.

    The features live in one ring buffer a track, all in one array; a track's slot in it goes to a
    later track when it dies, so that deaths move no features. All features but :meth:`prepare`'s
    are prepared ones.

    Args:
        metric: Prepares and compares the features.
        budget: Features kept a track; upstream's L_k = 100.

    Raises:
        ValueError: If the budget is below 1.
    """

    def __init__(self, metric: AppearanceMetric, budget: int = 100) -> None:
        check_whole("budget", budget, minimum=1)
        self._metric = metric
        self._budget = budget
        self._slots = np.empty(0, dtype=np.intp)
        self._pushed = np.empty(0, dtype=np.intp)
        self._ring = np.empty((0, budget, 0), dtype=np.float32)

    def __len__(self) -> int:
        return len(self._slots)

    def prepare(self, features: np.ndarray) -> np.ndarray:
        """Raw features (N, D) made ready for the other methods: see :class:`AppearanceMetric`.

        Raises:
            ValueError: If a feature is not finite, or D is not that of the features kept.
        """
        if len(features) == 0:
            return np.asarray(features, dtype=np.float32)
        prepared = self._metric.prepare(features)
        if len(self._ring):
            check_columns(prepared, self._ring.shape[2])
        return prepared

    def append(self, features: np.ndarray) -> None:
        """Start one track a feature (N, D), after the existing rows."""
        if len(features) == 0:
            return
        first, count = len(self), len(features)
        free = np.setdiff1d(np.arange(first + count), self._slots)[:count]
        self._slots = np.concatenate([self._slots, free])
        self._pushed = np.concatenate([self._pushed, np.zeros(count, dtype=np.intp)])
        self._grow(capacity=int(free[-1]) + 1, width=features.shape[1])
        self.push(np.arange(first, first + count), features)

    def push(self, rows: np.ndarray, features: np.ndarray) -> None:
        """Add one feature (K, D) to each of the distinct tracks `rows` (K,)."""
        if len(rows) == 0:
            return
        self._ring[self._slots[rows], self._pushed[rows] % self._budget] = features
        self._pushed[rows] += 1

    def keep(self, rows: np.ndarray) -> None:
        """Forget all tracks but `rows` (an index or a mask), in its order."""
        self._slots = self._slots[rows]
        self._pushed = self._pushed[rows]

    def distances(self, rows: np.ndarray, features: np.ndarray) -> np.ndarray:
        """(len(rows), N) float64, from the nearest feature of each track to features (N, D)."""
        if len(rows) == 0 or len(features) == 0:
            return np.empty((len(rows), len(features)))
        counts = np.minimum(self._pushed[rows], self._budget)
        starts = np.cumsum(counts) - counts
        # Rows of the flattened ring: slot * budget + 0, 1, ... up to the count, track after track.
        flat = np.repeat(self._slots[rows] * self._budget - starts, counts)
        flat += np.arange(counts.sum())
        slots, budget, width = self._ring.shape
        stored = self._ring.reshape(slots * budget, width)[flat]
        nearest = np.minimum.reduceat(self._metric.compare(stored, features), starts, axis=0)
        return nearest.astype(np.float64)

    def _grow(self, capacity: int, width: int) -> None:
        if capacity <= len(self._ring):
            return
        grown = np.empty((max(capacity, 2 * len(self._ring)), self._budget, width), np.float32)
        if len(self._ring):
            grown[: len(self._ring)] = self._ring
        self._ring = grown


def check_columns(features: np.ndarray, earlier: int) -> None:
    """Raise ValueError unless features (N, D) are as wide as the earlier ones."""
    if features.shape[1] != earlier:
        raise ValueError(
            f"features have {features.shape[1]} columns, but earlier ones had {earlier}"
        )
