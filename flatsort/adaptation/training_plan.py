"""Plan how many steps of training from the closed form fit into the time that is left."""

import statistics
import tempfile
import time
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flatsort.reid_vae.model.architecture import ARCHITECTURES
from flatsort.reid_vae.training.augmentation import Augmentation
from flatsort.reid_vae.training.settings import Settings
from flatsort.reid_vae.training.trainer import Trainer
from flatsort.training.usual_settings import usual_settings

ARCHITECTURE = Settings.architecture
COVARIANCE = "nuisance"
BATCH_SIZE = Settings.batch_size
# Fewer steps than the least hardly improve the closed form. Steps beyond the most no longer do.
LEAST_STEPS, MOST_STEPS = 300, 20_000
# Seconds below which no step is measured, because LEAST_STEPS would not fit.
_SHORTEST_S = 12.0
# A third of the usual rate: the usual one forgets the closed form in its first steps.
_LEARNING_RATE = 3e-4
# Half of the usual changes: on MOT16-09 and on a scene the error falls faster. No patch is erased,
# because the closed form cannot ignore it, and the network would learn to undo the error.
_AUGMENTATION = Augmentation(
    shift=0.03, scale=0.05, contrast=0.1, brightness=0.05, colour=0.015, erased=0.0
)
# Time of an average step, divided by the time of a measured step. Measured steps are quicker: the
# first steps leave out the prior, and the measurement writes no checkpoints or sheets.
_LATER_STEPS = 1.25
# Number of measured steps, and of the steps before them that warm up the machine.
_TIMED, _WARM_UP = 5, 3


@dataclass(frozen=True)
class Plan:
    """The training of one run; plan.json keeps it, so that the run continues with the same plan.

    Attributes:
        steps: number of steps; 0 to keep the closed form.
        step_seconds: expected time per step.
        seed: seed of the run.
    """

    steps: int
    step_seconds: float
    seed: int

    def settings(self) -> Settings:
        """Return the settings of the training."""
        return _settings(self.steps, self.seed)

    def line(self) -> str:
        """Return the plan as one line for the user."""
        minutes = self.steps * self.step_seconds / 60
        return f"{self.steps:,} steps, about {minutes:.1f} minutes"


def closed_form(seed: int) -> Plan:
    """Return the plan that only fits the closed form."""
    return Plan(0, 0.0, seed)


def make_plan(
    images: NDArray[np.uint8], people: NDArray[np.int64], until: float, seed: int
) -> Plan:
    """Measure a few steps, and plan as many as there is time for.

    Args:
        images: (M, size, size, 3), enough crops to train on.
        people: (M,), the person or tracklet of each crop.
        until: time.monotonic() at which training should end.
        seed: seed of the run.

    Returns:
        A plan of 0 steps if there is no time for LEAST_STEPS.

    Raises:
        TrainingError: training on the crops fails.
    """
    if until - time.monotonic() < _SHORTEST_S:
        return closed_form(seed)
    trial = _settings(_WARM_UP + _TIMED, seed)
    step_seconds = _LATER_STEPS * _seconds_per_step(trial, images, people)
    steps = int((until - time.monotonic()) / step_seconds)
    if steps < LEAST_STEPS:
        return closed_form(seed)
    return Plan(min(steps, MOST_STEPS), step_seconds, seed)


def crop_side() -> int:
    """Return the side of the crops to train on, in pixels."""
    return ARCHITECTURES[ARCHITECTURE].image_size


def least_crops() -> int:
    """Return the smallest number of crops that can be trained on."""
    return max(BATCH_SIZE, 2 * ARCHITECTURES[ARCHITECTURE].latent_size)


def _settings(steps: int, seed: int) -> Settings:
    return replace(
        usual_settings(COVARIANCE, architecture=ARCHITECTURE),
        start="closed",
        steps=steps,
        batch_size=BATCH_SIZE,
        learning_rate=_LEARNING_RATE,
        # The usual warm-up would take up most of a short training.
        warm_up=min(Settings.warm_up, steps // 10),
        augmentation=_AUGMENTATION,
        seed=seed,
    )


def _seconds_per_step(
    settings: Settings, images: NDArray[np.uint8], people: NDArray[np.int64]
) -> float:
    trainer = Trainer(settings, images, people)
    times: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        trainer.run(Path(folder), lambda _: times.append(time.perf_counter()))
    return statistics.median(later - now for now, later in pairwise(times[_WARM_UP - 1 :]))
