"""Render the built-in sequence of FlatSORT: a street scene in MOT16 layout, made from a seed.

People in different clothes cross a square. They vanish behind a pillar, an advertising column, a
kiosk and one another, and some turn back while they are hidden. The light changes and the camera
moves. The folder holds the frames, the ground truth with visibilities, and the detections of a
simulated detector.

Examples:
    python tools/make_scene.py
    python tools/make_scene.py --out data/rainy-day --seed 7 --frames 100
    python tools/make_scene.py --out data/hard --seed 7 --crowds 2 --uniforms --carried --fps 10
"""

import argparse
from collections.abc import Iterable
from pathlib import Path

from flatsort.commands.cli import make_parser
from flatsort.errors import InputError
from flatsort.files.paths import BUILT_IN_SCENE


def main(words: list[str] | None = None) -> None:
    """Render the scene and print a summary."""
    arguments = parse_arguments(words)
    if arguments.frames < 1:
        raise InputError(f"--frames is {arguments.frames}: give at least 1")
    if arguments.seed < 0:
        raise InputError(f"--seed is {arguments.seed}: give 0 or more")
    # Imported here so that --help answers at once.
    from flatsort.progress import ProgressBar
    from flatsort.scene.scene_folder import write_scene
    from flatsort.scene.scene_kind import SceneKind

    kind = SceneKind(
        arguments.crowds,
        arguments.uniforms,
        arguments.carried,
        arguments.detector_noise,
        arguments.fps,
    )

    def progress(frames: Iterable[int]) -> Iterable[int]:
        return ProgressBar(frames, unit="frame", desc=f"rendering {arguments.out}")

    summary = write_scene(arguments.out, arguments.seed, arguments.frames, progress, kind)
    print(
        f"{arguments.out}: {summary.frames} frames, {summary.identities} people, "
        f"{summary.truth_rows} ground-truth boxes, {summary.detection_rows} detections"
    )


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = make_parser("make_scene", description=__doc__)
    parser.add_argument(
        "--out",
        type=Path,
        default=BUILT_IN_SCENE,
        metavar="DIR",
        help="folder to write; an older scene in it is replaced (default: data/scene)",
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=1,
        help="seed of people, paths, street, camera and detector errors (default: %(default)s)",
    )
    parser.add_argument(
        "--frames",
        type=int,
        default=360,
        help="number of frames (default: %(default)s)",
    )
    add = parser.add_argument
    add("--fps", type=int, default=25, help="frames per second, 1 to 25 (default: %(default)s)")
    add(
        "--crowds",
        type=int,
        default=1,
        metavar="N",
        help="groups of 16 people per 14.4 seconds, 1 to 4 (default: %(default)s)",
    )
    add("--uniforms", action="store_true", help="dress everybody in the same clothes")
    add("--carried", action="store_true", help="let somebody walk about with the camera")
    add(
        "--detector-noise",
        type=float,
        default=1.0,
        metavar="FACTOR",
        help="factor on the errors of the simulated detector (default: %(default)g)",
    )
    return parser.parse_args(words)
