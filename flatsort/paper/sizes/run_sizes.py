"""Train and judge the models of the page on latent sizes; finished rows are kept on disk."""

from collections.abc import Iterator
from collections.abc import Sequence as Items
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from flatsort.files.sequence import Sequence
from flatsort.paper.kept_row import read_row, write_row
from flatsort.paper.sizes.judge import LabelledCrops, Recognition
from flatsort.paper.sizes.trainings import ARCHITECTURE, PCA, Job, pair_jobs, sizes_jobs
from flatsort.progress import ProgressBar
from flatsort.reid_vae.geometry.principal import PrincipalSubspace
from flatsort.reid_vae.model.architecture import ARCHITECTURES
from flatsort.reid_vae.model.observation import Observation
from flatsort.reid_vae.training.trainer import Trainer
from flatsort.reid_vae.weights.encoder import encode_crops
from flatsort.reid_vae.weights.held_out import (
    HeldOut,
    fit_pictures,
    images_of,
    measure_beside,
    relative_error,
)
from flatsort.training.calibration import calibrate, hold_out, late_frames
from flatsort.training.crop_set import CropRule, CropSet, collect_crops
from flatsort.training.rounds import Rounds
from flatsort.training.tracklets import link_tracklets

LATE = 0.2
"""Fraction of the judged sequence's frames, the last ones, whose crops are held out."""


@dataclass(frozen=True)
class SizesRequest:
    """What to train and where to keep it.

    Attributes:
        judged: the labelled sequence.
        others: more footage to learn from; the pair of several seeds learns from these only.
        detections: file in each sequence's det/ folder.
        sizes: numbers of latents.
        pair_sizes: numbers of latents of the pair that is trained with several seeds.
        seeds: seeds of that pair.
        steps: optimiser steps of each training.
        runs: folder for crops, checkpoints and finished rows.
    """

    judged: Sequence
    others: tuple[Sequence, ...]
    detections: str
    sizes: tuple[int, ...]
    pair_sizes: tuple[int, ...]
    seeds: int
    steps: int
    runs: Path


@dataclass(frozen=True)
class Row:
    """One model of the page.

    Attributes:
        method: its label.
        size: number of latents.
        seed: seed of its training; None for principal components.
        held: fit and flatness at the held-out crops; None for principal components, whose error is
            in ``principal_error``.
        principal_error: error of the principal subspace of as many dimensions.
        encoded_residual: affine residual of the decoder at encodings of held-out crops.
        kappa: the bound on the error.
        multiplier: lambda at the end.
        met: whether the constraint was ever met, so that the prior is trained.
        recognition: how well the latents tell people apart.
    """

    method: str
    size: int
    seed: int | None
    held: HeldOut | None
    principal_error: float
    encoded_residual: float
    kappa: float | None
    multiplier: float | None
    met: bool
    recognition: Recognition

    @property
    def error(self) -> float:
        """The held-out error, in units of the pictures' standard deviation."""
        return self.held.error if self.held else self.principal_error


def run_sizes(request: SizesRequest) -> tuple[list[Row], list[Row]]:
    """Train what is not trained yet, and return the rows of all sizes, then those of the pair."""
    rule = CropRule(detections=request.detections, size=ARCHITECTURES[ARCHITECTURE].image_size)
    labelled = LabelledCrops(request.judged, rule.size)
    every = collect_crops((request.judged, *request.others), rule, request.runs / "crops")
    clips = collect_crops(request.others, rule, request.runs / "crops")
    sizes = _Set(every, labelled, request, LATE).rows("sizes", list(sizes_jobs(request.sizes)))
    # The pair never sees the judged sequence, whose crops are all held out.
    unseen = collect_crops((request.judged,), rule, request.runs / "crops").images
    pair = _Set(clips, labelled, request, None, unseen).rows(
        "pair", list(pair_jobs(request.pair_sizes, request.seeds))
    )
    return sizes, pair


class _Set:
    """The models that learn from one set of crops.

    Args:
        crops: the crops to learn from.
        labelled: the crops that judge the latents.
        request: the steps, and the folder of finished rows.
        late: see :class:`flatsort.training.rounds.Rounds`.
        held: the held-out crops, if they are not those of ``late``.
    """

    def __init__(
        self,
        crops: CropSet,
        labelled: LabelledCrops,
        request: SizesRequest,
        late: float | None,
        held: NDArray[np.uint8] | None = None,
    ) -> None:
        self._crops, self._labelled, self._request, self._late = crops, labelled, request, late
        self._linked = link_tracklets(crops)
        hidden = hold_out(crops, self._linked) if late is None else late_frames(crops, late)
        self._hidden = hidden
        self._held = crops.select(hidden).images if held is None else held
        shown = crops.select(~hidden).images
        self._observation = Observation(ARCHITECTURES[ARCHITECTURE])
        values = ARCHITECTURES[ARCHITECTURE].data_size
        self._subspace = fit_pictures(self._observation, shown, values)
        pictures = torch.cat([self._observation.pictures(x).flatten(1) for x in images_of(shown)])
        self._variances = self._subspace.project(pictures).var(0).tolist()

    def rows(self, name: str, jobs: Items[Job]) -> list[Row]:
        """Return one row of principal components per size, then one row per training."""
        rows = [self._principal(size) for size in sorted({job.size for job in jobs})]
        for job in ProgressBar(jobs, desc=name, unit="training"):
            rows.append(self._row(job, self._request.runs / "latent-sizes" / name))
        return rows

    def _row(self, job: Job, folder: Path) -> Row:
        settings = job.settings(self._variances, self._request.steps)
        path = folder / f"{job.name}.json"
        kept = read_row(path, settings, _read)
        if kept is not None:
            return kept
        rounds = Rounds(
            settings, self._crops, 1, folder / job.name, linked=self._linked, late=self._late
        )
        row = self._measure(job, rounds.train(), rounds)
        write_row(path, settings, row)
        return row

    def _measure(self, job: Job, trainer: Trainer, rounds: Rounds) -> Row:
        model = trainer.model.eval()
        centre = model.latent_mean.numpy()
        found = rounds.calibrate(trainer)
        held = measure_beside(model, self._plane(job.size), self._held)
        constraint = trainer.optimisation.constraint
        return Row(
            method=job.method.label,
            size=job.size,
            seed=job.seed,
            held=held,
            principal_error=held.principal_error,
            encoded_residual=rounds.affine_residuals(trainer).decoder,
            kappa=trainer.settings.constants.kappa,
            multiplier=constraint.multiplier,
            met=not constraint.initial_phase,
            recognition=self._labelled.judge(lambda x: encode_crops(model, x), centre, found),
        )

    def _principal(self, size: int) -> Row:
        plane = self._plane(size)
        pictures = torch.cat(list(self._pictures(self._held)))

        def encode(crops: NDArray[np.uint8]) -> NDArray[np.float32]:
            return np.concatenate(
                [plane.project(each).float().numpy() for each in self._pictures(crops)]
            )

        centre = np.zeros(size, np.float32)
        found = calibrate(
            self._crops, encode(self._crops.images), centre, self._linked, self._hidden
        )
        return Row(
            method=PCA,
            size=size,
            seed=None,
            held=None,
            principal_error=relative_error(pictures, plane.reconstruct(pictures)),
            encoded_residual=0.0,
            kappa=None,
            multiplier=None,
            met=True,
            recognition=self._labelled.judge(encode, centre, found),
        )

    def _plane(self, size: int) -> PrincipalSubspace:
        return PrincipalSubspace(self._subspace.mean, self._subspace.directions[:, :size])

    def _pictures(self, crops: NDArray[np.uint8]) -> Iterator[torch.Tensor]:
        return (self._observation.pictures(images).flatten(1) for images in images_of(crops))


def _read(facts: dict[str, Any]) -> Row:
    held, recognition = HeldOut(**facts["held"]), Recognition(**facts["recognition"])
    return Row(**{**facts, "held": held, "recognition": recognition})
