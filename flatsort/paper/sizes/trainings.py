"""The trainings of the page on latent sizes: methods, sizes, and one kappa per size."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

from flatsort.reid_vae.training.settings import Settings, Start
from flatsort.training.usual_settings import random_start, usual_settings

SIZES = (4, 8, 16, 32, 64, 128)
ARCHITECTURE = "curved"
BETA = usual_settings(architecture=ARCHITECTURE).constants.beta
KAPPA_SHARE = 0.95
"""kappa as a share of the principal subspace's error on the training crops. Below 1, so that a
model that meets its constraint fits better than the plane; all methods of a size share kappa."""


@dataclass(frozen=True)
class Method:
    """A model and its start.

    Attributes:
        label: its name on the page.
        key: its name in file names.
        beta: weight of the flatness term.
        start: the decoder before training.
    """

    label: str
    key: str
    beta: float
    start: Start


RANDOM = (
    Method("VHP-FMVAE, random start", "fmvae-random", BETA, "random"),
    Method("VHP-VAE, random start", "vhpvae-random", 0.0, "random"),
)
METHODS = (
    *RANDOM,
    Method("VHP-FMVAE, principal start", "fmvae-principal", BETA, "principal"),
    Method("VHP-VAE, principal start", "vhpvae-principal", 0.0, "principal"),
)
PCA = "PCA"


@dataclass(frozen=True)
class Job:
    """One training.

    Attributes:
        method: the model and its start.
        size: number of latents.
        seed: seed of the training.
    """

    method: Method
    size: int
    seed: int = 0

    @property
    def name(self) -> str:
        """The name of the training's folder and of its file of measurements."""
        return f"{self.method.key}-{self.size}-seed{self.seed}"

    def settings(self, variances: list[float], steps: int) -> Settings:
        """Return the settings of the training.

        Args:
            variances: variance of the training crops along each principal direction, as many as the
                data have values.
            steps: number of optimiser steps.
        """
        usual = usual_settings(architecture=ARCHITECTURE)
        lost = sum(variances[self.size :]) / sum(variances)
        constants = replace(usual.constants, beta=self.method.beta, kappa=KAPPA_SHARE * lost**0.5)
        start = {**random_start(steps), "start": self.method.start}
        return replace(
            usual,
            constants=constants,
            latent_size=self.size,
            steps=steps,
            seed=self.seed,
            **start,
        )


def sizes_jobs(sizes: tuple[int, ...]) -> Iterator[Job]:
    """Yield the trainings of every method at every size, one seed each."""
    for size in sizes:
        for method in METHODS:
            yield Job(method, size)


def pair_jobs(sizes: tuple[int, ...], seeds: int) -> Iterator[Job]:
    """Yield the trainings of both random methods at some sizes, with several seeds."""
    for size, seed, method in itertools.product(sizes, range(seeds), RANDOM):
        yield Job(method, size, seed)
