"""Train all weights of the evidence: each kind with three seeds, on the same crops.

The crops come from half of the forty rendered scenes and from the clips of MOT16; MOT16-09 is not
among them. `half` kinds learn from the first half of MOT16-09 alone. The same command goes on where
it was stopped.
"""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.options import add_folder, add_mot_root, make_parser
from flatsort.commands.cli import run
from flatsort.errors import InputError
from flatsort.training.ablations import ABLATIONS

if TYPE_CHECKING:
    from benchmarks.evidence_crops import Material
    from flatsort.reid_vae.training.settings import Settings

EXAMPLES = """\
examples:
  # everything, two trainings at a time
  python -m benchmarks.evidence_training --jobs 2

  # a quick trial of one kind
  python -m benchmarks.evidence_training --kind fmvae-track --seeds 1 --folder runs/evidence-trial
"""
SEEDS = 3
"""Trainings of each kind."""
SLIM_STEPS = 4500
"""Steps of the network `slim`, as of the shipped weights."""
SMALL_STEPS = 9000
"""Steps of the network `small`, as of the shipped weights."""
CONSTANTS = ("beta", "kappa", "mixed", "normalised")
"""Constants of the objective in which kinds differ."""
OWN_SETTINGS = ("start", "steps", "latent_size", "feature_steps")
"""Settings of a kind other than its constants."""
FEATURE_STEPS = 2000
"""Steps in which `strangers` learns its features; a training as documented takes 5000."""
CURVED_LATENTS = 10
"""Latents of the curved decoders, as of the shipped `curved-10`: with 128, a plane fits as well."""


def main(words: list[str] | None = None) -> None:
    """Train what the folder lacks."""
    arguments = _parse(words)
    from flatsort.processors import worker_pool
    from flatsort.progress import ProgressBar

    if arguments.seeds < 1 or arguments.jobs < 1:
        raise InputError("--seeds and --jobs must be above 0")
    root, folder = arguments.mot_root, arguments.folder
    tasks = [
        (kind, seed)
        for seed in range(arguments.seeds)
        for kind in arguments.kind
        if not weights_file(folder, kind, seed).is_file()
    ]
    # Cut the crops once, before several processes ask for them.
    for kind in {kind for kind, _ in tasks}:
        _collect(kind, root, folder)
    with worker_pool(arguments.jobs) as pool:
        futures = [pool.submit(_train, kind, seed, root, folder) for kind, seed in tasks]
        for future in ProgressBar(futures, desc="trainings", unit="training"):
            future.result()


def weights_file(folder: Path, kind: str, seed: int) -> Path:
    """Return the weights of one training: safetensors, or ONNX where labels taught the network."""
    suffix = "onnx" if kind.startswith("taught") else "safetensors"
    return folder / "weights" / f"{kind}-seed{seed}.{suffix}"


def _train(kind: str, seed: int, root: str | None, folder: Path) -> None:
    """Train one kind with one seed, on one thread."""
    material, weights = _collect(kind, root, folder), weights_file(folder, kind, seed)
    settings = _settings(WORDS[kind], seed)
    if kind.startswith("taught"):
        from benchmarks.labelled_people import people_of_crops
        from benchmarks.taught_network import train_taught

        people = people_of_crops(material.crops, material.sequences)
        train_taught(material.crops, people, weights, settings, threads=1)
    else:
        from flatsort.training.train import train
        from flatsort.training.training_request import TrainingRequest

        runs = folder / "runs" / weights.stem
        rounds = WORDS[kind].get("rounds")
        train(material.crops, TrainingRequest(weights, runs, settings, rounds, threads=1))


def _collect(kind: str, root: str | None, folder: Path) -> "Material":
    from benchmarks.evidence_crops import crops_of_everything, crops_of_first_half
    from flatsort.reid_vae.model.architecture import ARCHITECTURES

    size = ARCHITECTURES[_network(WORDS[kind])].image_size
    collect = crops_of_first_half if kind.endswith("-half") else crops_of_everything
    return collect(root, folder, size)


def _settings(words: dict[str, Any], seed: int) -> "Settings":
    """Return the settings of one training; ``words`` are as the Makefile's options."""
    from flatsort.training.usual_settings import usual_settings

    usual = usual_settings(words.get("covariance", "isotropic"), architecture=_network(words))
    constants = {name: words[name] for name in CONSTANTS if name in words}
    others = {name: words[name] for name in OWN_SETTINGS if name in words}
    return replace(
        usual,
        constants=replace(usual.constants, **constants),
        seed=seed,
        bfloat16=True,
        **others,
    )


def _network(words: dict[str, Any]) -> str:
    return str(words["architecture"])


_SLIM = {"architecture": "slim", "steps": SLIM_STEPS}
_SMALL = {"architecture": "small", "steps": SMALL_STEPS}
# Rendered scenes beside real clips are harder to reconstruct than one sequence: with the usual
# kappa, some trainings end before their error is below it.
_VARIED = {**_SLIM, "kappa": 0.35}
_CURVED = {"architecture": "curved", "latent_size": CURVED_LATENTS, "kappa": 0.75}
_TRACK = {**_SMALL, "covariance": "nuisance", "start": "principal"}
WORDS: dict[str, dict[str, Any]] = {
    "vhpvae": {**_VARIED, "beta": 0.0, "start": "pytorch"},
    "fmvae": {**_VARIED, "start": "principal"},
    "vhpvae-principal": {**_VARIED, "beta": 0.0, "start": "principal"},
    "fmvae-track": {**_TRACK, "kappa": 0.75},
    "taught": _SLIM,
    "taught-small": _SMALL,
    "fmvae-track-half": _TRACK,
    "taught-small-half": _SMALL,
    "curved": _CURVED,
    "curved-plain": {**_CURVED, "beta": 0.0},
    "fmvae-300": {**_VARIED, "beta": 300.0, "start": "principal"},
    **{name: {**_VARIED, "start": "principal", **part} for name, part in ABLATIONS.items()},
    "strangers": {
        "architecture": "strangers",
        "covariance": "nuisance",
        "feature_steps": FEATURE_STEPS,
        # A second round would compare thousands of tracklets, for ten minutes.
        "rounds": 1,
    },
}
"""Kind -> how it is trained. Networks, starts and beta are those of the shipped weights, except for
`vhpvae-principal` and `curved-plain`: these differ from `fmvae` and `curved` in beta alone."""


def add_kinds(parser: argparse.ArgumentParser, purpose: str) -> None:
    """Add --kind, by default all kinds."""
    parser.add_argument(
        "--kind",
        nargs="+",
        metavar="KIND",
        choices=WORDS,
        default=list(WORDS),
        help=f"{purpose}: {', '.join(WORDS)} (all)",
    )


def _parse(words: list[str] | None) -> argparse.Namespace:
    parser = make_parser("evidence_training", __doc__, EXAMPLES)
    add_mot_root(parser)
    add = parser.add_argument
    add_kinds(parser, "kinds to train")
    add("--seeds", type=int, default=SEEDS, metavar="N", help=f"trainings per kind ({SEEDS})")
    add("--jobs", type=int, default=1, metavar="N", help="trainings at a time (1)")
    add_folder(parser, "evidence", "folder for scenes, crops and weights")
    return parser.parse_args(words)


if __name__ == "__main__":
    run(main)
