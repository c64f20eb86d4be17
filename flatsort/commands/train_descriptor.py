"""Train an appearance descriptor, without labels, on the boxes of MOT-layout folders.

See `python tools/train_descriptor.py --help`. A training can be killed at any time: the same
command continues from the last checkpoint and ends in the same weights.
"""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flatsort.commands.cli import make_parser
from flatsort.commands.options import add_crop_options, crop_rule
from flatsort.errors import InputError
from flatsort.files.paths import RUNS, WEIGHTS
from flatsort.messages import LOGGER
from flatsort.training.ablations import ABLATIONS

if TYPE_CHECKING:
    from flatsort.reid_vae.training.settings import Settings
    from flatsort.training.crop_set import CropRule
    from flatsort.training.training_request import TrainingRequest

EXAMPLES = """\
examples:
  # the best descriptor for tracking: it gives less weight to how one person's pictures vary
  python tools/train_descriptor.py --name mine --seq MOT16-09 --covariance nuisance

  # the paper's objective with its isotropic Gaussian; then without the flatness term: a VHP-VAE
  python tools/train_descriptor.py --name flat --seq MOT16-09
  python tools/train_descriptor.py --name plain --seq MOT16-09 --beta 0

  # for other cameras than those of the footage
  python tools/train_descriptor.py --name abroad --seq MOT16-09 --covariance nuisance --abroad

  # the same, with pictures of further people
  python tools/train_descriptor.py --name abroad --seq MOT16-09 --covariance nuisance --abroad \\
    --crops people.tar

  # for people that no footage here shows: features learned from pictures of many people
  python tools/train_descriptor.py --name stranger --seq MOT16-09 --crops people.tar \\
    --architecture strangers --covariance nuisance

  # several folders, with the boxes of another detector
  python tools/train_descriptor.py --name mine --seq data/A data/B --detections yolox.txt

  # track with the weights
  python tools/track.py --seq MOT16-09 --descriptor weights/mine.safetensors
"""


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line; options with usual values are None if the user leaves them out."""
    parser = make_parser(
        "train_descriptor",
        description="Train a VHP-VAE or VHP-FMVAE descriptor, without labels, on detected boxes.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("--name", required=True, help="the command writes the weights OUT/NAME.safetensors")
    add_crop_options(parser)
    add(
        "--crops",
        type=Path,
        metavar="FOLDER|FILE.tar",
        help="pictures of further people to learn from beside the sequences, one person per .jpg "
        "or .png; nobody needs to know who they are",
    )
    add(
        "--architecture",
        help="small (default); slim: more pixels, more channels; vgg16: the paper's Table 3 "
        "(default with --as-paper); vgg16-slim: a quarter of its channels; curved: few latents and "
        "a curved, flat decoder; strangers: for people and cameras that the footage does not show, "
        "learned features in place of pixels",
    )
    add("--latent-size", type=int, help="numbers in a descriptor (128; curved 16)")
    add(
        "--covariance",
        choices=("isotropic", "nuisance"),
        default="isotropic",
        help="covariance of p(x | z): isotropic as in the paper (default); nuisance: the variation "
        "among one person's pictures",
    )
    add(
        "--rounds",
        type=int,
        help="rounds of training; each round after the first trains on the tracklets merged by the "
        "round before (1; nuisance 2)",
    )
    add(
        "--abroad",
        action="store_true",
        help="train for other cameras than those of the footage: learn from invented people too",
    )
    add(
        "--beta",
        type=float,
        help="weight of the flatness term; 0 trains a VHP-VAE (3000; curved 500)",
    )
    add(
        "--ablation",
        choices=tuple(ABLATIONS),
        help="leave out a part of the flatness term, as figure 7 of the paper does: no-mixup "
        "measures the metric at the crops' own latents; no-normalisation shrinks the metric itself "
        "instead of its distance from c^2 times the identity",
    )
    add(
        "--kappa",
        type=float,
        help="largest root-mean-square error, in units of the data (0.25, with nuisance 0.5; with "
        "--abroad 0.3 and 0.75; isotropic vgg16 and vgg16-slim 0.12; curved 0.5; strangers "
        "0.5, with nuisance 0.45)",
    )
    add(
        "--start",
        choices=("random", "bypass", "pytorch", "principal", "closed"),
        help="decoder before training: random: He's initialisation, curved; bypass: the same "
        "beside a random linear layer; pytorch: PyTorch's; "
        "principal: close to the data's principal subspace, a plane; closed: a closed form that "
        "guesses the mean of a crop's tracklet, with --covariance nuisance (curved random; "
        "strangers with nuisance closed; else principal where --beta is above 0, except for "
        "vgg16; else pytorch)",
    )
    add(
        "--no-augmentation",
        action="store_true",
        help="train on the crops as they are: not mirrored, shifted, relit or partly erased",
    )
    add(
        "--as-paper",
        action="store_true",
        help="train as the paper prints it: vgg16, the norm of equation 12 in lambda's constraint, "
        "no augmentation, learning rate 3e-5, PyTorch's start; other options still apply",
    )
    add(
        "--steps",
        type=int,
        help="steps of the optimiser, in all rounds together (9000; curved 3000; strangers 1500)",
    )
    add("--batch-size", type=int, help="crops per step (64; curved 128)")
    add("--learning-rate", type=float, help="learning rate of Adam (0.001; curved 0.004)")
    add(
        "--feature-steps",
        type=int,
        help="steps in which strangers learns its features, before all rounds (5000)",
    )
    add("--bfloat16", action="store_true", help="faster on processors with avx512_bf16")
    add(
        "--hold-out-late",
        type=float,
        metavar="FRACTION",
        help="hold out the last frames of sequences of 100 frames or more, such as 0.2 of them, "
        "and measure the error there (default: hold out every fifth long tracklet)",
    )
    add("--seed", type=int, help="seed of the initial weights and the batches (0)")
    add("--threads", type=int, help="processor threads (all)")
    add("--runs", type=Path, default=RUNS, metavar="DIR", help="folder for checkpoints (runs)")
    add("--out", type=Path, default=WEIGHTS, metavar="DIR", help="folder for weights (weights)")
    return parser.parse_args(words)


def read_request(arguments: argparse.Namespace) -> tuple["TrainingRequest", "CropRule"]:
    """Check the command line; return the training request and the rule for its crops.

    Raises:
        InputError: a name is unknown or reserved, or a value is out of range.
    """
    from flatsort.reid_vae.model.architecture import ARCHITECTURES
    from flatsort.reid_vae.training.settings import Settings
    from flatsort.training.training_request import TrainingRequest
    from flatsort.training.weights_name import check_name

    check_name("--name", arguments.name)
    if arguments.as_paper and (arguments.abroad or arguments.covariance != "isotropic"):
        raise InputError(
            "--as-paper: the paper has neither invented people nor a nuisance covariance: leave "
            "out --abroad and --covariance"
        )
    if arguments.ablation and arguments.beta == 0:
        raise InputError(
            f"--ablation {arguments.ablation}: --beta 0 has no flatness term: leave out one of both"
        )
    usual = "vgg16" if arguments.as_paper else Settings.architecture
    architecture = arguments.architecture or usual
    if architecture not in ARCHITECTURES:
        known = ", ".join(ARCHITECTURES)
        raise InputError(f"--architecture {architecture}: unknown; choose from {known}")
    request = TrainingRequest(
        weights=arguments.out / f"{arguments.name}.safetensors",
        folder=arguments.runs / arguments.name,
        settings=_read_settings(arguments, architecture),
        rounds=arguments.rounds,
        late=arguments.hold_out_late,
        threads=arguments.threads,
    )
    return request, crop_rule(arguments, ARCHITECTURES[architecture].image_size)


def main(words: list[str] | None = None) -> None:
    """Cut crops, train, and write the weights and the model cards."""
    arguments = parse_arguments(words)
    from flatsort.files.sequence import find_sequences
    from flatsort.reid_vae.training.distributed import join_processes
    from flatsort.training.model_card import describe_calibration, write_model_cards
    from flatsort.training.train import train_on_sequences

    request, rule = read_request(arguments)
    sequences = [s for name in arguments.seq for s in find_sequences(name, arguments.mot_root)]
    with join_processes() as processes:
        card = train_on_sequences(
            sequences, rule, arguments.runs / "crops", request, processes, arguments.crops
        )
    if not processes.is_first:
        return
    write_model_cards(arguments.out)
    if card["measured"]["initial_phase"]:
        kappa = request.settings.constants.kappa
        LOGGER.info(
            f"the error never fell below kappa ({kappa:g}), so the prior is not trained: "
            "give more --steps or a larger --kappa"
        )
    print(f"wrote {request.weights}: {describe_calibration(card['calibration'])}")


def _read_settings(arguments: argparse.Namespace, architecture: str) -> "Settings":
    """Return the usual settings, with the values that the command line gives instead."""
    from flatsort.training.usual_settings import as_paper, usual_settings

    usual = usual_settings(arguments.covariance, arguments.abroad, architecture)
    if arguments.as_paper:
        usual = as_paper(usual)
    if arguments.no_augmentation:
        usual = replace(usual, augmentation=None)
    steps = arguments.steps or usual.steps
    return replace(
        usual,
        constants=replace(
            usual.constants,
            **_without_none(kappa=arguments.kappa, beta=arguments.beta),
            **ABLATIONS.get(arguments.ablation, {}),
        ),
        bfloat16=arguments.bfloat16,
        **_start(arguments.start or usual.start, steps),
        **_without_none(
            steps=arguments.steps,
            feature_steps=arguments.feature_steps,
            latent_size=arguments.latent_size,
            batch_size=arguments.batch_size,
            learning_rate=arguments.learning_rate,
            seed=arguments.seed,
        ),
    )


def _start(start: str | None, steps: int) -> dict[str, Any]:
    """Return the settings that a start needs."""
    from flatsort.reid_vae.training.settings import RANDOM_STARTS
    from flatsort.training.usual_settings import random_start

    return random_start(steps, start) if start in RANDOM_STARTS else {"start": start}


def _without_none(**values: float | None) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
