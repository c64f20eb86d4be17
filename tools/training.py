"""What tools/train_descriptor.py does: crops in, weights and a model card out."""

import argparse
import re

import torch
from tqdm import tqdm

from reid_vae.architecture import ARCHITECTURES
from reid_vae.objective import Constants
from reid_vae.training import Progress, Settings, Trainer, TrainingError
from reid_vae.weights import WeightsError, save_weights
from tools.atomic import check_writable
from tools.calibration import calibrate
from tools.crop_cache import CropRule, collect_crops
from tools.errors import InputError
from tools.model_card import describe_calibration, make_card, write_model_cards
from tools.mot.sequence import find_sequences

# Descriptors that are no weights, and the folder of cut crops.
RESERVED = {"none", "histogram", "onnx", "features", "crops"}


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
    crops = collect_crops(sequences, rule, arguments.runs / "crops")
    try:
        trainer = Trainer(settings, crops.images)
        _train_with_progress(trainer, arguments)
    except TrainingError as error:
        raise InputError(str(error)) from error
    names = [sequence.name for sequence in sequences]
    calibration = calibrate(crops, trainer.encode_all())
    card = make_card(settings, rule, names, len(crops), trainer.measure(), calibration)
    try:
        save_weights(path, trainer.model, card)
    except WeightsError as error:
        raise InputError(str(error)) from error
    write_model_cards(arguments.out)
    if card["measured"]["initial_phase"]:
        print(
            f"note: the error never came below kappa ({settings.constants.kappa:g}), so the prior "
            "is not trained: give more --steps or a larger --kappa"
        )
    print(f"wrote {path}: {describe_calibration(card['calibration'])}")


def read_settings(arguments: argparse.Namespace) -> Settings:
    """The training settings that the command line describes.

    Raises:
        InputError: an unknown architecture or a value out of range.
    """
    if not re.fullmatch(r"\w[\w.+-]*", arguments.name) or arguments.name in RESERVED:
        raise InputError(
            f"--name {arguments.name!r}: take letters, digits, - and _, and no word that means "
            f"something else ({', '.join(sorted(RESERVED))})"
        )
    if arguments.architecture not in ARCHITECTURES:
        known = ", ".join(ARCHITECTURES)
        raise InputError(f"--architecture {arguments.architecture}: unknown; there is {known}")
    if arguments.batch_size < 2:
        raise InputError("--batch-size must be above 1: flatness is measured between two crops")
    for option in ("kappa", "steps", "learning_rate"):
        # Not "<= 0", which NaN would pass.
        if not getattr(arguments, option) > 0:
            raise InputError(f"--{option.replace('_', '-')} must be above 0")
    if not arguments.beta >= 0:
        raise InputError("--beta must be 0 (a VHP-VAE) or above")
    if arguments.seed < 0:
        raise InputError("--seed must be 0 or above")
    if arguments.threads is not None and arguments.threads < 1:
        raise InputError("--threads must be above 0")
    return Settings(
        architecture=arguments.architecture,
        constants=Constants(kappa=arguments.kappa, beta=arguments.beta),
        steps=arguments.steps,
        batch_size=arguments.batch_size,
        learning_rate=arguments.learning_rate,
        bfloat16=arguments.bfloat16,
        seed=arguments.seed,
    )


def _train_with_progress(trainer: Trainer, arguments: argparse.Namespace) -> None:
    """Run the trainer under a bar that shows every term."""
    bar = tqdm(total=trainer.settings.steps, desc=arguments.name, unit="step")

    def report(progress: Progress) -> None:
        bar.update(progress.step - bar.n)
        phase = "initial" if progress.initial_phase else "full"
        bar.set_postfix_str(
            f"{phase} C {progress.reconstruction:.0f}/{progress.kappa_squared:.0f} "
            f"rms {progress.rms_error:.3f} F {progress.bound:.0f} lambda {progress.multiplier:.1f} "
            f"R {progress.flatness:.3f} c2 {progress.c_squared:.2f}",
            refresh=False,
        )

    with bar:
        trainer.run(arguments.runs / arguments.name, report)
