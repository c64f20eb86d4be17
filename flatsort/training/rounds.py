"""Train in rounds: each round after the first uses the tracklets merged by the round before."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flatsort.progress import ProgressBar
from flatsort.reid_vae.errors import TrainingError
from flatsort.reid_vae.model.feature_network import FeatureNetwork
from flatsort.reid_vae.training.crop_pairs import Sightings
from flatsort.reid_vae.training.distributed import ALONE, Processes
from flatsort.reid_vae.training.feature_learning import FeatureLearner, FeatureProgress
from flatsort.reid_vae.training.log import Progress
from flatsort.reid_vae.training.settings import Settings
from flatsort.reid_vae.training.trainer import Trainer, chosen_architecture
from flatsort.reid_vae.weights.affine_residuals import (
    AffineResiduals,
    measure_affine_residuals,
)
from flatsort.reid_vae.weights.encoder import encode_crops
from flatsort.reid_vae.weights.held_out import HeldOut, measure_held_out
from flatsort.training.calibration import Calibration, calibrate, hold_out, late_frames
from flatsort.training.crop_set import CropSet
from flatsort.training.tracklets import (
    LOOSE_IOU,
    link_tracklets,
    merge_tracklets,
)

_FEWEST_HELD_OUT = 256
"""Fewest held-out crops at which a model is measured: for a residual, 128 fit, and 128 judge."""


class Rounds:
    """The training of one descriptor, in one or more rounds.

    Some whole tracklets, or the last frames, are held out of all rounds, for calibration and
    measurements.

    Args:
        settings: settings of the training; its steps count all rounds together.
        crops: M crops to train on.
        rounds: number of rounds.
        folder: folder for checkpoints and logs; its name is the title of the progress bar if there
            is only one round.
        processes: the processes that share the training; each merges the same tracklets.
        linked: (M,), the tracklets before the first round; None to link boxes by overlap.
        late: fraction of each long sequence's frames, the last ones, that are held out; None holds
            out tracklets.
        people: (M,), the person of each crop, to train on in the first round instead of tracklets.
        held_out: (M,) bool, crops to hold out of training; None for those that ``late`` says.
        purpose: the work in a user's words, for the progress bar; None for a bar with every term of
            the objective.
    """

    def __init__(
        self,
        settings: Settings,
        crops: CropSet,
        rounds: int,
        folder: Path,
        processes: Processes = ALONE,
        linked: NDArray[np.int64] | None = None,
        late: float | None = None,
        people: NDArray[np.int64] | None = None,
        held_out: NDArray[np.bool_] | None = None,
        purpose: str | None = None,
    ) -> None:
        self._settings = settings
        self._crops = crops
        self._rounds = rounds
        self._folder = folder
        self._processes = processes
        self._late = late
        self._surely_linked = link_tracklets(crops) if linked is None else linked
        self._linked = self._surely_linked
        if linked is None and chosen_architecture(settings).feature_channels:
            self._linked = link_tracklets(crops, LOOSE_IOU)
        if held_out is None:
            held_out = hold_out(crops, self._linked) if late is None else late_frames(crops, late)
        self._held = held_out
        self._knows_people = people is not None
        self._purpose = purpose
        self._shown = crops.select(~self._held)
        self._tracklets = (self._linked if people is None else people)[~self._held]

    def train(self) -> Trainer:
        """Train all rounds, and return the trainer of the last one.

        Raises:
            TrainingError: training cannot go on.
        """
        self._features = self._learn_features()
        shares = steps_of_rounds(self._settings.steps, self._rounds)
        for number, steps in enumerate(shares[:-1], 1):
            title = f"round {number} of {self._rounds}"
            self._relabel(self._run(steps, self._folder / f"round-{number}", title))
        title = (
            self._folder.name if self._rounds == 1 else f"round {self._rounds} of {self._rounds}"
        )
        return self._run(shares[-1], self._folder, title)

    def calibrate(self, trainer: Trainer) -> Calibration | None:
        """Choose the metric and gate of a trained descriptor, on the tracklets held out.

        A descriptor that learned people of the footage to be tracked gets the cautious gate.
        """
        found = self._calibrate(trainer, encode_crops(trainer.model, self._crops.images))
        return found if found is None or not self._knows_people else found.cautious()

    def affine_residuals(self, trainer: Trainer) -> AffineResiduals:
        """Measure a trained model at the held-out crops, or at half of all if those are too few."""
        judged = self._held
        if judged.sum() < _FEWEST_HELD_OUT:
            judged = np.arange(len(self._crops)) >= len(self._crops) // 2
        fitted, others = self._crops.select(~judged), self._crops.select(judged)
        return measure_affine_residuals(trainer.model, fitted.images, others.images)

    def held_out(self, trainer: Trainer) -> HeldOut | None:
        """Measure a trained model at the held-out crops.

        Returns:
            None if those are too few, or if the targets are not the crops' own pictures.
        """
        if self._held.sum() < _FEWEST_HELD_OUT or self._settings.covariance == "nuisance":
            return None
        held = self._crops.select(self._held)
        return measure_held_out(trainer.model, self._shown.images, held.images)

    def facts(self) -> dict[str, int | float]:
        """Return the numbers of crops, held-out crops, tracklets and rounds, for the card.

        If late frames are held out, "late" is their fraction. Only tracklets of two or more crops
        count, as they are in the last round.
        """
        _, sizes = np.unique(self._tracklets, return_counts=True)
        facts = {
            "crops": len(self._shown),
            "held_out": int(self._held.sum()),
            "tracklets": int((sizes > 1).sum()),
            "rounds": self._rounds,
        }
        return facts if self._late is None else {**facts, "late": self._late}

    def _learn_features(self) -> FeatureNetwork | None:
        """Learn the features, on tracklets, if the architecture has features; else return None."""
        settings, architecture = self._settings, chosen_architecture(self._settings)
        if not architecture.feature_channels:
            return None
        if settings.covariance == "nuisance" and self.facts()["tracklets"] == 0:
            # The covariance needs them, after an hour of learning features.
            raise TrainingError("no tracklet has two crops: give footage in which people move")
        learner = FeatureLearner(
            architecture,
            self._shown.images,
            self._sightings(),
            settings.feature_steps,
            settings.seed,
            settings.bfloat16,
            self._processes.device,
        )
        hidden = not self._processes.is_first
        bar = ProgressBar(total=settings.feature_steps, desc="features", disable=hidden)

        def report(progress: FeatureProgress) -> None:
            bar.update(progress.step - bar.n)
            bar.set_postfix_str(f"loss {progress.loss:.3f}", refresh=False)

        # The other processes read the last checkpoint of the first one.
        with bar, self._processes.first_goes_ahead():
            return learner.run(self._folder, report)

    def _sightings(self) -> Sightings:
        """Return whom the crops show: people or tracklets, at the times of the tracklets."""
        shown = self._shown
        linked = self._linked[~self._held]
        return Sightings.of_tracklets(linked, shown.sequences, shown.frames, self._tracklets)

    def _run(self, steps: int, folder: Path, title: str) -> Trainer:
        trainer = Trainer(
            replace(self._settings, steps=steps),
            self._shown.images,
            self._tracklets,
            self._processes,
            self._features,
        )
        hidden = not self._processes.is_first
        with ProgressBar(total=steps, desc=self._purpose or title, disable=hidden) as bar:
            trainer.run(folder, _reporter(bar, self._purpose is None))
        return trainer

    def _relabel(self, trainer: Trainer) -> None:
        """Merge the tracklets that show one person by the descriptor's cautious gate, `sure`."""
        features = encode_crops(trainer.model, self._crops.images)
        found = self._calibrate(trainer, features)
        # With a gate of 0, the descriptor cannot tell two people apart, so nothing is merged.
        if found is None or not found.sure > 0:
            return
        shown = ~self._held
        metric = replace(found, gate=found.sure).metric(trainer.model.latent_mean.numpy())
        self._tracklets = merge_tracklets(self._shown, self._linked[shown], features[shown], metric)

    def _calibrate(self, trainer: Trainer, features: NDArray[np.float32]) -> Calibration | None:
        centre = trainer.model.latent_mean.numpy()
        # The tracklets held out may be too few, or share no frame with other tracklets. Then the
        # calibration uses the training tracklets.
        crops, linked = self._crops, self._surely_linked
        return calibrate(crops, features, centre, linked, self._held) or calibrate(
            crops, features, centre, linked, ~self._held
        )


def steps_of_rounds(steps: int, rounds: int) -> list[int]:
    """Divide the steps: one share per round, but two for the last, whose model is kept."""
    if rounds == 1:
        return [steps]
    share = max(1, steps // (rounds + 1))
    return [share] * (rounds - 1) + [max(1, steps - share * (rounds - 1))]


def _reporter(bar: ProgressBar, shows_terms: bool) -> Callable[[Progress], None]:
    """Return a function that moves a progress bar, and shows every term of the objective on it."""

    def report(progress: Progress) -> None:
        bar.update(progress.step - bar.n)
        if not shows_terms:
            return
        phase = "initial" if progress.initial_phase else "full"
        bar.set_postfix_str(
            f"{phase} C {progress.reconstruction:.0f}/{progress.kappa_squared:.0f} "
            f"rms {progress.rms_error:.3f} F {progress.bound:.0f} lambda {progress.multiplier:.1f} "
            f"R {progress.flatness:.3f} c2 {progress.c_squared:.2f}",
            refresh=False,
        )

    return report
