"""Train the paper's network of crops at three beta. See `python tools/vgg16.py --help`."""

import argparse
import os
from pathlib import Path

from flatsort.commands.cli import make_parser
from flatsort.commands.options import add_mot_root_option
from flatsort.errors import InputError
from flatsort.files.paths import DOCS, RUNS

EXAMPLES = """\
Finished trainings are kept in RUNS/vgg16, so the same command continues after a kill.

examples:
  # the page docs/vgg16.md and its curves: about an hour on one core
  python tools/vgg16.py --seq MOT16-09 data/clips/* --detections yolox.txt

  # a quick trial, into runs/vgg16/page
  python tools/vgg16.py --seq MOT16-09 --steps 20
"""


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = make_parser(
        "vgg16",
        description="Train the paper's network of crops, and one with a quarter of its channels, "
        "with beta 0, 300 and 3000, and compare their fit and flatness.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("--seq", nargs="+", required=True, metavar="NAME|FOLDER", help="footage to learn from")
    add_mot_root_option(parser)
    add("--detections", default="det.txt", metavar="FILE", help="file in det/ (det.txt)")
    add("--steps", type=int, help="steps of each training (default: each network's own number)")
    add("--threads", type=int, default=1, help="processor threads (1)")
    add("--runs", type=Path, default=RUNS, metavar="DIR", help="crops and trainings (runs)")
    add(
        "--out",
        type=Path,
        metavar="DIR",
        help="folder for vgg16.md (docs; with --steps: RUNS/vgg16/page)",
    )
    return parser.parse_args(words)


def check(arguments: argparse.Namespace) -> None:
    """Check the numbers.

    Raises:
        InputError: a number is below 1.
    """
    if arguments.threads < 1 or (arguments.steps is not None and arguments.steps < 1):
        raise InputError("--steps and --threads must be above 0")


def main(words: list[str] | None = None) -> None:
    """Train what is not trained yet, and write the page."""
    arguments = parse_arguments(words)
    check(arguments)
    # torch reads this variable once, when it is imported.
    os.environ.setdefault("OMP_NUM_THREADS", str(arguments.threads))
    import torch

    from flatsort.files.sequence import find_sequences
    from flatsort.paper.vgg.run_vgg import VggRequest, run_vgg
    from flatsort.paper.vgg.three_betas import jobs
    from flatsort.paper.vgg.vgg_page import write_page

    torch.set_num_threads(arguments.threads)
    sequences = [s for name in arguments.seq for s in find_sequences(name, arguments.mot_root)]
    request = VggRequest(
        sequences=tuple(sequences),
        detections=arguments.detections,
        jobs=tuple(jobs(arguments.steps)),
        runs=arguments.runs,
    )
    default = arguments.runs / "vgg16" / "page" if arguments.steps else DOCS
    print(f"wrote {write_page(arguments.out or default, request, run_vgg(request))}")
