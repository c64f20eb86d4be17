"""Distances from a person, measured against the distances from everybody else.

A crop in odd light or pose is far from everybody, its own person included. How far the crop is from
a person then says little, and how much nearer it is to this person than to the others says more.
Speaker verification knows this as the normalisation by a cohort.
"""

import numpy as np

from ..arrays import Reals

FEWEST_PEOPLE = 4
"""Fewest people for a comparison: three others, because a deviation of two numbers is chance."""
_LEAST_DEVIATION = 0.02
"""Least deviation of the others, as a share of their mean distance: equal distances say nothing."""


def relative_distances(distances: Reals) -> Reals:
    """Return how much farther each crop is from a person than from all the others.

    Args:
        distances: (P, K) distances of K crops from P people.

    Returns:
        (P, K) distances less their mean over the other people, in standard deviations of those. NaN
        if there are fewer than four people.
    """
    count = len(distances)
    if count < FEWEST_PEOPLE:
        return np.full(distances.shape, np.nan)
    others = (distances.sum(axis=0) - distances) / (count - 1)
    squares = ((distances**2).sum(axis=0) - distances**2) / (count - 1)
    deviations = np.sqrt(np.maximum(squares - others**2, 0.0))
    least = _LEAST_DEVIATION * np.abs(others) + np.finfo(float).tiny
    relative: Reals = (distances - others) / np.maximum(deviations, least)
    return relative
