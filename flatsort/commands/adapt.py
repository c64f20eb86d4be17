"""Train a descriptor for your camera on your footage. See `python tools/adapt.py --help`."""

import argparse
from pathlib import Path

from flatsort.commands.cli import make_parser
from flatsort.files.paths import RUNS, WEIGHTS

EXAMPLES = """\
People are found, linked by their motion and cut out; the flat descriptor is trained on them without
a label, its gate is calibrated, and it is compared with the one you have, on people whom it has not
seen. Everything ends in about the minutes given. Killed or stopped, the same command goes on. The
report is runs/adapt/OUT/report.md.

detectors (as for tools/track.py):
  hog                  OpenCV's people detector; needs no download, finds those who stand upright
  torchvision:NAME     a detector trained on COCO
  onnx:FILE            a network of the YOLO family
  file:FILE            boxes found before, in MOTChallenge's format

examples:
  python tools/adapt.py --source walk.mp4 --out mysite
  python tools/track.py --source walk.mp4 --detector hog --descriptor mysite

  # a camera: what passes in the first nine of thirty minutes is looked at
  python tools/adapt.py --source rtsp://camera/stream --detector onnx:yolo.onnx --minutes 30 \\
    --out hall

  # a labelled sequence: the report says what labels say too; nothing is learned from them
  python tools/adapt.py --source MOT16-09 --detector file:data/MOT16/train/MOT16-09/det/det.txt \\
    --out try09
"""


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = make_parser(
        "adapt",
        description="Train an appearance descriptor on your own footage, without labels.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add(
        "--source",
        required=True,
        metavar="WHERE",
        help="a video, a folder of images, a camera's number, a URL, a MOT-layout sequence",
    )
    add("--out", required=True, metavar="NAME", help="the new descriptor: weights/NAME.safetensors")
    add("--detector", default="hog", metavar="WORD", help="what finds people (hog)")
    add("--minutes", type=float, default=10.0, metavar="M", help="for everything (10)")
    add(
        "--before",
        default="fmvae-track-unseen",
        metavar="NAME",
        help="the descriptor to compare with (fmvae-track-unseen)",
    )
    add(
        "--min-confidence",
        type=float,
        default=0.3,
        metavar="C",
        help="of a detection, on the detector's scale (0.3)",
    )
    add(
        "--detector-nms",
        type=float,
        metavar="O",
        help="IoU above which the less confident of two boxes is left out (the detector's own)",
    )
    add(
        "--classes",
        nargs="+",
        default=["person"],
        metavar="CLASS",
        help="what to find, names or the detector's numbers (person)",
    )
    add(
        "--learn-confidence",
        type=float,
        default=0.5,
        metavar="C",
        help="of detections to learn from; the others are tracked only (0.5)",
    )
    add("--min-height", type=float, default=40.0, metavar="PX", help="of boxes to learn from (40)")
    add("--mot-root", metavar="DIR", help="where sequences are looked up ($MOT16_ROOT, data/MOT16)")
    add("--seed", type=int, default=0, help="of the initial weights and the batches (0)")
    add("--threads", type=int, help="processor threads (all, but one to train)")
    add("--runs", type=Path, default=RUNS, metavar="DIR", help="RUNS/adapt/NAME is the run (runs)")
    add("--weights", type=Path, default=WEIGHTS, metavar="DIR", help="where to write (weights)")
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> None:
    """Collect, train, measure, report."""
    arguments = parse_arguments(words)
    from flatsort.adaptation.adapt import adapt

    adapt(arguments)
