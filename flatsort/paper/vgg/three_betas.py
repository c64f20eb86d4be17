"""The trainings of the page on vgg16: two networks, three beta, the same steps for each beta."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from flatsort.reid_vae.training.settings import Settings, Start
from flatsort.training.usual_settings import random_start, usual_settings

BETAS = (0.0, 300.0, 3000.0)
"""Table 3's beta of VHP-FMVAE for MOT16, and 0: a VHP-VAE."""
START: Start = "bypass"
BATCH = 32
"""Crops per step. With 12, the normalised latents are noisy, and R falls more slowly."""
KAPPA = 0.2
"""Bound on the error of a value in [0, 1]: every training meets it with steps to spare for the
prior. The mean picture has an error of a quarter."""
NETWORKS = {"vgg16": (600, 1e-3), "vgg16-slim": (800, 5e-4)}
"""Architecture -> steps of each training and Adam's learning rate. The steps take about 12 and 3
minutes on one free core. From a rate of 1e-3, R of vgg16 rises with the largest beta, and does not
fall back before the end; the slim network came later, with half the rate."""


@dataclass(frozen=True)
class Job:
    """One training.

    Attributes:
        architecture: name in flatsort.reid_vae.model.architecture.ARCHITECTURES.
        beta: weight of the flatness term.
        steps: number of optimiser steps.
        learning_rate: Adam's learning rate.
    """

    architecture: str
    beta: float
    steps: int
    learning_rate: float

    @property
    def name(self) -> str:
        """The name of the training's folder and of its file of measurements."""
        return f"{self.architecture}-{self.beta:g}"

    def settings(self) -> Settings:
        """Return the settings of the training; all trainings have the same seed."""
        usual = usual_settings(architecture=self.architecture)
        return replace(
            usual,
            constants=replace(usual.constants, beta=self.beta, kappa=KAPPA),
            # The paper names no augmentation either.
            augmentation=None,
            steps=self.steps,
            learning_rate=self.learning_rate,
            batch_size=BATCH,
            bfloat16=True,
            **random_start(self.steps, START),
        )


def jobs(steps: int | None = None) -> Iterator[Job]:
    """Yield the trainings of each architecture, beta rising; ``steps`` replaces theirs."""
    for architecture, (usual, learning_rate) in NETWORKS.items():
        for beta in BETAS:
            yield Job(architecture, beta, steps or usual, learning_rate)
