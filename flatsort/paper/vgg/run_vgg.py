"""Train and measure the models of the page on vgg16; finished rows are kept on disk."""

import time
from collections.abc import Sequence as Items
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from flatsort.files.sequence import Sequence
from flatsort.paper.kept_row import read_row, write_row
from flatsort.paper.vgg.three_betas import Job
from flatsort.paper.vgg.training_curve import Curve, read_curve
from flatsort.paper.vgg.vgg_figures import Measured, measure, plane_error
from flatsort.progress import ProgressBar
from flatsort.reid_vae.model.architecture import ARCHITECTURES
from flatsort.reid_vae.training.trainer import Trainer
from flatsort.training.calibration import late_frames
from flatsort.training.crop_set import CropRule, collect_crops

LATE = 0.2
"""Fraction of a long sequence's frames, the last ones, whose crops are held out."""
_CHECKPOINT = 120.0
"""Seconds between checkpoints: one of vgg16 has a quarter of a gigabyte."""


@dataclass(frozen=True)
class VggRequest:
    """What to train and where to keep it.

    Attributes:
        sequences: footage to learn from.
        detections: file in each sequence's det/ folder.
        jobs: the trainings.
        runs: folder for crops, checkpoints and finished rows.
    """

    sequences: tuple[Sequence, ...]
    detections: str
    jobs: tuple[Job, ...]
    runs: Path


@dataclass(frozen=True)
class Row:
    """One model of the page.

    Attributes:
        job: its training.
        seconds_per_step: wall-clock time of a training step.
        kappa: the bound on the error.
        met_at: the step at which the constraint was first met, and after which the prior is
            trained; None if it never was.
        multiplier: lambda at the end.
        crops: number of training crops.
        measured: fit, flatness and curvature.
        plane_error: held-out error of the principal subspace of as many dimensions.
        curve: error, R and c^2 over the steps.
    """

    job: Job
    seconds_per_step: float
    kappa: float
    met_at: int | None
    multiplier: float
    crops: int
    measured: Measured
    plane_error: float
    curve: Curve


def run_vgg(request: VggRequest) -> list[Row]:
    """Train and measure the models that are not measured yet, and return one row per training."""
    sizes = {ARCHITECTURES[job.architecture].image_size for job in request.jobs}
    (size,) = sizes
    rule = CropRule(detections=request.detections, size=size)
    crops = collect_crops(request.sequences, rule, request.runs / "crops")
    held = late_frames(crops, LATE)
    shown, late = crops.select(~held).images, crops.select(held).images
    return [
        _row(job, shown, late, request.runs / "vgg16")
        for job in ProgressBar(request.jobs, desc="vgg16", unit="training")
    ]


def _row(job: Job, shown: NDArray, held: NDArray, folder: Path) -> Row:
    path = folder / f"{job.name}.json"
    kept = read_row(path, job.settings(), _read)
    if kept is not None:
        return kept
    row = _train(job, shown, held, folder / job.name)
    write_row(path, job.settings(), row)
    return row


def _train(job: Job, shown: NDArray, held: NDArray, folder: Path) -> Row:
    trainer = Trainer(job.settings(), shown)
    times: list[float] = []
    with ProgressBar(total=job.steps, desc=job.name, unit="step") as bar:

        def report(progress: Any) -> None:
            times.append(time.perf_counter())
            bar.update(progress.step - bar.n)

        model = trainer.train(folder, report, checkpoint_every=_CHECKPOINT)
    constraint = trainer.optimisation.constraint
    return Row(
        job=job,
        seconds_per_step=_mean_step(times),
        kappa=trainer.settings.constants.kappa,
        met_at=trainer.optimisation.constraint_met_at,
        multiplier=constraint.multiplier,
        crops=len(shown),
        measured=measure(model, shown, held),
        plane_error=plane_error(model, shown, held),
        curve=read_curve(folder / "log.csv", trainer.settings.flatness_warm_up),
    )


def _mean_step(times: Items[float]) -> float:
    """Return the mean time between steps; 0 if a resumed run took fewer than two steps."""
    return (times[-1] - times[0]) / (len(times) - 1) if len(times) > 1 else 0.0


def _read(facts: dict[str, Any]) -> Row:
    parts = {
        "job": Job(**facts["job"]),
        "measured": Measured(**facts["measured"]),
        "curve": Curve(**facts["curve"]),
    }
    return Row(**{**facts, **parts})
