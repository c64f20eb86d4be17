"""How much training fits into the time there is."""

import statistics
import tempfile
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from flatsort.reid_vae.model.architecture import ARCHITECTURES
from flatsort.reid_vae.training.objective import Constants
from flatsort.reid_vae.training.settings import Settings
from flatsort.reid_vae.training.trainer import Trainer
from flatsort.training.crop_set import CropSet
from flatsort.training.train import usual_kappa

ARCHITECTURE = Settings.architecture
ROUNDS = 2
BATCH_SIZE = 64
# Fewer steps train nothing that is of use, more hardly make it better.
LEAST_STEPS, MOST_STEPS = 300, Settings.steps
# The first steps leave out the prior, and write no checkpoints and sheets.
_LATER_STEPS = 1.25
# Steps that are timed, after those that warm the machine up.
_TIMED, _WARM_UP = 5, 3
# How much faster the encoder must be in bfloat16 for its coarser sums.
_WORTHWHILE = 0.9


@dataclass(frozen=True)
class Plan:
    """What a run trains, once decided.

    Attributes:
        steps: of all rounds together.
        step_seconds: that one is expected to take.
        bfloat16: whether the encoder's convolutions run in it.
        seed: of the run.
    """

    steps: int
    step_seconds: float
    bfloat16: bool
    seed: int

    def settings(self) -> Settings:
        """The settings of training."""
        return _settings(self.steps, self.bfloat16, self.seed)

    def line(self) -> str:
        """One line for a person."""
        minutes = self.steps * self.step_seconds / 60
        precision = ", bfloat16" if self.bfloat16 else ""
        return (
            f"{self.steps:,} steps of {BATCH_SIZE} crops in {ROUNDS} rounds, {ARCHITECTURE}"
            f"{precision}: about {minutes:.1f} min at {self.step_seconds:.3f} s a step"
        )


def make_plan(crops: CropSet, tracklets: NDArray[np.int64], until: float, seed: int) -> Plan:
    """As many steps as there is time for, measured by taking some.

    Args:
        crops: M of them; enough to train on.
        tracklets: (M,) who is in each.
        until: when training should be over, by time.monotonic().
        seed: of the run.

    Raises:
        TrainingError: the crops cannot be trained on.
    """
    trial = _WARM_UP + _TIMED
    exact, coarse = (
        _seconds_per_step(_settings(trial, flag, seed), crops.images, tracklets)
        for flag in tqdm((False, True), desc="measuring a step", unit="trial")
    )
    bfloat16 = coarse < _WORTHWHILE * exact
    step_seconds = _LATER_STEPS * (coarse if bfloat16 else exact)
    steps = int((until - time.monotonic()) / step_seconds)
    return Plan(min(max(steps, LEAST_STEPS), MOST_STEPS), step_seconds, bfloat16, seed)


def crop_side() -> int:
    """Side of the crops that are trained on, pixels."""
    return ARCHITECTURES[ARCHITECTURE].image_size


def least_crops() -> int:
    """How many crops training needs."""
    return max(BATCH_SIZE, 2 * ARCHITECTURES[ARCHITECTURE].latent_size)


def _settings(steps: int, bfloat16: bool, seed: int) -> Settings:
    return Settings(
        architecture=ARCHITECTURE,
        covariance="nuisance",
        constants=Constants(kappa=usual_kappa(ARCHITECTURE, "nuisance", abroad=False), beta=3000.0),
        steps=steps,
        batch_size=BATCH_SIZE,
        warm_up=min(200, steps // 10),
        bfloat16=bfloat16,
        seed=seed,
    )


def _seconds_per_step(
    settings: Settings, images: NDArray[np.uint8], tracklets: NDArray[np.int64]
) -> float:
    trainer = Trainer(settings, images, tracklets)
    times: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        trainer.run(Path(folder), lambda _: times.append(time.perf_counter()))
    return statistics.median(later - now for now, later in pairwise(times[_WARM_UP - 1 :]))
