"""Plan how many steps of training fit into the time that is left."""

import statistics
import tempfile
import time
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from flatsort.reid_vae.model.architecture import ARCHITECTURES
from flatsort.reid_vae.training.settings import Settings
from flatsort.reid_vae.training.trainer import Trainer
from flatsort.training.crop_set import CropSet
from flatsort.training.usual_settings import usual_rounds, usual_settings

ARCHITECTURE = Settings.architecture
COVARIANCE = "nuisance"
ROUNDS = usual_rounds(COVARIANCE)
BATCH_SIZE = Settings.batch_size
# Fewer steps train nothing useful; more hardly improve the descriptor.
LEAST_STEPS, MOST_STEPS = 300, Settings.steps
# Time of an average step, divided by the time of a measured step. Measured steps are quicker: the
# first steps leave out the prior, and the measurement writes no checkpoints or sheets.
_LATER_STEPS = 1.25
# Number of measured steps, and of the steps before them that warm up the machine.
_TIMED, _WARM_UP = 5, 3
# Use bfloat16, whose sums are less precise, if a step takes at most this share of the time.
_WORTHWHILE = 0.9


@dataclass(frozen=True)
class Plan:
    """The training of one run; plan.json keeps it, so that the run continues with the same plan.

    Attributes:
        steps: steps of all rounds together.
        step_seconds: expected time per step.
        bfloat16: whether the encoder's convolutions run in bfloat16.
        seed: seed of the run.
    """

    steps: int
    step_seconds: float
    bfloat16: bool
    seed: int

    def settings(self) -> Settings:
        """Return the settings of the training."""
        return _settings(self.steps, self.bfloat16, self.seed)

    def line(self) -> str:
        """Return the plan as one line for the user."""
        minutes = self.steps * self.step_seconds / 60
        precision = ", bfloat16" if self.bfloat16 else ""
        return (
            f"{self.steps:,} steps of {BATCH_SIZE} crops in {ROUNDS} rounds, {ARCHITECTURE}"
            f"{precision}: about {minutes:.1f} min at {self.step_seconds:.3f} s per step"
        )


def make_plan(crops: CropSet, tracklets: NDArray[np.int64], until: float, seed: int) -> Plan:
    """Measure a few steps, and plan as many as there is time for.

    Args:
        crops: M crops, enough to train on.
        tracklets: (M,), the tracklet of each crop.
        until: time.monotonic() at which training should end.
        seed: seed of the run.

    Raises:
        TrainingError: training on the crops fails.
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
    """Return the side of the crops to train on, in pixels."""
    return ARCHITECTURES[ARCHITECTURE].image_size


def least_crops() -> int:
    """Return the smallest number of crops that can be trained on."""
    return max(BATCH_SIZE, 2 * ARCHITECTURES[ARCHITECTURE].latent_size)


def _settings(steps: int, bfloat16: bool, seed: int) -> Settings:
    return replace(
        usual_settings(COVARIANCE, architecture=ARCHITECTURE),
        steps=steps,
        batch_size=BATCH_SIZE,
        # The usual warm-up would take up most of a short training.
        warm_up=min(Settings.warm_up, steps // 10),
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
