"""Measure what a flat latent space buys on crops of people: docs/flat-crops.md and a picture.

Several trainings of each kind may be given, so that the intervals speak of other trainings too.
Scenes and features are kept in --folder.
"""

import argparse
from pathlib import Path

from benchmarks.options import add_folder, add_page, make_parser
from flatsort.commands.cli import run
from flatsort.errors import InputError
from flatsort.files.paths import SHIPPED_WEIGHTS

EXAMPLES = """\
examples:
  python -m benchmarks.flat_crops

  # three trainings of each kind, and the ablations of `make ablations`
  python -m benchmarks.flat_crops --flat runs/seeds/fmvae-seed?.safetensors \\
      --curved runs/seeds/vhpvae-seed?.safetensors \\
      --ablation "no mixup=runs/ablations/fmvae-no-mixup-seed0.safetensors" \\
      --ablation "no normalisation=runs/ablations/fmvae-no-normalisation-seed0.safetensors"

  # a quick trial
  python -m benchmarks.flat_crops --seeds 2 --queries 3 --crops 10 --out runs/flat-crops/trial.md
"""
FLAT, CURVED, FEW = "fmvae", "vhpvae", "curved-10"
"""Names of the kinds of training: with the flatness term, without it, and with ten latents."""


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
    measured = measure(found, kinds, sizes, arguments.folder / "features")
    page = make_page(measured, kinds, sizes, picture.name)
    drawn = {name: kinds[name][0] for name in (FLAT, CURVED, FEW)}
    figure = draw_interpolation(found, drawn, arguments.folder / "features")
    with atomic_path(picture) as temporary:
        figure.savefig(temporary, format="png", dpi=100)
    with atomic_writer(arguments.out) as handle:
        handle.write(page)
    print(page)


def _parse(words: list[str] | None) -> argparse.Namespace:
    parser = make_parser("flat_crops", __doc__, EXAMPLES)
    add = parser.add_argument
    files = {"type": Path, "nargs": "+", "metavar": "FILE"}
    add(
        "--flat",
        **files,
        default=[SHIPPED_WEIGHTS / f"{FLAT}.safetensors"],
        help=f"weights of trainings with the flatness term, one per seed (the shipped {FLAT})",
    )
    add(
        "--curved",
        **files,
        default=[SHIPPED_WEIGHTS / f"{CURVED}.safetensors"],
        help="weights of trainings without the flatness term, in the same order of seeds (the "
        f"shipped {CURVED})",
    )
    add(
        "--ablation",
        action="append",
        nargs="+",
        default=[],
        metavar="NAME=FILE",
        help="weights of trainings that leave out a part of the flatness term; the name stands "
        "before the first file, and the option may be given several times (none)",
    )
    add(
        "--mot-root",
        metavar="DIR",
        help="folder with the sequences of MOT16 ($MOT16_ROOT, data/MOT16)",
    )
    add("--seeds", type=int, default=12, metavar="N", help="number of rendered scenes (12)")
    add("--queries", type=int, default=10, metavar="N", help="crops that ask for neighbours (10)")
    add("--crops", type=int, default=40, metavar="N", help="crops among which they look (40)")
    content = "folder for scenes and features, shared with benchmarks.flat_linking"
    add_folder(parser, "flat-linking", content)
    add_page(parser, "flat-crops", "the page; the picture lies beside it as .png")
    return parser.parse_args(words)


def _kinds(arguments: argparse.Namespace) -> dict[str, list[Path]]:
    """Return name -> weights files of all kinds of training.

    Raises:
        InputError: a file is missing, a name is missing or taken, or a number is too small.
    """
    for option, least in (("seeds", 2), ("queries", 2), ("crops", 7)):
        if getattr(arguments, option) < least:
            raise InputError(f"--{option} must be {least} or more")
    kinds = {
        FLAT: arguments.flat,
        CURVED: arguments.curved,
        FEW: [SHIPPED_WEIGHTS / f"{FEW}.safetensors"],
    }
    for first, *more in arguments.ablation:
        name, _, file = first.partition("=")
        if not (name and file) or name in kinds:
            raise InputError(f"--ablation {first}: give NAME=FILE, with a name of its own")
        kinds[name] = [Path(each) for each in (file, *more)]
    for path in (path for paths in kinds.values() for path in paths):
        if not path.is_file():
            raise InputError(f"{path}: no such file: give weights of train_descriptor.py")
    return kinds


if __name__ == "__main__":
    run(main)
