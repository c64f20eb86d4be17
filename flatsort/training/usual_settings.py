"""The settings and the number of rounds that training uses by default."""

from dataclasses import replace
from typing import Any, Literal

from flatsort.reid_vae.model.architecture import ARCHITECTURES
from flatsort.reid_vae.training.augmentation import Augmentation
from flatsort.reid_vae.training.objective import Constants
from flatsort.reid_vae.training.settings import Settings, Start


def usual_settings(
    covariance: Literal["isotropic", "nuisance"] = "isotropic",
    abroad: bool = False,
    architecture: str = Settings.architecture,
) -> Settings:
    """Return the usual settings; change single values with `dataclasses.replace`.

    Args:
        covariance: covariance of p(x | z), "isotropic" or "nuisance"; "nuisance" gives the better
            descriptor for the cameras of the footage.
        abroad: whether the descriptor is for other cameras than those of the footage.
        architecture: name in flatsort.reid_vae.model.architecture.ARCHITECTURES.

    Raises:
        KeyError: the architecture is unknown.
    """
    if architecture == "curved":
        return _usual_curved(covariance, abroad)
    if architecture == "strangers":
        return _usual_strangers(covariance, abroad)
    settings = Settings(architecture=architecture, covariance=covariance, abroad=abroad)
    return replace(
        settings,
        constants=replace(settings.constants, kappa=_usual_kappa(architecture, covariance, abroad)),
        # Training for other cameras starts with a linear encoder. It cannot ignore an erased patch,
        # so the network would only learn to undo the linear encoder's error.
        augmentation=Augmentation(erased=0.0) if abroad else Augmentation(),
    )


def _usual_curved(covariance: Literal["isotropic", "nuisance"], abroad: bool) -> Settings:
    """Return the usual settings of `curved`, whose steps are cheap and whose latents are few."""
    steps = 3000
    return Settings(
        architecture="curved",
        covariance=covariance,
        abroad=abroad,
        constants=Constants(kappa=_usual_kappa("curved", covariance, abroad), beta=500.0),
        # A decoder of few latents learns only people of the footage from clean targets, and its
        # error on other people is then above that of a plane.
        augmentation=Augmentation(erased=0.0, of_targets=True),
        steps=steps,
        batch_size=128,
        learning_rate=4e-3,
        **random_start(steps),
    )


def _usual_strangers(covariance: Literal["isotropic", "nuisance"], abroad: bool) -> Settings:
    """Return the usual settings of `strangers`, whose features are most of what it learns."""
    return Settings(
        architecture="strangers",
        covariance=covariance,
        abroad=abroad,
        constants=Constants(kappa=_usual_kappa("strangers", covariance, abroad), beta=3000.0),
        # The linear encoder cannot ignore an erased patch; the features have learned to. The target
        # has the colours of the input, so that the histograms keep every colour.
        augmentation=Augmentation(erased=0.0, of_targets=True),
        steps=1500,
        start="closed" if covariance == "nuisance" else None,
    )


def random_start(steps: int, start: Start = "random") -> dict[str, Any]:
    """Return the settings of a training of so many steps that starts with a random decoder.

    Args:
        steps: number of optimiser steps.
        start: one of the starts in flatsort.reid_vae.training.settings.RANDOM_STARTS.
    """
    return {
        "start": start,
        # At He's start, every latent moves the picture. Training first silences the latents that
        # carry nothing yet, so c^2 falls for a hundred steps or so; beta rises over a longer time.
        "flatness_warm_up": max(1, steps // 4),
        "flatness_limit": 3.0,
    }


def as_paper(settings: Settings) -> Settings:
    """Return settings with the paper's objective and values, as far as they are printed.

    R is the norm of equation 12, not squared and in the units of the data, lambda's constraint
    bounds C + beta R, and crops are not augmented. K and the learning rate are those of Table 3.
    The decoder starts with PyTorch's initialisation, because the paper names no other. kappa is
    not the paper's .8, which is more than the standard deviation of any value in [0, 1].
    """
    return replace(
        settings,
        constants=replace(
            settings.constants, printed_norm=True, bounded_flatness=True, importance_samples=8
        ),
        learning_rate=3e-5,
        augmentation=None,
        start="pytorch",
    )


def usual_rounds(covariance: Literal["isotropic", "nuisance"]) -> int:
    """Return 2 for "nuisance", which learns from tracklets, and 1 for "isotropic"."""
    return 2 if covariance == "nuisance" else 1


def _usual_kappa(architecture: str, covariance: str, abroad: bool) -> float:
    """Return kappa, the bound on the error, in units of the data.

    With the usual number of steps, the error falls below this bound about half-way.
    """
    if architecture == "strangers":
        # The plane of 128 principal directions errs by about a third of a standard deviation.
        return 0.45 if covariance == "nuisance" else 0.5
    # With abroad, training adds invented people, whose pictures are harder to reconstruct.
    if covariance == "nuisance":
        return 0.75 if abroad else 0.5
    if architecture == "curved":
        return 0.5
    if ARCHITECTURES[architecture].colours == "rgb":
        return 0.12
    return 0.3 if abroad else 0.25
