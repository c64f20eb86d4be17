"""Distances measured against everybody else, worked out on paper."""

import numpy as np
import pytest

from flatsort.tracker.identity.relative_distance import relative_distances


def column(*values):
    return np.array(values, dtype=float)[:, None]


def test_the_distance_is_counted_in_deviations_of_the_others():
    """For the first of 1, 4, 6, 8 the others have mean 6 and variance (4 + 0 + 4) / 3."""
    relative = relative_distances(column(1, 4, 6, 8))
    assert relative[0, 0] == pytest.approx((1 - 6) / np.sqrt(8 / 3))
    # For the last one: mean 11 / 3, variance 53 / 3 - 121 / 9 = 38 / 9.
    assert relative[3, 0] == pytest.approx((8 - 11 / 3) / np.sqrt(38 / 9))


def test_light_that_moves_and_stretches_all_distances_changes_nothing():
    distances = np.random.default_rng(0).uniform(0.1, 1, (6, 5))
    np.testing.assert_allclose(
        relative_distances(3 * distances + 0.2), relative_distances(distances)
    )


def test_three_people_are_too_few():
    assert np.isnan(relative_distances(column(1, 2, 3))).all()
    assert np.isfinite(relative_distances(column(1, 2, 3, 4))).all()


def test_equal_distances_say_nothing():
    assert not relative_distances(column(0.5, 0.5, 0.5, 0.5)).any()
    assert not relative_distances(column(0, 0, 0, 0)).any()


def test_others_who_are_equally_far_do_not_give_infinite_distances():
    """The deviation of three equal others counts as 2 % of their mean: (.4 - .5) / .01."""
    assert relative_distances(column(0.4, 0.5, 0.5, 0.5))[0, 0] == pytest.approx(-10)
