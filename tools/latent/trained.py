"""Trained models of an experiment, kept from one call to the next."""

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor
from tqdm import tqdm

from reid_vae.dense import DenseVAE
from reid_vae.dense_training import train_dense
from reid_vae.errors import TrainingError
from reid_vae.log import Progress
from tools.atomic import atomic_path, check_writable
from tools.errors import InputError
from tools.latent.experiments import Experiment

# To be changed whenever models are trained differently: those kept before are then trained anew.
_FORMAT = 1


def trained_model(
    experiment: Experiment, method: str, seed: int, data: Tensor, folder: Path
) -> DenseVAE:
    """Load the model if it was trained before with the same settings on the same data; or train it.

    Args:
        experiment: what is trained.
        method: one of METHODS.
        seed: of its training.
        data: (M, Nx) float32.
        folder: where models are kept, a file each.

    Raises:
        InputError: training fails, or the model cannot be kept.
    """
    architecture = replace(experiment.architecture, data_size=data.shape[1])
    settings = experiment.settings_of(method, seed)
    facts = json.dumps([_FORMAT, asdict(architecture), asdict(settings)]).encode()
    key = hashlib.sha256(facts + data.numpy().tobytes()).hexdigest()[:16]
    path = folder / f"{experiment.name}-{key}.safetensors"
    check_writable(path)
    if path.exists():
        model = DenseVAE(architecture)
        # A damaged file is made anew.
        with suppress(SafetensorError, RuntimeError):
            model.load_state_dict(load_file(path))
            return model.eval()
    model = _train(experiment, method, seed, data)
    try:
        with atomic_path(path) as temporary:
            save_file(model.state_dict(), temporary)
    except SafetensorError as error:
        raise InputError(f"{path}: cannot be written ({error})") from error
    return model


def _train(experiment: Experiment, method: str, seed: int, data: Tensor) -> DenseVAE:
    settings = experiment.settings_of(method, seed)
    architecture = replace(experiment.architecture, data_size=data.shape[1])
    title = f"{experiment.name}, {method}, seed {seed}"
    last: Progress | None = None
    with tqdm(total=settings.steps, desc=title, unit="step") as bar:

        def report(progress: Progress) -> None:
            bar.update()
            bar.set_postfix_str(
                f"{'initial' if progress.initial_phase else 'full'} "
                f"error {progress.rms_error:.4f}/{settings.constants.kappa:g} "
                f"F {progress.bound:.1f} lambda {progress.multiplier:.1f} "
                f"R {progress.flatness:.3g} c2 {progress.c_squared:.3g}",
                refresh=False,
            )

            nonlocal last
            last = progress

        try:
            model = train_dense(architecture, settings, data, report)
        except TrainingError as error:
            raise InputError(f"{title}: {error}") from error
    if last is not None and last.initial_phase:
        print(
            f"note: {title}: the error never came below kappa ({settings.constants.kappa:g}), so "
            "the prior, from which latents are drawn, is not trained: give more --steps"
        )
    return model


def encode_all(model: DenseVAE, data: Tensor, batch_size: int = 4096) -> Tensor:
    """The posterior means, (M, Nx) -> (M, Nz)."""
    with torch.no_grad():
        return torch.cat([model.encode(part) for part in data.split(batch_size)])
