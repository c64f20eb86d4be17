"""Render FlatSORT's built-in sequence: a street scene in MOT16 layout, from a seed.

People in different clothes cross a square, vanish behind a pillar, an advertising column, a kiosk
and one another, and some turn back while hidden, under changing light and a moving camera. The
folder holds frames, ground truth with visibilities, and the detections of a simulated detector.

Examples:
    python tools/make_scene.py
    python tools/make_scene.py --out data/rainy-day --seed 7 --frames 100
"""

import argparse
from pathlib import Path

from flatsort.commands.cli import make_parser
from flatsort.errors import InputError
from flatsort.files.paths import BUILT_IN_SCENE


def main(words: list[str] | None = None) -> None:
    """Read the arguments, render, say what was written."""
    args = _parser().parse_args(words)
    if args.frames < 1:
        raise InputError(f"--frames is {args.frames}: give at least 1")
    if args.seed < 0:
        raise InputError(f"--seed is {args.seed}: give 0 or more")
    # Imported here so that --help answers at once.
    from tqdm import tqdm

    from flatsort.scene.scene_folder import write_scene

    def progress(frames):
        return tqdm(frames, unit="frame", desc=str(args.out), mininterval=0.5)

    summary = write_scene(args.out, args.seed, args.frames, progress)
    print(
        f"{args.out}: {summary.frames} frames, {summary.identities} people, "
        f"{summary.truth_rows} ground-truth boxes, {summary.detection_rows} detections"
    )


def _parser() -> argparse.ArgumentParser:
    parser = make_parser(
        "make_scene",
        description=__doc__,
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=BUILT_IN_SCENE,
        metavar="DIR",
        help="folder to write; a scene written there before is replaced (default: data/scene)",
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=1,
        help="chooses people, paths, street, camera and detector errors (default: %(default)s)",
    )
    parser.add_argument(
        "--frames", type=int, default=360, help="how many, at 25 a second (default: %(default)s)"
    )
    return parser
