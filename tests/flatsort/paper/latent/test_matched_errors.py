"""The search for a kappa that gives a wanted error."""

import pytest

from flatsort.paper.latent.matched_errors import TOLERANCE, search_kappa


@pytest.mark.parametrize("start", [0.1, 0.2, 1.0])
@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
def test_a_power_law_is_matched(start, power):
    kappa = search_kappa(lambda kappa: 0.3 * kappa**power, start, target=0.06)
    assert 0.3 * kappa**power == pytest.approx(0.06, rel=TOLERANCE)


def test_an_error_that_fits_needs_one_try():
    tried = []
    kappa = search_kappa(lambda kappa: tried.append(kappa) or 1.02, 0.1234, 1.0)
    assert (kappa, len(tried)) == (0.123, 1)


def test_the_nearest_of_six_tries_is_taken_where_none_fits():
    tried = []

    def error_at(kappa):
        tried.append(kappa)
        # Twice the target at best, at the second try.
        return 2.0 if len(tried) == 2 else 3.0

    assert search_kappa(error_at, 0.1, 1.0) == tried[1]
    assert len(tried) == 6
