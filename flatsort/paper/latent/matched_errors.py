"""Choose VHP-VAE's kappa so that both methods are compared at equal errors on held-out data."""

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from flatsort.paper.latent.experiments import FLAT, PLAIN, Experiment
from flatsort.paper.latent.measure import measure_error
from flatsort.paper.latent.points import Points
from flatsort.paper.latent.trained_model import trained_model

TOLERANCE = 0.03
"""Largest relative difference between the errors."""
_TRIES = 6
"""Largest number of kappas to try."""


def match_kappa(experiment: Experiment, points: Points, seeds: int, models: Path) -> float:
    """Return the kappa with which VHP-VAE's mean held-out error is that of VHP-FMVAE.

    Args:
        experiment: the experiment; its `plain_kappa` is tried first.
        points: the data.
        seeds: trainings of each method; errors are means over them.
        models: folder for trained models; the next run loads them.

    Raises:
        InputError: a training fails, or a model cannot be written.
    """

    def error_of(method: str, tried: Experiment) -> float:
        return float(
            np.mean([_error(tried, method, seed, points, models) for seed in range(seeds)])
        )

    def error_at(kappa: float) -> float:
        return error_of(PLAIN, replace(experiment, plain_kappa=kappa))

    return search_kappa(error_at, experiment.plain_kappa, error_of(FLAT, experiment))


def search_kappa(error_at: Callable[[float], float], start: float, target: float) -> float:
    """Find a kappa by the secant method on logarithms.

    Args:
        error_at: kappa -> error, which grows with kappa.
        start: the first kappa to try.
        target: the wanted error.

    Returns:
        The first kappa, with three digits, whose error is within TOLERANCE of the target; if there
        is none after six tries, the nearest of them.
    """
    tried: list[tuple[float, float]] = []
    kappa = start
    while True:
        tried.append((math.log(kappa), math.log(error_at(kappa) / target)))
        nearest = min(tried, key=lambda each: abs(each[1]))
        if abs(math.expm1(nearest[1])) <= TOLERANCE or len(tried) == _TRIES:
            return _rounded(math.exp(nearest[0]))
        kappa = _rounded(math.exp(_next(tried)))


def _next(tried: list[tuple[float, float]]) -> float:
    """Return the logarithm of the next kappa from (log kappa, log error ratio) of all tries."""
    at, ratio = tried[-1]
    slope = 1.0
    if len(tried) > 1:
        before, other = tried[-2]
        if at != before:
            slope = (ratio - other) / (at - before)
    # Errors are noisy, so a slope can be wrong; a step changes kappa at most by a factor of two.
    step = -ratio / max(slope, 0.2)
    return at + min(max(step, -math.log(2)), math.log(2))


def _error(tried: Experiment, method: str, seed: int, points: Points, models: Path) -> float:
    values, held_out = torch.from_numpy(points.values), torch.from_numpy(points.held_out)
    kappa = tried.settings_of(method, seed).constants.kappa
    trained = trained_model(tried, method, seed, values, models, lambda done, words: None)
    return measure_error(trained.model, held_out, kappa)


def _rounded(kappa: float) -> float:
    return float(f"{kappa:.3g}")
