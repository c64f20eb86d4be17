"""What tools/train_descriptor.py does: crops in, weights and a model card out."""

import argparse
import re
from collections.abc import Sequence as Items
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import torch

from flatsort.errors import InputError
from flatsort.files.atomic import check_writable
from flatsort.files.sequence import find_sequences
from flatsort.reid_vae.errors import TrainingError
from flatsort.reid_vae.model.architecture import ARCHITECTURES
from flatsort.reid_vae.training.augmentation import Augmentation
from flatsort.reid_vae.training.distributed import join_processes
from flatsort.reid_vae.training.objective import Constants
from flatsort.reid_vae.training.settings import Settings
from flatsort.reid_vae.training.trainer import Trainer
from flatsort.reid_vae.weights.weights import save_weights
from flatsort.reid_vae.weights.weights_file import WeightsError
from flatsort.training.crop_set import CropRule, CropSet, collect_crops
from flatsort.training.model_card import describe_calibration, make_card, write_model_cards
from flatsort.training.rounds import Rounds

# Descriptors that are no weights, and folders of cut crops and of tools/adapt.py.
RESERVED = {"none", "histogram", "onnx", "features", "crops", "adapt"}


def train_descriptor(arguments: argparse.Namespace) -> None:
    """Train as the command line says.

    Raises:
        InputError: no such sequence or architecture, no usable boxes, or training cannot go on.
    """
    settings = read_settings(arguments)
    path = arguments.out / f"{arguments.name}.safetensors"
    check_writable(path)
    check_writable(arguments.runs / arguments.name / "checkpoint.pt")
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    sequences = [s for name in arguments.seq for s in find_sequences(name, arguments.mot_root)]
    rule = CropRule(
        detections=arguments.detections,
        min_confidence=arguments.min_confidence,
        min_height=arguments.min_height,
        size=ARCHITECTURES[settings.architecture].image_size,
    )
    try:
        with join_processes() as processes:
            with processes.first_goes_ahead():
                crops = collect_crops(sequences, rule, arguments.runs / "crops")
            folder = arguments.runs / arguments.name
            rounds = Rounds(settings, crops, arguments.rounds, folder, processes)
            trainer = rounds.train()
    except TrainingError as error:
        raise InputError(str(error)) from error
    if not processes.is_first:
        return
    names = [sequence.name for sequence in sequences]
    card = _make_card(settings, rounds, trainer, rule, names)
    _save(path, trainer, card)
    write_model_cards(arguments.out)
    if card["measured"]["initial_phase"]:
        print(
            f"note: the error never came below kappa ({settings.constants.kappa:g}), so the prior "
            "is not trained: give more --steps or a larger --kappa"
        )
    print(f"wrote {path}: {describe_calibration(card['calibration'])}")


def train_crops(
    crops: CropSet,
    path: Path,
    folder: Path,
    settings: Settings | None = None,
    rounds: int = 1,
) -> dict[str, Any]:
    """Train a descriptor on crops, without labels, choose its gate and write its weights.

    Runs on a GPU where there is one; under torchrun the processes share each batch.

    Args:
        crops: what to train on, see :func:`flatsort.training.crop_set.cut_frames`.
        path: of the weights, NAME.safetensors; ``load_descriptor(str(path))`` opens them.
        folder: of checkpoints, log and sheet; the same call goes on from the checkpoint there.
        settings: what to train and how; :func:`usual_settings` if left out.
        rounds: of training, each on the tracklets that the one before has merged; above 1 only
            under the nuisance covariance.

    Returns:
        The weights' card; "calibration" in it has "kind" and "gate" of the metric.

    Raises:
        InputError: training cannot go on, as with fewer crops than twice the latents (256); path
            ends otherwise, or the rounds do not suit the covariance.
        KeyError: an unknown architecture.
    """
    settings = settings or usual_settings()
    if path.suffix != ".safetensors":
        raise InputError(f"{path}: the weights' name must end in .safetensors")
    if rounds < 1 or (rounds > 1 and settings.covariance == "isotropic"):
        raise InputError(f"rounds is {rounds}: give 1, or more with the nuisance covariance")
    check_writable(path)
    try:
        with join_processes() as processes:
            training = Rounds(settings, crops, rounds, folder, processes)
            trainer = training.train()
    except TrainingError as error:
        raise InputError(str(error)) from error
    card = _make_card(settings, training, trainer)
    if processes.is_first:
        _save(path, trainer, card)
    return card


def usual_settings(
    covariance: Literal["isotropic", "nuisance"] = "isotropic",
    abroad: bool = False,
    architecture: str = Settings.architecture,
) -> Settings:
    """What training uses unless told otherwise; `dataclasses.replace` tells it.

    Args:
        covariance: "nuisance" makes the better descriptor of the footage; train it in 2 rounds.
        abroad: whether the descriptor is for cameras that the footage is not of.
        architecture: name in reid_vae.architecture.ARCHITECTURES.

    Raises:
        KeyError: an unknown architecture.
    """
    settings = Settings(architecture=architecture, covariance=covariance, abroad=abroad)
    kappa = usual_kappa(architecture, covariance, abroad)
    return replace(
        settings,
        constants=replace(settings.constants, kappa=kappa),
        # The linear encoder sees through no patch: the network could only undo what it makes of it.
        augmentation=Augmentation(erased=0.0) if abroad else Augmentation(),
    )


def read_settings(arguments: argparse.Namespace) -> Settings:
    """The training settings that the command line describes.

    Raises:
        InputError: an unknown architecture or a value out of range.
    """
    check_name("--name", arguments.name)
    if arguments.architecture not in ARCHITECTURES:
        known = ", ".join(ARCHITECTURES)
        raise InputError(f"--architecture {arguments.architecture}: unknown; there is {known}")
    if arguments.rounds < 1 or (arguments.rounds > 1 and arguments.covariance == "isotropic"):
        raise InputError(
            "--rounds must be above 0, and is 1 with --covariance isotropic, which learns nothing "
            "from tracklets"
        )
    if arguments.batch_size < 2:
        raise InputError("--batch-size must be above 1: flatness is measured between two crops")
    kappa = arguments.kappa
    if kappa is None:
        kappa = usual_kappa(arguments.architecture, arguments.covariance, arguments.abroad)
    positive = {"kappa": kappa, "steps": arguments.steps, "learning_rate": arguments.learning_rate}
    for option, value in positive.items():
        # Not "<= 0", which NaN would pass.
        if not value > 0:
            raise InputError(f"--{option.replace('_', '-')} must be above 0")
    if not arguments.beta >= 0:
        raise InputError("--beta must be 0 (a VHP-VAE) or above")
    if arguments.seed < 0:
        raise InputError("--seed must be 0 or above")
    if arguments.threads is not None and arguments.threads < 1:
        raise InputError("--threads must be above 0")
    return replace(
        usual_settings(arguments.covariance, arguments.abroad, arguments.architecture),
        constants=Constants(kappa=kappa, beta=arguments.beta),
        steps=arguments.steps,
        batch_size=arguments.batch_size,
        learning_rate=arguments.learning_rate,
        bfloat16=arguments.bfloat16,
        seed=arguments.seed,
    )


def check_name(option: str, name: str) -> None:
    """See that weights can be called so.

    Raises:
        InputError: they cannot; names the command line's option.
    """
    if not re.fullmatch(r"\w[\w.+-]*", name) or name in RESERVED:
        raise InputError(
            f"{option} {name!r}: take letters, digits, - and _, and no word that means "
            f"something else ({', '.join(sorted(RESERVED))})"
        )


def _make_card(
    settings: Settings,
    rounds: Rounds,
    trainer: Trainer,
    rule: CropRule | None = None,
    sequences: Items[str] = (),
) -> dict[str, Any]:
    measured, calibration = trainer.measure(), rounds.calibrate(trainer)
    return make_card(settings, rule, list(sequences), rounds.facts(), measured, calibration)


def _save(path: Path, trainer: Trainer, card: dict[str, Any]) -> None:
    try:
        save_weights(path, trainer.model, card)
    except WeightsError as error:
        raise InputError(str(error)) from error


def usual_kappa(architecture: str, covariance: str, abroad: bool) -> float:
    """A bound on the error that is met about half-way through a training of the usual length.

    Args:
        architecture: name in ARCHITECTURES.
        covariance: "isotropic" or "nuisance".
        abroad: whether people are invented.
    """
    # People who were invented are more, and harder to explain.
    if covariance == "nuisance":
        return 0.75 if abroad else 0.5
    if ARCHITECTURES[architecture].colours == "rgb":
        return 0.12
    return 0.3 if abroad else 0.25
