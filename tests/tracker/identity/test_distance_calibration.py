"""Evidence from distances: closed forms, and descriptors that tell nobody apart."""

import numpy as np
import pytest

from flatsort.tracker.identity.distance_calibration import (
    LARGEST_EVIDENCE,
    DistanceCalibration,
    Pairs,
)


def observed(same, different, people, count=40, seed=0):
    """A calibration that has seen Gaussian distances, given as (mean, deviation), of people."""
    rng = np.random.default_rng(seed)
    calibration = DistanceCalibration()
    for person in range(people):
        for _ in range(count):
            plain = Pairs(rng.normal(*same), rng.normal(*different, 5))
            # The relative distances are the plain ones, less 9.
            relative = Pairs(plain.same - 9, plain.different - 9)
            calibration.observe(person, plain, relative)
    calibration.fit()
    return calibration


def test_two_gaussians_of_one_width_have_linear_log_odds():
    """log N(d; .2, .1) - log N(d; .4, .1) = ((d - .4)^2 - (d - .2)^2) / .02 = 20 (.3 - d)."""
    calibration = observed((0.2, 0.1), (0.4, 0.1), people=100)
    distances = np.array([0.2, 0.3, 0.4])
    np.testing.assert_allclose(calibration.plain.evidence(distances), [2.0, 0.0, -2.0], atol=0.25)


def test_each_kind_of_distance_has_its_own_curve():
    """The relative distances differ by 9 only, so the curve lies 9 to the left."""
    calibration = observed((0.2, 0.1), (0.4, 0.1), people=100)
    distances = np.array([0.2, 0.3, 0.4])
    np.testing.assert_allclose(
        calibration.relative.evidence(distances - 9), calibration.plain.evidence(distances)
    )


def test_evidence_is_bounded():
    calibration = observed((0.2, 0.05), (0.6, 0.05), people=100)
    assert calibration.plain.evidence(np.array([-9.0, 9.0])).tolist() == [
        LARGEST_EVIDENCE,
        -LARGEST_EVIDENCE,
    ]


def test_a_missing_distance_is_no_evidence():
    calibration = observed((0.2, 0.1), (0.4, 0.1), people=10)
    assert calibration.plain.evidence(np.array([np.nan])).tolist() == [0.0]


def test_few_people_give_weaker_evidence():
    few, many = (observed((0.2, 0.1), (0.4, 0.1), people=people) for people in (5, 100))
    at = np.array([0.2])
    assert 0 < few.plain.evidence(at) < many.plain.evidence(at)


@pytest.mark.parametrize(
    ("same", "different", "people"),
    [
        pytest.param((0.2, 0.1), (0.4, 0.1), 4, id="too few people"),
        pytest.param((0.3, 0.1), (0.3, 0.1), 40, id="the same distances"),
        pytest.param((0.4, 0.1), (0.2, 0.1), 40, id="one person is farther than two"),
        pytest.param((0.3, 0.0), (0.3, 0.0), 40, id="one distance for all"),
    ],
)
def test_no_evidence(same, different, people):
    calibration = observed(same, different, people)
    assert not calibration.is_informative
    assert not calibration.plain.evidence(np.linspace(0, 1, 11)).any()
    assert not calibration.relative.evidence(np.linspace(-9, -8, 11)).any()


def test_without_observations_there_is_no_evidence():
    calibration = DistanceCalibration()
    calibration.fit()
    assert not calibration.is_informative


@pytest.mark.parametrize("seed", range(20))
def test_noise_is_rarely_taken_for_evidence(seed):
    """2 standard errors, widened for few people: chance alone passes in under 1 of 40 cases."""
    assert not observed((0.5, 0.1), (0.5, 0.1), people=8, seed=seed).is_informative
