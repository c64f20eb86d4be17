"""The trainings of the page on latent sizes."""

from dataclasses import replace

import pytest

from flatsort.paper.sizes.trainings import (
    KAPPA_SHARE,
    METHODS,
    RANDOM,
    SIZES,
    Job,
    pair_jobs,
    sizes_jobs,
)


def test_every_method_at_every_size_once():
    jobs = list(sizes_jobs(SIZES))
    assert len(jobs) == len({job.name for job in jobs}) == len(SIZES) * len(METHODS)
    assert {job.seed for job in jobs} == {0}


def test_the_pair_shares_its_start_and_differs_in_beta_and_seed():
    jobs = list(pair_jobs((16,), 3))
    assert [job.seed for job in jobs] == [0, 0, 1, 1, 2, 2]
    for job in jobs:
        assert (job.size, job.method.start) == (16, "random")
    assert sorted({job.method.beta > 0 for job in jobs}) == [False, True]


def test_kappa_is_a_share_of_the_plane_s_error():
    settings = Job(RANDOM[0], 2).settings([5.0, 3.0, 1.5, 0.5], 80)
    # The last two of four directions hold a fifth of the variance.
    assert settings.constants.kappa == pytest.approx(KAPPA_SHARE * 0.2**0.5)


def test_methods_differ_in_beta_and_start_only():
    first, *others = (Job(method, 8, seed=1).settings([1.0] * 16, steps=40) for method in METHODS)
    assert (first.latent_size, first.steps, first.seed) == (8, 40, 1)
    for other in others:
        constants = replace(other.constants, beta=first.constants.beta)
        assert replace(other, constants=constants, start=first.start) == first
