"""The command line of tools/track.py."""

import argparse
from pathlib import Path

from flatsort.commands.cli import make_parser
from flatsort.files.paths import FEATURE_CACHE

EPILOG = """\
sources (--source):
  walk.mp4             a video file, whatever FFmpeg reads
  photos/              a folder of images, in natural order; 25 a second unless --fps says otherwise
  0                    a camera, by its number
  rtsp://, http://     a stream, or a video behind a URL
  MOT16-02, FOLDER     a MOTChallenge sequence, as with --seq
  Live ones give their newest frame: those that come while the tracker is busy are dropped.

detectors (--detector):
  hog                  OpenCV's people detector: nothing to download; upright people in full view
  torchvision:NAME     such as fasterrcnn_mobilenet_v3_large_320_fpn; downloads its weights once
  onnx:FILE            a network of the YOLO family (v5 to v11, or end to end), told by its output;
                       onnx:FILE,size=640 (or HxW) where the file fixes no size
  file:FILE            boxes found before, in the format of MOTChallenge's det.txt

descriptors (--descriptor):
  none                 no appearance: plain SORT; needs no images
  histogram            hue-saturation strips
  fmvae, vhpvae        weights/NAME.safetensors: trained without labels
  FILE.safetensors     weights of your own, see tools/train_descriptor.py
  onnx:FILE            any re-identification network; input size read from the file, ImageNet
                       normalisation, or stated: onnx:FILE,size=256x128,norm=unit,colour=bgr
                       (norm: imagenet, unit, symmetric, bytes); what tools/export_onnx.py wrote
                       needs no settings
  features:FILE.npy    computed before, in DeepSORT's N x (10 + D) format; also looked up in det/

A run of --source that is stopped, by Ctrl-C or q in its window, writes whole files of the frames so
far; one of --seq writes nothing then. Ctrl-C ends it with status 130.

examples:
  # your own video: people found, tracked and filmed
  python tools/track.py --source walk.mp4 --detector hog --descriptor fmvae --video out.mp4

  # a camera in a window, and what it saw as a table
  python tools/track.py --source 0 --detector hog --descriptor fmvae --show --also csv

  # cars and buses by a network of yours
  python tools/track.py --source rtsp://camera.local/1 --detector onnx:yolo11n.onnx \\
      --classes car bus --descriptor histogram

  # the built-in sequence, rendered on first use
  python tools/track.py --descriptor fmvae --video videos/scene.mp4

  # MOT16 with its public detections, then the whole training set
  python tools/track.py --seq MOT16-02 --descriptor fmvae
  python tools/track.py --seq all --descriptor none

  # another detector's boxes, from the sequence's det/ folder
  python tools/track.py --seq MOT16-09 --detections yolox.txt --min-confidence 0.4

  # score what was tracked
  python tools/eval_mot.py
"""


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = make_parser(
        "track",
        description="Track people through a video, a camera or MOTChallenge sequences.",
        epilog=EPILOG,
    )
    _add_footage(parser.add_argument_group("footage"))
    _add_detections(parser.add_argument_group("detections"))
    _add_tracking(parser.add_argument_group("tracking"))
    _add_output(parser.add_argument_group("output"))
    return parser.parse_args(words)


def _add_footage(group: argparse._ArgumentGroup) -> None:
    which = group.add_mutually_exclusive_group()
    which.add_argument(
        "--source",
        metavar="FILE|FOLDER|N|URL",
        help="footage of your own, see below; needs --detector",
    )
    which.add_argument(
        "--seq",
        metavar="NAME|FOLDER|all",
        help="a name under the MOT root (train or test), a sequence folder, or all; "
        "the built-in sequence if neither is given",
    )
    add = group.add_argument
    add("--mot-root", metavar="DIR", help="where names are looked up ($MOT16_ROOT, data/MOT16)")
    add("--fps", type=float, metavar="F", help="frames per second of a folder of images (25)")
    add(
        "--timeout",
        type=float,
        default=10.0,
        metavar="S",
        help="a camera or URL without a frame for so many seconds has ended (10)",
    )


def _add_detections(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--detector", metavar="NAME", help="what finds people in the frames, see below")
    add(
        "--detections",
        metavar="FILE",
        help="of --seq without a detector: a path, or a file in the sequence's det/ (det.txt)",
    )
    add(
        "--classes",
        nargs="+",
        default=["person"],
        metavar="CLASS",
        help="what the detector is to find: names, or numbers where it has none (person)",
    )
    add(
        "--detector-nms",
        type=float,
        metavar="O",
        help="IoU of two of its boxes above which the weaker goes (hog 0.3, networks 0.7, file 1)",
    )
    add(
        "--min-confidence",
        type=float,
        default=0.3,
        metavar="C",
        help="detections below are ignored (0.3)",
    )


def _add_tracking(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--descriptor", default="none", metavar="NAME", help="how people look, see below (none)")
    add(
        "--nms-overlap",
        type=float,
        metavar="O",
        help="largest covered fraction of a detection that survives (1: all do; SORT has none)",
    )
    add(
        "--max-distance",
        type=float,
        metavar="D",
        help="appearance gate (the one calibrated for the descriptor, else 0.2)",
    )
    add(
        "--appearance",
        choices=("always", "lazy"),
        default="always",
        help="lazy: describe only those whom motion leaves in doubt, and all now and then (always)",
    )
    add(
        "--paper",
        action="store_true",
        help="the paper's settings: cosine, not centred, at 0.2, and --nms-overlap 0.7",
    )
    add(
        "--max-age",
        type=int,
        metavar="N",
        help="frames a track survives without a detection (30 with a descriptor, 1 for none)",
    )
    add(
        "--coasted",
        type=int,
        metavar="N",
        help="also write boxes predicted for up to N frames without a detection "
        "(upstream's: 1 with a descriptor as in DeepSORT, 0 for none as in SORT)",
    )
    add("--plugin", metavar="FILE.py", help="Python file that registers a descriptor of your own")
    add(
        "--cache",
        type=Path,
        default=FEATURE_CACHE,
        metavar="DIR",
        help="a sequence's features are kept here, so that a second run encodes nothing "
        "(runs/descriptors)",
    )
    add("--no-cache", action="store_true", help="neither look features up nor keep them")


def _add_output(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add(
        "--results",
        type=Path,
        default=Path("results"),
        metavar="DIR",
        help="RESULTS/TRACKER/SEQ.txt is written, and SEQ.json, which says how (results)",
    )
    add(
        "--tracker",
        metavar="NAME",
        help="TRACKER's name (the descriptor's, -lazy, @detector's or detections' if any)",
    )
    add(
        "--also",
        nargs="+",
        choices=("csv", "jsonl"),
        default=[],
        metavar="FORMAT",
        help="csv, jsonl or both: also SEQ.csv, SEQ.jsonl, with times and confidences",
    )
    add("--video", type=Path, metavar="FILE", help="an overlay film, .mp4, or a folder for it")
    add("--show", action="store_true", help="a live window; q stops")
