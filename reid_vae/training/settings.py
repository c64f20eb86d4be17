"""What one training run is told."""

from dataclasses import dataclass, field
from typing import Literal

from .augmentation import Augmentation
from .objective import Constants


@dataclass(frozen=True)
class OptimisationSettings:
    """What decides the outcome besides model and data.

    Attributes:
        constants: of the objective (kappa, beta, mixup, K).
        steps: optimiser steps in all.
        batch_size: data points a step, over all processes.
        learning_rate: Adam's, reached after ``warm_up`` steps and lowered to zero by a cosine.
            The paper's are 3e-5 to 1e-4; ours take fewer, longer steps.
        warm_up: steps of the learning rate. Also the steps that the prior is given to catch up
            when the initial phase ends: the bound's weight drops to a tenth and climbs back.
        clip_norm: largest norm of the gradient of the objective in nats for one value.
        initial_multiplier: lambda before and during the initial phase.
        seed: of the initial weights and of every batch.
    """

    constants: Constants = field(default_factory=lambda: Constants(kappa=0.25, beta=3000.0))
    steps: int = 9000
    batch_size: int = 64
    learning_rate: float = 1e-3
    warm_up: int = 200
    clip_norm: float = 1.0
    initial_multiplier: float = 20.0
    seed: int = 0


@dataclass(frozen=True)
class Settings(OptimisationSettings):
    """Everything that decides the outcome of a descriptor's training besides the crops.

    Attributes:
        architecture: name in reid_vae.architecture.ARCHITECTURES.
        covariance: Sigma of p(x | z): "isotropic", or "nuisance" (see reid_vae.observation).
        augmentation: ranges of the identity-keeping changes.
        abroad: for cameras the footage is not of: trained on invented people too (see
            reid_vae.invention), with a linear encoder to start from where the decoder starts
            linear. Costs accuracy on the footage itself.
        bfloat16: run the encoder's convolutions in bfloat16.
    """

    architecture: str = "small"
    covariance: Literal["isotropic", "nuisance"] = "isotropic"
    augmentation: Augmentation = field(default_factory=Augmentation)
    abroad: bool = False
    bfloat16: bool = False
