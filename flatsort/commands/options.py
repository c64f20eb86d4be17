"""The options that several commands share: footage, the detector, and the crops to learn from."""

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING

from flatsort.messages import LOGGER

if TYPE_CHECKING:
    from flatsort.detectors.default_detector import ChosenDetector
    from flatsort.detectors.detector_settings import DetectorSettings
    from flatsort.training.crop_set import CropRule

DETECTORS = """\
  yolox-nano           YOLOX's smallest network (3.7 MB), trained on COCO's 80 classes; also
                       yolox-tiny, yolox-s and yolox-m, which find more and take longer; each is
                       downloaded once, into ~/.cache/flatsort (or $XDG_CACHE_HOME/flatsort)
  hog                  OpenCV's people detector; needs no download; finds upright people in full
                       view
  torchvision:NAME     a detector of torchvision, such as fasterrcnn_mobilenet_v3_large_320_fpn;
                       downloads its weights once
  onnx:FILE            a network of the YOLO family (v5 to v11, YOLOX, or end to end); the command
                       tells them apart by the network's output; if the file fixes no input size,
                       give onnx:FILE,size=640 (or HxW)
  file:FILE            boxes of another program: det.txt or a sequence folder of MOTChallenge and
                       TrackEval, .json of COCO (also CocoVID, and lists of results) or of Label
                       Studio, .xml of CVAT, or a folder of YOLO's .txt files
"""
"""The words for --detector, as part of a help text."""


def add_source_option(group: argparse._ActionsContainer, purpose: str) -> None:
    """Add --source, the user's own footage.

    Args:
        group: a parser, or one of its groups.
        purpose: the option's help text.
    """
    group.add_argument("--source", metavar="FILE|FOLDER|N|URL", help=purpose)


def add_source_word(group: argparse._MutuallyExclusiveGroup, purpose: str) -> None:
    """Add the word SOURCE, or --source instead of it; :func:`given_source` reads both.

    Args:
        group: a mutually exclusive group; it is required if the command needs a source.
        purpose: the help text of --source.
    """
    group.add_argument("footage", nargs="?", metavar="SOURCE", help="the same as --source SOURCE")
    add_source_option(group, purpose)


def given_source(arguments: argparse.Namespace) -> str | None:
    """Return the source on a command line with :func:`add_source_word`; None without one."""
    return arguments.footage if arguments.source is None else arguments.source


def add_mot_root_option(group: argparse._ActionsContainer) -> None:
    """Add --mot-root, the folder in which a command looks up the names of sequences."""
    group.add_argument(
        "--mot-root",
        metavar="DIR",
        help="folder with the sequences, or with train/ and test/ ($MOT16_ROOT, data/MOT16)",
    )


def add_boundary_options(group: argparse._ActionsContainer) -> None:
    """Add --line and --zone, at which people are counted.

    Args:
        group: a parser, or one of its groups.
    """
    group.add_argument(
        "--line",
        action="append",
        default=[],
        metavar="NAME=X,Y,X,Y",
        help="count people who cross this line, such as door=100,400,600,400, in pixels; `in` is "
        "towards the left-hand side of the way from the first to the second point; may be repeated",
    )
    group.add_argument(
        "--zone",
        action="append",
        default=[],
        metavar="NAME=X,Y,X,Y,...",
        help="count people who enter and leave this zone with three or more corners, in pixels; "
        "may be repeated",
    )


def add_blur_option(group: argparse._ActionsContainer) -> None:
    """Add --blur-heads, for films that are shown around."""
    group.add_argument(
        "--blur-heads",
        action="store_true",
        help="make heads of tracked people unrecognisable; people without a track stay visible",
    )


def add_crop_options(group: argparse._ActionsContainer) -> None:
    """Add --seq, --mot-root, --detections, --min-confidence and --min-height: crops to learn from.

    Args:
        group: a parser, or one of its groups.
    """
    add = group.add_argument
    add("--seq", nargs="+", required=True, metavar="NAME|FOLDER", help="MOT-layout sequences")
    add_mot_root_option(group)
    add(
        "--detections",
        default="det.txt",
        metavar="FILE",
        help="detection file in the det/ folder of each sequence (det.txt)",
    )
    add(
        "--min-confidence",
        type=float,
        default=0.5,
        help="lowest confidence of a detection to learn from (0.5)",
    )
    add(
        "--min-height",
        type=float,
        default=40.0,
        help="smallest height of a box to learn from, in pixels (40)",
    )


def crop_rule(arguments: argparse.Namespace, size: int) -> "CropRule":
    """Return the rule of a command line with :func:`add_crop_options`; size is in pixels."""
    from flatsort.training.crop_set import CropRule

    return CropRule(
        detections=arguments.detections,
        min_confidence=arguments.min_confidence,
        min_height=arguments.min_height,
        size=size,
    )


def add_detector_options(
    group: argparse._ActionsContainer,
    confidence: float | None = 0.3,
    shown_confidence: str = "0.3",
) -> None:
    """Add --detector, --classes, --detector-nms and --min-confidence.

    Args:
        group: a parser, or one of its groups.
        confidence: the value of a command line without --min-confidence.
        shown_confidence: that value, as the help text shows it.
    """
    add = group.add_argument
    add(
        "--detector",
        metavar="NAME",
        help="finds people in the frames of a source, see below (yolox-nano; hog if its file "
        "cannot be downloaded)",
    )
    add(
        "--classes",
        nargs="+",
        default=["person"],
        metavar="CLASS",
        help="classes that the detector finds: names, or the detector's numbers (person)",
    )
    add(
        "--detector-nms",
        type=float,
        metavar="O",
        help="of two boxes with a larger IoU, the detector drops the less confident one "
        "(hog 0.3, yolox-NAME 0.65, other networks 0.7, file 1)",
    )
    add(
        "--min-confidence",
        type=float,
        default=confidence,
        metavar="C",
        help=f"lowest confidence of a detection, on the detector's scale ({shown_confidence})",
    )


def add_cache_options(group: argparse._ActionsContainer, folder: Path) -> None:
    """Add --cache and --no-cache.

    Args:
        group: a parser, or one of its groups.
        folder: the usual folder.
    """
    add = group.add_argument
    add(
        "--cache",
        type=Path,
        default=folder,
        metavar="DIR",
        help="folder for the features of a sequence and a detector's boxes of a recording, so that "
        "a second run neither describes nor detects again (runs/descriptors)",
    )
    add("--no-cache", action="store_true", help="neither look up features and boxes nor keep them")


def detector_settings(arguments: argparse.Namespace) -> "DetectorSettings":
    """Return the detector's settings on a command line with :func:`add_detector_options`.

    Raises:
        InputError: a value is out of range.
    """
    from flatsort.detectors.detector_settings import DetectorSettings

    return DetectorSettings(
        classes=tuple(arguments.classes),
        min_confidence=arguments.min_confidence,
        nms_overlap=arguments.detector_nms,
    )


def find_detector(arguments: argparse.Namespace) -> "ChosenDetector":
    """Return the named detector, or the default one; print a note if another one stands in.

    Raises:
        InputError: the default detector cannot be had, and no other can stand in.
    """
    from flatsort.detectors.default_detector import ChosenDetector, choose_detector

    if arguments.detector:
        return ChosenDetector(arguments.detector)
    chosen = choose_detector(detector_settings(arguments))
    for note in chosen.notes:
        LOGGER.info(note)
    return chosen


def seconds(text: str) -> float:
    """Return the seconds of a text such as "60" or "60s"; the type of an option.

    Raises:
        ArgumentTypeError: the text is no number of seconds, or the number is below 0.
    """
    try:
        value = float(text.removesuffix("s"))
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r}: give seconds, 0 or more, such as 60s")
    return value
