"""Measure what a flat latent space buys on crops of people: docs/flat-crops.md and a picture.

With several trainings of each kind, the intervals speak of other trainings too.
Scenes and features are kept in --folder.
"""

import argparse
from pathlib import Path

from benchmarks.evidence_training import SEEDS, weights_file
from benchmarks.options import add_folder, add_mot_root, add_page, make_parser
from flatsort.commands.cli import run
from flatsort.errors import InputError
from flatsort.files.paths import SHIPPED_WEIGHTS

EXAMPLES = """\
examples:
  # the shipped weights, one training of each kind
  python -m benchmarks.flat_crops

  # the trainings of the evidence: three of each kind, two without parts of the flatness term
  python -m benchmarks.evidence_training
  python -m benchmarks.flat_crops --trainings runs/evidence --jobs 2

  # a quick trial
  python -m benchmarks.flat_crops --seeds 2 --queries 3 --crops 10 --out runs/flat-crops/trial.md
"""
SHIPPED = ("fmvae", "vhpvae", "curved-10")
"""Shipped weights: with the flatness term, without it, and with the term and ten latents."""
TRAINED = (
    *("fmvae", "vhpvae", "vhpvae-principal", "no-mixup", "no-normalisation"),
    *("curved", "curved-plain"),
)
"""Kinds of benchmarks.evidence_training."""
PICTURED = ("fmvae", "vhpvae", "curved-10", "curved")
"""Kinds in the picture, as far as they are measured."""
NUMBERS = {"seeds": 12, "queries": 10, "crops": 40}
"""Name of an option -> its default: rendered scenes, and crops per footage."""


def main(words: list[str] | None = None) -> None:
    """Measure all trainings on all footage, and write the page and the picture."""
    arguments = _parse(words)
    kinds = _kinds(arguments)
    from benchmarks.flat_crops_page import make_page
    from benchmarks.flat_crops_picture import draw_interpolation
    from benchmarks.flat_crops_runs import Sizes, check_weights, footages, measure
    from flatsort.files.atomic import atomic_path, atomic_writer, check_writable

    picture = arguments.out.with_suffix(".png")
    for path in (arguments.out, picture):
        check_writable(path)
    check_weights(kinds)
    sizes = Sizes(arguments.queries, arguments.crops)
    found = footages(arguments.mot_root, arguments.folder, arguments.seeds)
    measured = measure(found, kinds, sizes, arguments.folder / "features", arguments.jobs)
    page = make_page(measured, kinds, sizes, _command(arguments), picture.name)
    drawn = {name: kinds[name][0] for name in PICTURED if name in kinds}
    figure = draw_interpolation(found, drawn, arguments.folder / "features")
    with atomic_path(picture) as temporary:
        figure.savefig(temporary, format="png", dpi=100)
    with atomic_writer(arguments.out) as handle:
        handle.write(page)
    print(page)


def _parse(words: list[str] | None) -> argparse.Namespace:
    parser = make_parser("flat_crops", __doc__, EXAMPLES)
    add = parser.add_argument
    add(
        "--trainings",
        type=Path,
        metavar="FOLDER",
        help="folder of benchmarks.evidence_training: measure its trainings instead of the shipped "
        "weights",
    )
    add_mot_root(parser)
    contents = (
        "number of rendered scenes",
        "crops that ask for neighbours",
        "crops among which they look",
    )
    for (name, usual), content in zip(NUMBERS.items(), contents, strict=True):
        add(f"--{name}", type=int, default=usual, metavar="N", help=f"{content} ({usual})")
    add("--jobs", type=int, default=1, metavar="N", help="trainings measured at a time (1)")
    content = "folder for scenes and features, shared with benchmarks.flat_linking"
    add_folder(parser, "flat-linking", content)
    add_page(parser, "flat-crops", "the page; the picture lies beside it as .png")
    return parser.parse_args(words)


def _command(arguments: argparse.Namespace) -> str:
    """Return the command line without its other folders."""
    words = [] if arguments.trainings is None else [f" --trainings {arguments.trainings}"]
    words += [
        f" --{name} {value}"
        for name, usual in NUMBERS.items()
        if (value := getattr(arguments, name)) != usual
    ]
    return "python -m benchmarks.flat_crops" + "".join(words)


def _kinds(arguments: argparse.Namespace) -> dict[str, list[Path]]:
    """Return name -> weights files of all kinds of training.

    Raises:
        InputError: a file is missing, or a number is too small.
    """
    for option, least in (("seeds", 2), ("queries", 2), ("crops", 7), ("jobs", 1)):
        if getattr(arguments, option) < least:
            raise InputError(f"--{option} must be {least} or more")
    folder = arguments.trainings
    if folder is None:
        return {name: [SHIPPED_WEIGHTS / f"{name}.safetensors"] for name in SHIPPED}
    kinds = {kind: [weights_file(folder, kind, seed) for seed in range(SEEDS)] for kind in TRAINED}
    for path in (path for paths in kinds.values() for path in paths):
        if not path.is_file():
            raise InputError(f"{path}: no such file: run benchmarks.evidence_training first")
    return kinds


if __name__ == "__main__":
    run(main)
