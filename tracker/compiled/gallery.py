"""The galleries of :mod:`tracker.reference.gallery`, with as few distances as possible.

The gate on motion decides first which pairs of a track and a detection are possible. Most possible
pairs have no rival: neither the track nor the detection is in another pair. Such a pair is matched
at any distance within the gate on appearance. The search for it therefore ends at the first feature
that is near enough. It starts at the newest feature, which is near enough in most cases. Only
rivals need the nearest feature.
"""

import math

import numpy as np

from ..appearance import SAFE_SIZES
from ..arrays import Ints, Singles
from .build import kernel, sum_kernel
from .table import FEATURE_AGE, PUSHED, SLOT

PREPARED, NOT_FINITE = 0, 1
"""Results of :func:`prepare`."""

_LEAST, _MOST = SAFE_SIZES
_SAFE_SQUARES = (1e-30, 1e30)
"""Sums of squares between which float32 loses no digit."""


@kernel
def prepare(
    features: Singles, rows: Ints, centre: Singles, is_cosine: bool, prepared: Singles
) -> int:
    """Prepare rows (K,) of features (., D), as ``AppearanceMetric.prepare`` does.

    Args:
        features: (., D) float32.
        rows: (K,) int64. A negative number stands for a missing feature; its row of `prepared` is
            not written.
        centre: (D,) float32, or (0,) if there is no centre.
        is_cosine: Whether to scale to unit length.
        prepared: (K, D) float32, written.

    Returns:
        PREPARED, or NOT_FINITE if a feature is not finite, with its distance from the centre.
    """
    for k in range(len(rows)):
        if rows[k] < 0:
            continue
        for d in range(features.shape[1]):
            value = features[rows[k], d]
            if not np.isfinite(value):
                return NOT_FINITE
            prepared[k, d] = value - centre[d] if len(centre) > 0 else value
            if not np.isfinite(prepared[k, d]):
                return NOT_FINITE
        if is_cosine:
            make_safe(prepared, k)
            length = np.sqrt(product(prepared, k, prepared, k))
            for d in range(features.shape[1]):
                prepared[k, d] = prepared[k, d] / length if length > 0 else np.float32(0.0)
    return PREPARED


@kernel
def make_safe(prepared: Singles, k: int) -> None:
    """Scale row k by a power of two if the square of its length would leave float32's range."""
    largest = np.float32(0.0)
    for d in range(prepared.shape[1]):
        largest = max(largest, abs(prepared[k, d]))
    if largest == 0 or (largest >= _LEAST and largest <= _MOST):
        return
    _, exponent = math.frexp(np.float64(largest))
    for d in range(prepared.shape[1]):
        prepared[k, d] = math.ldexp(np.float64(prepared[k, d]), -exponent)


@kernel
def push(ring: Singles, budget: int, marks: Ints, track: int, prepared: Singles, row: int) -> None:
    """Add a row of the prepared features to a track's ring buffer: see :func:`nearest`."""
    place = marks[track, SLOT] * budget + marks[track, PUSHED] % budget
    for d in range(prepared.shape[1]):
        ring[place, d] = prepared[row, d]
    marks[track, PUSHED] += 1
    marks[track, FEATURE_AGE] = 0


@kernel
def nearest(
    ring: Singles,
    budget: int,
    marks: Ints,
    track: int,
    prepared: Singles,
    row: int,
    is_cosine: bool,
    enough: float,
) -> tuple[float, int]:
    """Return the smallest distance of a feature from a track's gallery.

    If a distance is at most `enough`, the search ends there and returns that distance.

    Args:
        ring: (slots * budget, D) float32; `budget` rows per slot are the ring buffer of a track.
        budget: Features kept per track.
        marks: (T, 8), see :mod:`tracker.compiled.table`.
        track: The track.
        prepared: (K, D) float32, features that :func:`prepare` wrote.
        row: The row of the feature.
        is_cosine: Whether the distance is cosine; otherwise it is Euclidean.
        enough: Distance at which the search ends; -inf searches the whole gallery.

    Returns:
        The distance, float64, and the number of features compared.
    """
    first, pushed = marks[track, SLOT] * budget, marks[track, PUSHED]
    least, compared = np.inf, 0
    for back in range(1, min(pushed, budget) + 1):
        place = first + (pushed - back) % budget
        if is_cosine:
            distance: float = np.float64(np.float32(1.0) - product(ring, place, prepared, row))
        else:
            square = squared_difference(ring, place, prepared, row)
            distance = np.float64(np.sqrt(square))
            if not (square >= _SAFE_SQUARES[0] and square <= _SAFE_SQUARES[1]):
                distance = wide_distance(ring, place, prepared, row)
        compared += 1
        least = min(least, distance)
        if least <= enough:
            break
    return least, compared


@kernel
def wide_distance(features_a: Singles, a: int, features_b: Singles, b: int) -> float:
    """Return the Euclidean distance of rows a and b of features (., D) float32, in float64."""
    total = 0.0
    for d in range(features_a.shape[1]):
        difference = np.float64(features_a[a, d]) - np.float64(features_b[b, d])
        total += difference * difference
    distance: float = np.sqrt(total)
    return distance


@sum_kernel
def product(features_a: Singles, a: int, features_b: Singles, b: int) -> np.float32:
    """Return the scalar product of rows a and b of features (., D) float32."""
    total = np.float32(0.0)
    for d in range(features_a.shape[1]):
        total += features_a[a, d] * features_b[b, d]
    return total


@sum_kernel
def squared_difference(features_a: Singles, a: int, features_b: Singles, b: int) -> np.float32:
    """Return the squared Euclidean distance of rows a and b of features (., D) float32."""
    total = np.float32(0.0)
    for d in range(features_a.shape[1]):
        difference = features_a[a, d] - features_b[b, d]
        total += difference * difference
    return total
