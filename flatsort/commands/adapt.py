"""Train a descriptor for your camera on your footage. See `python tools/adapt.py --help`."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from flatsort.commands.cli import make_parser
from flatsort.commands.options import (
    DETECTORS,
    add_cache_options,
    add_detector_options,
    add_mot_root_option,
    add_source_word,
    detector_settings,
    find_detector,
    given_source,
)
from flatsort.files.paths import FEATURE_CACHE, OWN_WEIGHTS, RUNS

if TYPE_CHECKING:
    from flatsort.adaptation.request import AdaptationRequest

EPILOG = f"""\
The command finds people, links their boxes and cuts them out. It fits the flat descriptor to these
crops without labels: at once in closed form, then by training from there. Then it says whether the
new descriptor is better here than the old one: it hides people from the tracker, and counts how
often each descriptor mixes them up or finds them again. The tracks are those of the better
descriptor, or of the old one if the footage cannot tell. --minutes is the time for learning: people
are found before it, and the comparison follows it. If the command is killed or stopped, the same
command continues. The report is runs/adapt/NAME/report.md, the tracks are
runs/adapt/NAME/tracks.txt.

detectors (--detector):
{DETECTORS}
examples:
  python tools/adapt.py walk.mp4 --out mysite
  python tools/track.py walk.mp4 --descriptor mysite

  # a camera: the command watches the first nine of thirty minutes, then trains
  python tools/adapt.py --source rtsp://camera/stream --detector onnx:yolo.onnx --minutes 30 \\
    --out hall

  # with the people whom you have told apart on the page of a run
  python tools/adapt.py --source walk.mp4 --edits walk.edits.json \\
    --results results/fmvae@hog/walk.txt --out mysite

  # a labelled sequence: the report adds scores by labels; training does not use them
  python tools/adapt.py --source MOT16-09 --detector file:data/MOT16/train/MOT16-09/det/det.txt \\
    --out try09
"""


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = make_parser(
        "adapt",
        description="Train an appearance descriptor on your own footage, without labels.",
        epilog=EPILOG,
    )
    add = parser.add_argument
    add_source_word(
        parser.add_mutually_exclusive_group(required=True),
        "a video, a folder of images, a camera's number, a URL, or a MOT-layout sequence",
    )
    add(
        "--out",
        required=True,
        metavar="NAME",
        help="the new descriptor: runs/weights/NAME.safetensors",
    )
    add_detector_options(parser)
    add(
        "--minutes", type=float, metavar="M", help="time for learning, after people were found (10)"
    )
    add(
        "--before",
        metavar="NAME",
        help="the old descriptor, to compare with (fmvae-track-unseen)",
    )
    add(
        "--learn-confidence",
        type=float,
        metavar="C",
        help="lowest confidence of a detection to learn from; the others are only tracked (0.5)",
    )
    add(
        "--min-height",
        type=float,
        metavar="PX",
        help="smallest height of a box to learn from, in pixels (40)",
    )
    add(
        "--edits",
        type=Path,
        metavar="FILE",
        help="edits that the page of a run saved, see tools/correct.py: near them, boxes of one "
        "person are learned as one person, and boxes of two as two; needs --results",
    )
    add(
        "--results",
        type=Path,
        metavar="FILE",
        help="the result file on whose page --edits were marked",
    )
    add_mot_root_option(parser)
    add_cache_options(parser, FEATURE_CACHE)
    add("--seed", type=int, help="seed of the initial weights and the batches (0)")
    add("--threads", type=int, help="processor threads (1 in training, all elsewhere)")
    add(
        "--runs",
        type=Path,
        default=RUNS,
        metavar="DIR",
        help="folder for the state of runs: DIR/adapt/NAME (runs)",
    )
    add(
        "--weights",
        type=Path,
        default=OWN_WEIGHTS,
        metavar="DIR",
        help="folder for weights; --descriptor NAME finds those in the usual one (runs/weights)",
    )
    return parser.parse_args(words)


def read_request(arguments: argparse.Namespace) -> "AdaptationRequest":
    """Check the command line, and return the adaptation request that it stands for.

    Raises:
        InputError: a name is reserved or a value is out of range.
    """
    from flatsort.adaptation.request import AdaptationRequest

    names = ("minutes", "before", "learn_confidence", "min_height", "seed")
    # AdaptationRequest defines the defaults of these options.
    given = {name: value for name in names if (value := getattr(arguments, name)) is not None}
    return AdaptationRequest(
        source=given_source(arguments),
        name=arguments.out,
        detector=find_detector(arguments).word,
        detector_settings=detector_settings(arguments),
        edits=arguments.edits,
        results=arguments.results,
        threads=arguments.threads,
        mot_root=arguments.mot_root,
        runs=arguments.runs,
        weights=arguments.weights,
        cache=None if arguments.no_cache else arguments.cache,
        **given,
    )


def main(words: list[str] | None = None) -> None:
    """Find people, train, compare and report."""
    arguments = parse_arguments(words)
    from flatsort.adaptation.adapt import adapt

    adapt(read_request(arguments))
