"""Train a model of an experiment, or load it if it was trained before."""

import hashlib
import json
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from flatsort.errors import InputError
from flatsort.files.atomic import atomic_path, check_writable
from flatsort.paper.latent.experiments import Experiment
from flatsort.reid_vae.errors import TrainingError
from flatsort.reid_vae.model.dense_vae import DenseVAE
from flatsort.reid_vae.training.dense_training import train_dense
from flatsort.reid_vae.training.log import Progress

_FORMAT = 3
"""Version of the training; a new number makes all models train again."""
_KEY = "outcome"
"""Metadata key of the outcome in the file of a model."""
_EVERY = 20
"""Steps between two progress reports."""
_LAST = 100
"""Steps at the end of a training whose means are its outcome: one batch alone is noisy."""

Report = Callable[[float, str], None]
"""Takes a progress report: the share of the work done, from 0 to 1, and a line of text."""


@dataclass(frozen=True)
class Outcome:
    """How the constrained training of a model ended; means over its last 100 steps.

    Attributes:
        met_at: the step at which the constraint was first met; None if it never was. The prior
            trains only after that step.
        met: whether the constraint is met at the end.
        multiplier: lambda.
        bound: F, the bound of the prior, in nats.
        flatness: R, the flatness term.
        c_squared: c^2, the squared scale of the decoder.
    """

    met_at: int | None
    met: bool
    multiplier: float
    bound: float
    flatness: float
    c_squared: float


@dataclass(frozen=True)
class TrainedModel:
    """A model in evaluation mode, and the outcome of its training."""

    model: DenseVAE
    outcome: Outcome


def trained_model(
    experiment: Experiment, method: str, seed: int, data: Tensor, folder: Path, report: Report
) -> TrainedModel:
    """Load a model that was trained with the same settings on the same data, or train it.

    Args:
        experiment: the experiment.
        method: one of COMPARED and ABLATIONS.
        seed: seed of the training.
        data: (M, Nx) float32.
        folder: folder for trained models, one file per model.
        report: takes progress reports during the training.

    Raises:
        InputError: the training fails, or the model cannot be written.
    """
    architecture = replace(experiment.architecture, data_size=data.shape[1])
    settings = experiment.settings_of(method, seed)
    facts = json.dumps([_FORMAT, asdict(architecture), asdict(settings)]).encode()
    key = hashlib.sha256(facts + data.numpy().tobytes()).hexdigest()[:16]
    path = folder / f"{experiment.name}-{key}.safetensors"
    check_writable(path)
    if path.exists():
        model = DenseVAE(architecture)
        # If the file is damaged, the model is trained again.
        with suppress(SafetensorError, RuntimeError):
            model.load_state_dict(load_file(path))
            with safe_open(path, framework="pt") as file:
                outcome = Outcome(**json.loads(file.metadata()[_KEY]))
            return TrainedModel(model.eval(), outcome)
    trained = _train(experiment, method, seed, data, report)
    try:
        with atomic_path(path) as temporary:
            metadata = {_KEY: json.dumps(asdict(trained.outcome))}
            save_file(trained.model.state_dict(), temporary, metadata)
    except SafetensorError as error:
        raise InputError(f"{path}: cannot be written ({error})") from error
    return trained


def _train(
    experiment: Experiment, method: str, seed: int, data: Tensor, report: Report
) -> TrainedModel:
    settings = experiment.settings_of(method, seed)
    architecture = replace(experiment.architecture, data_size=data.shape[1])
    met_at: int | None = None
    last: deque[Progress] = deque(maxlen=_LAST)

    def pass_on(progress: Progress) -> None:
        nonlocal met_at
        last.append(progress)
        if met_at is None and not progress.initial_phase:
            met_at = progress.step
        if progress.step % _EVERY == 0:
            report(
                progress.step / settings.steps,
                f"error {progress.rms_error:.4f}/{settings.constants.kappa:g} "
                f"lambda {progress.multiplier:.1f} R {progress.flatness:.3g}",
            )

    try:
        model = train_dense(architecture, settings, data, pass_on)
    except TrainingError as error:
        raise InputError(f"{experiment.name}, {method}, seed {seed}: {error}") from error
    bounded = settings.constants.bounded_flatness * settings.constants.beta
    outcome = Outcome(
        met_at=met_at,
        met=_mean(p.reconstruction + bounded * p.flatness - p.kappa_squared for p in last) <= 0,
        multiplier=_mean(p.multiplier for p in last),
        bound=_mean(p.bound for p in last),
        flatness=_mean(p.flatness for p in last),
        c_squared=_mean(p.c_squared for p in last),
    )
    return TrainedModel(model, outcome)


def _mean(values: Iterable[float]) -> float:
    return float(np.mean(list(values)))


def encode_all(model: DenseVAE, data: Tensor, batch_size: int = 4096) -> Tensor:
    """Compute the posterior means, (M, Nx) -> (M, Nz)."""
    with torch.no_grad():
        return torch.cat([model.encode(part) for part in data.split(batch_size)])
