"""Measure what a flat latent space buys on crops of people: docs/flat-crops.md and a picture.

Several trainings of each kind may be given, so that the intervals speak of other trainings too.
Scenes and features are kept in --folder.
"""

import argparse
from pathlib import Path

from benchmarks.options import add_folder, add_mot_root, add_page, make_parser
from flatsort.commands.cli import run
from flatsort.errors import InputError
from flatsort.files.paths import SHIPPED_WEIGHTS

EXAMPLES = """\
examples:
  python -m benchmarks.flat_crops

  # the trainings of `make seeds` and `make ablations`: three of each kind
  python -m benchmarks.flat_crops \\
      --flat weights/fmvae.safetensors runs/seeds/fmvae-seed?.safetensors \\
      --plain weights/vhpvae.safetensors runs/seeds/vhpvae-seed?.safetensors \\
      --ablation "no mixup=runs/ablations/fmvae-no-mixup-seed0.safetensors" \\
          runs/ablations/fmvae-no-mixup-seed[12].safetensors \\
      --ablation "no normalisation=runs/ablations/fmvae-no-normalisation-seed0.safetensors" \\
          runs/ablations/fmvae-no-normalisation-seed[12].safetensors

  # a quick trial
  python -m benchmarks.flat_crops --seeds 2 --queries 3 --crops 10 --out runs/flat-crops/trial.md
"""
FLAT, PLAIN, TEN_LATENTS = "fmvae", "vhpvae", "curved-10"
"""Names of the kinds of training: with the flatness term, without it, and with ten latents."""
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
    measured = measure(found, kinds, sizes, arguments.folder / "features")
    page = make_page(measured, kinds, sizes, _command(arguments), picture.name)
    drawn = {name: kinds[name][0] for name in (FLAT, PLAIN, TEN_LATENTS)}
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
        "--plain",
        **files,
        default=[SHIPPED_WEIGHTS / f"{PLAIN}.safetensors"],
        help="weights of trainings without the flatness term, in the same order of seeds (the "
        f"shipped {PLAIN})",
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
    add_mot_root(parser)
    contents = (
        "number of rendered scenes",
        "crops that ask for neighbours",
        "crops among which they look",
    )
    for (name, usual), content in zip(NUMBERS.items(), contents, strict=True):
        add(f"--{name}", type=int, default=usual, metavar="N", help=f"{content} ({usual})")
    content = "folder for scenes and features, shared with benchmarks.flat_linking"
    add_folder(parser, "flat-linking", content)
    add_page(parser, "flat-crops", "the page; the picture lies beside it as .png")
    return parser.parse_args(words)


def _command(arguments: argparse.Namespace) -> str:
    """Return the command line without its paths."""
    words = [
        f" --{name} {value}"
        for name, usual in NUMBERS.items()
        if (value := getattr(arguments, name)) != usual
    ]
    return "python -m benchmarks.flat_crops" + "".join(words)


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
        PLAIN: arguments.plain,
        TEN_LATENTS: [SHIPPED_WEIGHTS / f"{TEN_LATENTS}.safetensors"],
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
