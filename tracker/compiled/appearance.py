"""Distances of features from the galleries of :mod:`tracker.gallery`, as few as will do.

Whether a track and a detection may be the same is a matter of motion first. Of the pairs that pass,
most have no rival: neither could be paired with anything else. Such a pair is matched at any
distance within the gate, so the first feature that is near enough settles it, and the newest, which
comes first, nearly always does. Only rivals need the nearest feature of all.
"""

import numpy as np
from numba import njit

from .build import kernel
from .tracks import FEATURE_AGE, PUSHED, SLOT

PREPARED, NOT_FINITE = 0, 1


@kernel
def prepare(features, rows, centre, is_cosine, prepared):
    """Write rows (K,) of features (., D) into prepared (K, D): ``AppearanceMetric.prepare``.

    Args:
        features: (., D) float32.
        rows: (K,) int64, negative for none: that row of prepared is left as it is.
        centre: (D,) float32, or empty for none.
        is_cosine: Whether to scale to unit length.
        prepared: (K, D) float32, written.

    Returns:
        PREPARED, or NOT_FINITE if a feature is not.
    """
    for k in range(len(rows)):
        if rows[k] < 0:
            continue
        for d in range(features.shape[1]):
            value = features[rows[k], d]
            if not np.isfinite(value):
                return NOT_FINITE
            prepared[k, d] = value - centre[d] if len(centre) > 0 else value
        if is_cosine:
            length = np.sqrt(product(prepared, k, prepared, k))
            for d in range(features.shape[1]):
                prepared[k, d] = prepared[k, d] / length if length > 0 else np.float32(0.0)
    return PREPARED


@kernel
def push(ring, budget, marks, track, prepared, row):
    """Put a row of prepared features into a track's ring buffer: see :func:`nearest`."""
    place = marks[track, SLOT] * budget + marks[track, PUSHED] % budget
    for d in range(prepared.shape[1]):
        ring[place, d] = prepared[row, d]
    marks[track, PUSHED] += 1
    marks[track, FEATURE_AGE] = 0


@kernel
def nearest(ring, budget, marks, track, prepared, row, is_cosine, enough):
    """The least distance of a feature from a track's gallery, or the first found within `enough`.

    Args:
        ring: (slots * budget, D) float32; `budget` rows a slot are the ring buffer of a track.
        budget: Features kept a track.
        marks: (T, 8), see :mod:`tracker.compiled.tracks`.
        track: Whose gallery.
        prepared: (K, D) float32, features that :func:`prepare` wrote.
        row: The one in question.
        is_cosine: Whether the distance is cosine, or else Euclidean.
        enough: Distance at which the search ends; below all distances to find the least.

    Returns:
        The distance, float64, and the number of features compared.
    """
    first, pushed = marks[track, SLOT] * budget, marks[track, PUSHED]
    least, compared = np.inf, 0
    for back in range(1, min(pushed, budget) + 1):
        place = first + (pushed - back) % budget
        if is_cosine:
            distance = np.float64(np.float32(1.0) - product(ring, place, prepared, row))
        else:
            distance = np.float64(np.sqrt(squared_difference(ring, place, prepared, row)))
        compared += 1
        least = min(least, distance)
        if least <= enough:
            break
    return least, compared


# Sums in any order: else each addition waits for the one before.
_sum = njit(fastmath={"reassoc", "contract"}, no_cpython_wrapper=True, no_cfunc_wrapper=True)


@_sum
def product(features_a, a, features_b, b):
    """The scalar product of rows a and b of features (., D) float32."""
    total = np.float32(0.0)
    for d in range(features_a.shape[1]):
        total += features_a[a, d] * features_b[b, d]
    return total


@_sum
def squared_difference(features_a, a, features_b, b):
    """The squared Euclidean distance of rows a and b of features (., D) float32."""
    total = np.float32(0.0)
    for d in range(features_a.shape[1]):
        difference = features_a[a, d] - features_b[b, d]
        total += difference * difference
    return total
