import pytest

from flatsort.paper.latent.experiments import (
    ABLATIONS,
    COMPARED,
    EXPERIMENTS,
    FLAT,
    PLAIN,
    UNMIXED,
    UNNORMALISED,
    as_paper,
)


def test_methods_differ_only_in_the_flatness_term():
    experiment = EXPERIMENTS["pendulum"]
    settings = {method: experiment.settings_of(method, 3) for method in COMPARED + ABLATIONS}
    assert {each.seed for each in settings.values()} == {3}
    assert len({each.steps for each in settings.values()}) == 1
    constants = {method: each.constants for method, each in settings.items()}
    assert constants[PLAIN].beta == 0 < constants[FLAT].beta
    assert not constants[UNMIXED].mixed and constants[UNMIXED].normalised
    assert not constants[UNNORMALISED].normalised and constants[UNNORMALISED].mixed
    assert len({c.importance_samples for c in constants.values()}) == 1
    # VHP-VAE's own kappa makes its error that of VHP-FMVAE.
    assert constants[PLAIN].kappa == experiment.plain_kappa
    kappas = {constants[method].kappa for method in (FLAT, *ABLATIONS)}
    assert kappas == {experiment.settings.constants.kappa}


@pytest.mark.parametrize(
    ("name", "beta", "samples"), [("pendulum", 1000, 16), ("human", 8000, 32), ("mnist", 8000, 16)]
)
def test_as_paper_has_the_values_of_table_3(name, beta, samples):
    experiment = as_paper(EXPERIMENTS[name])
    flat, plain = (experiment.settings_of(method, 0) for method in (FLAT, PLAIN))
    assert flat.learning_rate == plain.learning_rate == 1e-4
    assert (flat.constants.beta, plain.constants.beta) == (beta, 0)
    assert flat.constants.importance_samples == plain.constants.importance_samples == samples
    assert flat.constants.printed_norm and flat.constants.bounded_flatness
    assert flat.constants.kappa == plain.constants.kappa
    assert flat.flatness_warm_up == 0 and flat.flatness_limit is None


def test_ablations_are_trained_once():
    experiment = EXPERIMENTS["human"]
    assert experiment.methods == COMPARED
    assert list(experiment.seeds_of(PLAIN, 3)) == [0, 1, 2]
    assert list(experiment.seeds_of(UNMIXED, 3)) == [0]
