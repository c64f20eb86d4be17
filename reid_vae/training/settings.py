"""The settings of a training run."""

from dataclasses import dataclass, field
from typing import Literal

from .augmentation import Augmentation
from .objective import Constants

Start = Literal["random", "bypass", "pytorch", "principal", "closed"]
"""The decoder before training.

random: He's initialisation, with the mean and the variance of the data. Not flat, not a plane.
bypass: the same with little variance, beside a linear layer that starts as a random isometry. Close
to flat, and not a plane for long.
pytorch: PyTorch's default initialisation, which makes a deep decoder nearly constant.
principal: an isometry onto the data's principal subspace plus a network that starts at zero. It
stays close to a plane.
closed: the same isometry for the means of tracklets, and a fixed linear encoder that guesses the
mean of a crop's tracklet (see reid_vae.model.closed_form). It needs the nuisance covariance, and is
a descriptor without any step.
"""

FEATURE_STEPS = 5000
"""Steps in which the features of `strangers` are learned, 128 pairs each: about an hour on one core
with bfloat16."""
CLOSED_RANK = 600
"""Whitened values of the start "closed": of the 768 values of the pictures of `slim` and `small`
those that vary. From 400 to 768 the AUC on MOT16-09 and on three scenes differs by less than .003,
and 128 are worse by .01."""
RANDOM_STARTS: tuple[Start, ...] = ("random", "bypass")
"""The starts with random weights, after which posterior means have unit variance."""
BYPASS_SHARE = 0.03
"""The network's share of the decoder's variance at the start "bypass". The metric of a random
network is far from flat, and beside an equal network (a share of 0.5) training takes hundreds of
steps to unlearn that."""


@dataclass(frozen=True)
class OptimisationSettings:
    """The settings that determine the outcome, for a given model and data.

    Attributes:
        constants: constants of the objective (kappa, beta, mixup, K).
        steps: total number of optimiser steps.
        batch_size: data points per step, over all processes.
        learning_rate: Adam's learning rate, reached after ``warm_up`` steps and lowered to zero by
            a cosine. The paper uses 3e-5 to 1e-4; the larger rates here need fewer steps.
        warm_up: steps in which the learning rate rises. Also the steps in which the weight of the
            bound rises again from a tenth, after the initial phase, while the prior is trained.
        clip_norm: largest norm of the gradient of the objective in nats per value.
        initial_multiplier: lambda until the end of the initial phase.
        flatness_warm_up: steps in which beta rises from zero; 0 for the whole beta at once. A
            decoder that starts at random first learns the data, and then becomes flat.
        flatness_limit: largest norm of the flatness term's gradient, as a multiple of the norm of
            the other terms' gradient; None for no limit. R does not depend on the decoder's scale,
            so its gradient grows without bound as the decoder shrinks.
        seed: seed of the initial weights and of every batch.
    """

    constants: Constants = field(default_factory=lambda: Constants(kappa=0.25, beta=3000.0))
    steps: int = 9000
    batch_size: int = 64
    learning_rate: float = 1e-3
    warm_up: int = 200
    clip_norm: float = 1.0
    initial_multiplier: float = 20.0
    flatness_warm_up: int = 0
    flatness_limit: float | None = None
    seed: int = 0


@dataclass(frozen=True)
class Settings(OptimisationSettings):
    """The settings that determine the outcome of a descriptor's training, for given crops.

    Attributes:
        architecture: name in reid_vae.model.architecture.ARCHITECTURES.
        latent_size: number of latents, of z and of zeta; None for the architecture's own number.
        covariance: Sigma of p(x | z), "isotropic" or "nuisance" (see reid_vae.model.observation).
        augmentation: ranges of the random changes that keep a person's identity; None for no
            changes, not even mirrored crops.
        abroad: whether to train for cameras that the footage does not show. Training then adds
            synthetic people (see reid_vae.training.synthetic_people), and a fixed linear encoder
            if the decoder starts as an isometry. Accuracy on the footage itself is lower.
        bfloat16: whether the encoder's convolutions run in bfloat16.
        feature_steps: steps in which features are learned before the model, if the architecture
            has features.
        start: the decoder before training (see :data:`Start`). None gives the start of the shipped
            weights: "principal" if beta is above 0 and the architecture has an isometric start,
            else "pytorch".
    """

    architecture: str = "small"
    latent_size: int | None = None
    covariance: Literal["isotropic", "nuisance"] = "isotropic"
    augmentation: Augmentation | None = field(default_factory=Augmentation)
    abroad: bool = False
    bfloat16: bool = False
    feature_steps: int = FEATURE_STEPS
    start: Start | None = None
