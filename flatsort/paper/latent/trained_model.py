"""Train a model of an experiment, or load it if it was trained before."""

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

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

_FORMAT = 2
"""Version of the training; a new number makes all models train again."""
_EVERY = 20
"""Steps between two progress reports."""

Report = Callable[[float, str], None]
"""Takes a progress report: the share of the work done, from 0 to 1, and a line of text."""


@dataclass(frozen=True)
class TrainedModel:
    """A model, and whether its prior was trained.

    Attributes:
        model: the model, in evaluation mode.
        prior_trained: whether the error ever came below kappa; the prior trains only after that.
    """

    model: DenseVAE
    prior_trained: bool


def trained_model(
    experiment: Experiment, method: str, seed: int, data: Tensor, folder: Path, report: Report
) -> TrainedModel:
    """Load a model that was trained with the same settings on the same data, or train it.

    Args:
        experiment: the experiment.
        method: one of METHODS.
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
                prior_trained = (file.metadata() or {}).get("prior") == "trained"
            return TrainedModel(model.eval(), prior_trained)
    trained = _train(experiment, method, seed, data, report)
    try:
        with atomic_path(path) as temporary:
            prior = "trained" if trained.prior_trained else "untrained"
            save_file(trained.model.state_dict(), temporary, {"prior": prior})
    except SafetensorError as error:
        raise InputError(f"{path}: cannot be written ({error})") from error
    return trained


def _train(
    experiment: Experiment, method: str, seed: int, data: Tensor, report: Report
) -> TrainedModel:
    settings = experiment.settings_of(method, seed)
    architecture = replace(experiment.architecture, data_size=data.shape[1])
    initial_phase, done = True, 0

    def pass_on(progress: Progress) -> None:
        nonlocal initial_phase, done
        initial_phase, done = progress.initial_phase, done + 1
        if done % _EVERY == 0:
            report(
                done / settings.steps,
                f"error {progress.rms_error:.4f}/{settings.constants.kappa:g} "
                f"lambda {progress.multiplier:.1f} R {progress.flatness:.3g}",
            )

    try:
        model = train_dense(architecture, settings, data, pass_on)
    except TrainingError as error:
        raise InputError(f"{experiment.name}, {method}, seed {seed}: {error}") from error
    return TrainedModel(model, not initial_phase)


def encode_all(model: DenseVAE, data: Tensor, batch_size: int = 4096) -> Tensor:
    """Compute the posterior means, (M, Nx) -> (M, Nz)."""
    with torch.no_grad():
        return torch.cat([model.encode(part) for part in data.split(batch_size)])
