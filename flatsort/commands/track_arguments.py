"""The command line of `python tools/track.py`."""

import argparse
import math
from pathlib import Path

from flatsort.commands.cli import OutputPath, make_parser
from flatsort.commands.distribution_options import add_cluster_option, add_jobs_option
from flatsort.commands.options import (
    add_blur_option,
    add_boundary_options,
    add_cache_options,
    add_detector_options,
    add_mot_root_option,
    seconds,
)
from flatsort.commands.source_options import add_source_words, given_sources
from flatsort.commands.track_help import EPILOG
from flatsort.files.paths import FEATURE_CACHE

MIN_CONFIDENCE = 0.3
"""Lowest confidence of a detection, of SORT and DeepSORT; nwojke/deep_sort evaluates with it."""

FLAT_MIN_CONFIDENCE = 0.1
"""The same of FlatSORT, which knows doubtful detections from sure ones."""

COMPARED_BY_DEFAULT = "fmvae-track-unseen"
"""The descriptor that --adapt compares the new one with: it has seen no camera of the user."""


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = make_parser(
        "track",
        description="Track people through a video, a camera or MOTChallenge sequences.",
        epilog=EPILOG,
    )
    _add_footage(parser.add_argument_group("footage"))
    _add_detections(parser.add_argument_group("detections"))
    _add_tracking(parser.add_argument_group("tracking"))
    _add_output(parser.add_argument_group("output"))
    many = parser.add_argument_group("many sequences")
    add_jobs_option(many, "sequences to track at the same time, one process each (1)")
    add_cluster_option(many)
    arguments = parser.parse_args(words)
    arguments.origins = given_sources(arguments)
    arguments.source = None if arguments.origins is None else [*arguments.origins]
    if arguments.adapt is not None and arguments.descriptor == "none":
        arguments.descriptor = COMPARED_BY_DEFAULT
    arguments.settings = {}
    if arguments.preset is not None:
        _read_preset(arguments)
    if arguments.min_confidence is None:
        is_flat = arguments.preset == "flatsort" or arguments.offline
        arguments.min_confidence = FLAT_MIN_CONFIDENCE if is_flat else MIN_CONFIDENCE
    return arguments


def _read_preset(arguments: argparse.Namespace) -> None:
    """Replace a preset file by its preset and settings; options that are given come first."""
    from flatsort.tracking.preset_file import read_preset

    preset = read_preset(arguments.preset)
    arguments.preset, arguments.settings = preset.name, dict(preset.settings)
    for name in ("min_confidence", "max_distance"):
        kept = arguments.settings.pop(name, None)
        if getattr(arguments, name) is None:
            setattr(arguments, name, kept)


def _add_footage(group: argparse._ArgumentGroup) -> None:
    footage = group.add_mutually_exclusive_group()
    add_source_words(footage)
    footage.add_argument(
        "--seq",
        metavar="NAME|FOLDER|all",
        help="MOTChallenge sequences: a name in --mot-root, a sequence folder, or all; without "
        "--seq and --source, the built-in sequence",
    )
    add_mot_root_option(group)
    add = group.add_argument
    add("--fps", type=float, metavar="F", help="frames per second of a folder of images (25)")
    add(
        "--timeout",
        type=float,
        default=10.0,
        metavar="S",
        help="seconds without a frame after which a camera or URL counts as lost (10)",
    )
    add("--start", type=_instant, metavar="TIME", help="track from here on: see below")
    add("--end", type=_instant, metavar="TIME", help="track up to here: see below")
    add(
        "--every",
        type=int,
        default=1,
        metavar="N",
        help="track only every Nth frame; frames keep their numbers, and the tracker counts the "
        "frames that it sees (1)",
    )
    add(
        "--region",
        metavar="X,Y,X,Y,...",
        help="track only people who stand in this rectangle, given by two opposite corners, or in "
        "this polygon of three or more corners, in pixels; a person stands where the middle of the "
        "box's lower edge is",
    )


def _add_detections(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--detections",
        metavar="FILE",
        help="file with the boxes of --seq, instead of a detector: a name in the sequence's det/, "
        "or a path (det.txt)",
    )
    group.add_argument(
        "--thresholds",
        choices=("given", "auto"),
        default="given",
        help="auto: learn from the boxes of --seq what their confidences mean, and how long people "
        "stay hidden, for flatsort and a detector of an unknown scale (given)",
    )
    add_detector_options(
        group, confidence=None, shown_confidence=f"{MIN_CONFIDENCE}; flatsort {FLAT_MIN_CONFIDENCE}"
    )


def _add_tracking(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add(
        "--preset",
        metavar="NAME|FILE",
        help="the tracker: sort tracks by motion alone, deepsort by appearance and motion, "
        "flatsort by motion, and by appearance as far as it tells these people apart; or a preset "
        "file, which tools/tune.py writes (deepsort with a descriptor, sort for none)",
    )
    add(
        "--camera-motion",
        metavar="auto|boxes|frames|FILE|none",
        help="how flatsort follows a moving camera: by the boxes alone; by the boxes and the "
        "frames; by the boxes and a file of movements, see below; or not at all; auto: frames "
        "where there are any, else boxes (boxes)",
    )
    add("--descriptor", default="none", metavar="NAME", help="describes people, see below (none)")
    add(
        "--nms-overlap",
        type=float,
        metavar="O",
        help="largest fraction of a detection that others may cover; SORT has no such limit (1)",
    )
    add(
        "--max-distance",
        type=float,
        metavar="D",
        help="appearance gate (the descriptor's calibrated gate, else 0.2)",
    )
    add(
        "--appearance",
        choices=("always", "lazy"),
        default="always",
        help="lazy: describe a person only if motion leaves the match in doubt, and everybody at "
        "intervals (always)",
    )
    add(
        "--paper",
        action="store_true",
        help="the paper's settings: cosine about the origin, gate 0.2, --nms-overlap 0.7",
    )
    add(
        "--max-age",
        type=_duration,
        metavar="N|Ss",
        help="frames that a track survives without a detection, or seconds, such as 1.5s "
        "(deepsort 30, sort 1, flatsort 1.5s)",
    )
    add(
        "--memory",
        type=seconds,
        metavar="S",
        help="seconds for which flatsort can recognise a lost person by looks, such as 60s (60s)",
    )
    add(
        "--offline",
        action="store_true",
        help="decide who is who after the whole recording: track by motion, cut tracks where they "
        "are in doubt, and join the parts by looks and movement; with --preset flatsort",
    )
    add(
        "--adapt",
        type=_minutes,
        metavar="MINUTES",
        help="before tracking, find people in this recording (from --start to --end, in the whole "
        "picture) and train a descriptor on them for so many minutes; say whether it is better "
        "here than the old one (--descriptor, or fmvae-track-unseen), and track with the better "
        "one",
    )
    add(
        "--fill",
        type=seconds,
        default=0.0,
        metavar="S",
        help="with --offline: fill gaps of a track of up to so many seconds by straight courses; "
        "these boxes have confidence 0 (0)",
    )
    add(
        "--coasted",
        type=int,
        metavar="N",
        help="also write predicted boxes, for up to N frames without a detection (deepsort "
        "1, sort 0; flatsort takes only 0: by looks that tell people apart it learns how long "
        "predicted boxes are right)",
    )
    add(
        "--class-agnostic",
        action="store_true",
        help="objects of different classes may share a track, for a detector that mixes up classes "
        "(each class is tracked alone, and ids are unique over all classes)",
    )
    add("--plugin", metavar="FILE.py", help="Python file that registers your own descriptor")
    add_cache_options(group, FEATURE_CACHE)


def _add_output(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add(
        "--results",
        type=Path,
        default=Path("results"),
        metavar="DIR",
        help="folder for RESULTS/TRACKER/SEQ.txt and SEQ.json, the record of the run (results)",
    )
    add(
        "--tracker",
        metavar="NAME",
        help="TRACKER (made from the descriptor, the appearance and the detector, such as "
        "fmvae-lazy@hog)",
    )
    add(
        "--also",
        nargs="+",
        choices=("csv", "jsonl", "coco", "cvat", "yolo"),
        default=[],
        metavar="FORMAT",
        help="also write the tracks as csv (SEQ.csv, with times and confidences), jsonl (the same "
        "as SEQ.jsonl), coco (SEQ.coco.json, a CocoVID file), cvat (SEQ.cvat.xml, for a video in "
        "CVAT) or yolo (the folder SEQ.yolo); several words are possible",
    )
    add(
        "--save-detections",
        type=OutputPath,
        metavar="FILE",
        help="also write the detector's boxes, in the format of MOTChallenge's det.txt",
    )
    add("--video", type=OutputPath, metavar="FILE", help="overlay film, .mp4, or a folder for it")
    add_blur_option(group)
    add("--show", action="store_true", help="show the tracks in a window; q stops the run")
    add_boundary_options(group)
    add(
        "--dry-run",
        action="store_true",
        help="check everything, print what would be read and written, and stop",
    )


def _duration(text: str) -> int | float:
    """Return a whole number of frames as int, or seconds, such as "1.5s", as float."""
    try:
        return float(text[:-1]) if text.endswith("s") else int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r}: give whole frames, such as 45, or seconds, such as 1.5s"
        ) from None


def _instant(text: str) -> int | float:
    """Return a frame's number as int, or seconds as float."""
    from flatsort.sources.frame_selection import parse_instant

    try:
        return parse_instant(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _minutes(text: str) -> float:
    """Return a number of minutes above 0."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r}: give minutes above 0, such as 3")
    return value
