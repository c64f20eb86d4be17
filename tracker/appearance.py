"""Distances between appearance features."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from .arrays import Floats, Reals, Singles

SAFE_SIZES = (1e-12, 1e15)
"""Sizes of a feature's largest number between which float32 holds its length with all digits.
Squares of smaller numbers vanish, and squares of larger ones overflow."""


@dataclass(frozen=True, eq=False)
class AppearanceMetric:
    """A distance between appearance features, and its gate.

    Attributes:
        kind: "cosine" is 1 - cos, in [0, 2]. "euclidean" is the plain distance. The metric of that
            name in nwojke/deep_sort is the *square* of the distance; take the square root of a gate
            that was tuned there.
        gate: Largest distance at which two features may show the same person. Upstream's default
            is 0.2 for cosine. A gate holds for one descriptor and one kind only.
        centre: (D,) vector that is subtracted from every feature first, or None. The latents of an
            autoencoder are not centred: seen from a far origin all their cosines are alike, and
            no gate can separate them.

    Raises:
        ValueError: If the kind is unknown, if the gate is not a positive finite number or if the
            centre is not a finite vector.
    """

    kind: Literal["cosine", "euclidean"] = "cosine"
    gate: float = 0.2
    centre: Singles | None = None

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

    def distances(self, features_a: Singles, features_b: Singles) -> Reals:
        """Return the distances (A, B) between raw features (A, D) and (B, D)."""
        return self.compare(self.prepare(features_a), self.prepare(features_b))

    def prepare(self, features: Singles) -> Singles:
        """Return features (N, D) minus the centre and, for cosine, scaled to unit length.

        Raises:
            ValueError: If a feature is not finite, with its distance from the centre, or if the
                features and the centre differ in their number of columns.
        """
        features = np.asarray(features, dtype=np.float32)
        _check_finite(features)
        if self.centre is not None:
            if features.shape[1] != len(self.centre):
                raise ValueError(
                    f"features have {features.shape[1]} columns, "
                    f"but the metric's centre has {len(self.centre)}"
                )
            with np.errstate(over="ignore"):
                features = features - self.centre
            _check_finite(features)
        if self.kind == "euclidean":
            return features
        features = _safe(features)
        lengths = np.linalg.norm(features, axis=1, keepdims=True)
        # A zero feature has no direction. It stays zero, so that its distance from every feature is
        # 1 and never NaN.
        directions: Singles = np.divide(
            features, lengths, out=np.zeros_like(features), where=lengths > 0
        )
        return directions

    def compare(self, prepared_a: Singles, prepared_b: Singles) -> Reals:
        """Return the distances (A, B) between prepared features (A, D) and (B, D).

        Args:
            prepared_a: (A, D) features that :meth:`prepare` returned.
            prepared_b: (B, D) features that :meth:`prepare` returned.
        """
        if self.kind == "cosine":
            return 1.0 - prepared_a @ prepared_b.T
        # scipy is imported here because the compiled engine does without it.
        from scipy.spatial.distance import cdist

        # The formula a^2 - 2ab + b^2 would lose all digits for features far from the origin.
        distances: Floats = cdist(prepared_a, prepared_b)
        return distances


def _check_finite(features: Singles) -> None:
    if not np.isfinite(features).all():
        raise ValueError("appearance features must be finite, but some are NaN or infinite")


def _safe(features: Singles) -> Singles:
    """Return features (N, D), with very small and very large rows scaled by a power of two.

    Such a factor changes no digit, so the directions stay.
    """
    largest = np.abs(features).max(axis=1, initial=0.0)
    least, most = SAFE_SIZES
    is_safe = (largest == 0) | ((largest >= least) & (largest <= most))
    if is_safe.all():
        return features
    _, exponents = np.frexp(largest)
    return np.ldexp(features, -np.where(is_safe, 0, exponents)[:, np.newaxis])


def check_columns(features: Singles, earlier: int) -> None:
    """Raise ValueError unless features (N, D) have as many columns as the earlier ones."""
    if features.shape[1] != earlier:
        raise ValueError(
            f"features have {features.shape[1]} columns, but earlier ones had {earlier}"
        )
