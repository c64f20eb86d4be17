"""Rounds of training: each but the first on the tracklets that the one before has merged."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from flatsort.reid_vae.training.distributed import ALONE, Processes
from flatsort.reid_vae.training.log import Progress
from flatsort.reid_vae.training.settings import Settings
from flatsort.reid_vae.training.trainer import Trainer
from flatsort.reid_vae.weights.encoder import encode_crops
from flatsort.training.calibration import Calibration, calibrate, hold_out
from flatsort.training.crop_set import CropSet
from flatsort.training.tracklets import link_tracklets, merge_tracklets


class Rounds:
    """One descriptor's training, of one round or more.

    Some whole tracklets are held out of all rounds, to calibrate on.

    Args:
        settings: of training; its steps are those of all rounds together.
        crops: M of them, what there is to train on.
        rounds: how many.
        folder: of checkpoints and logs; its name is shown.
        processes: those that train together; all make the same of the tracklets.
        linked: (M,) tracklets before the first round; linked by overlap if None.
    """

    def __init__(
        self,
        settings: Settings,
        crops: CropSet,
        rounds: int,
        folder: Path,
        processes: Processes = ALONE,
        linked: NDArray[np.int64] | None = None,
    ) -> None:
        self._settings = settings
        self._crops = crops
        self._rounds = rounds
        self._folder = folder
        self._processes = processes
        self._linked = link_tracklets(crops) if linked is None else linked
        self._held = hold_out(crops, self._linked)
        self._shown = crops.select(~self._held)
        self._tracklets = self._linked[~self._held]

    def train(self) -> Trainer:
        """The trained model of the last round.

        Raises:
            TrainingError: training cannot go on.
        """
        shares = steps_of_rounds(self._settings.steps, self._rounds)
        for number, steps in enumerate(shares[:-1], 1):
            title = f"round {number} of {self._rounds}"
            self._relabel(self._run(steps, self._folder / f"round-{number}", title))
        title = (
            self._folder.name if self._rounds == 1 else f"round {self._rounds} of {self._rounds}"
        )
        return self._run(shares[-1], self._folder, title)

    def calibrate(self, trainer: Trainer) -> Calibration | None:
        """The metric and gate of a trained descriptor, by the tracklets it has not seen."""
        return self._calibrate(trainer, encode_crops(trainer.model, self._crops.images))

    def facts(self) -> dict[str, int]:
        """How much there was to learn from, in the last round."""
        _, sizes = np.unique(self._tracklets, return_counts=True)
        return {
            "crops": len(self._shown),
            "held_out": int(self._held.sum()),
            "tracklets": int((sizes > 1).sum()),
            "rounds": self._rounds,
        }

    def _run(self, steps: int, folder: Path, title: str) -> Trainer:
        trainer = Trainer(
            replace(self._settings, steps=steps),
            self._shown.images,
            self._tracklets,
            self._processes,
        )
        hidden = not self._processes.is_first
        with tqdm(total=steps, desc=title, unit="step", disable=hidden) as bar:
            trainer.run(folder, _shown_on(bar))
        return trainer

    def _relabel(self, trainer: Trainer) -> None:
        """Merge the tracklets that the trained descriptor is sure of."""
        features = encode_crops(trainer.model, self._crops.images)
        found = self._calibrate(trainer, features)
        # At a distance of 0 it is sure of nothing: two people look exactly alike.
        if found is None or not found.sure > 0:
            return
        shown = ~self._held
        metric = replace(found, gate=found.sure).metric(trainer.model.latent_mean.numpy())
        self._tracklets = merge_tracklets(self._shown, self._linked[shown], features[shown], metric)

    def _calibrate(self, trainer: Trainer, features: NDArray[np.float32]) -> Calibration | None:
        centre = trainer.model.latent_mean.numpy()
        # Where those held out are too few, or are never seen with another, the others must do.
        return calibrate(self._crops, features, centre, self._linked, self._held) or calibrate(
            self._crops, features, centre, self._linked, ~self._held
        )


def steps_of_rounds(steps: int, rounds: int) -> list[int]:
    """Share out the steps: the last round, whose model is kept, has two shares, the others one."""
    share = max(1, steps // (rounds + 1))
    return [share] * (rounds - 1) + [max(1, steps - share * (rounds - 1))]


def _shown_on(bar: tqdm) -> Callable[[Progress], None]:
    """A report that shows every term on a progress bar."""

    def report(progress: Progress) -> None:
        bar.update(progress.step - bar.n)
        phase = "initial" if progress.initial_phase else "full"
        bar.set_postfix_str(
            f"{phase} C {progress.reconstruction:.0f}/{progress.kappa_squared:.0f} "
            f"rms {progress.rms_error:.3f} F {progress.bound:.0f} lambda {progress.multiplier:.1f} "
            f"R {progress.flatness:.3f} c2 {progress.c_squared:.2f}",
            refresh=False,
        )

    return report
