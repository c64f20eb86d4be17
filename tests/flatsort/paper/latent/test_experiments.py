from flatsort.paper.latent.experiments import (
    EXPERIMENTS,
    FLAT,
    METHODS,
    PLAIN,
    UNMIXED,
    UNNORMALISED,
)


def test_methods_differ_only_in_the_flatness_term():
    experiment = EXPERIMENTS["pendulum"]
    settings = {method: experiment.settings_of(method, 3) for method in METHODS}
    assert {each.seed for each in settings.values()} == {3}
    assert len({each.steps for each in settings.values()}) == 1
    constants = {method: each.constants for method, each in settings.items()}
    assert constants[PLAIN].beta == 0 < constants[FLAT].beta
    assert not constants[UNMIXED].mixed and constants[UNMIXED].normalised
    assert not constants[UNNORMALISED].normalised and constants[UNNORMALISED].mixed
    assert len({(c.kappa, c.importance_samples) for c in constants.values()}) == 1
