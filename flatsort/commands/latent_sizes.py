"""Compare latent sizes from 4 to 128. See `python tools/latent_sizes.py --help`."""

import argparse
import os
from pathlib import Path

from flatsort.commands.cli import make_parser
from flatsort.commands.options import add_mot_root_option
from flatsort.errors import InputError
from flatsort.files.paths import DOCS, RUNS

EXAMPLES = """\
Finished trainings are kept in RUNS/latent-sizes, so the same command continues after a kill.

examples:
  # the page docs/latent-sizes.md and its curves
  python tools/latent_sizes.py --clips data/clips/* --detections yolox.txt

  # a quick trial of one size, into runs/latent-sizes/page
  python tools/latent_sizes.py --clips data/clips/* --sizes 8 --pair-sizes 8 --seeds 1 --steps 99
"""
SIZES = (4, 8, 16, 32, 64, 128)
PAIR_SIZES = (16, 32)
STEPS = 1000


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = make_parser(
        "latent_sizes",
        description="Train VHP-FMVAE and VHP-VAE with few and many latents, from a random and from "
        "a principal start, and compare their fit, flatness and descriptors with PCA.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("--seq", default="MOT16-09", metavar="NAME|FOLDER", help="labelled sequence (MOT16-09)")
    add_mot_root_option(parser)
    add("--clips", nargs="+", required=True, metavar="FOLDER", help="more footage to learn from")
    add("--detections", default="det.txt", metavar="FILE", help="file in det/ (det.txt)")
    add("--sizes", type=int, nargs="+", default=SIZES, help="numbers of latents (4 to 128)")
    add(
        "--pair-sizes",
        type=int,
        nargs="+",
        default=PAIR_SIZES,
        help="numbers of latents of the pair that learns from the clips only (16 32)",
    )
    add("--seeds", type=int, default=3, help="trainings of each method and size of that pair (3)")
    add("--steps", type=int, default=STEPS, help=f"steps of each training ({STEPS})")
    add("--threads", type=int, default=1, help="processor threads (1: the networks are small)")
    add("--runs", type=Path, default=RUNS, metavar="DIR", help="crops and trainings (runs)")
    add(
        "--out",
        type=Path,
        metavar="DIR",
        help="folder for latent-sizes.md (docs; with other --steps: RUNS/latent-sizes/page)",
    )
    return parser.parse_args(words)


def check(arguments: argparse.Namespace) -> None:
    """Check the numbers.

    Raises:
        InputError: a number is below 1.
    """
    counts = (*arguments.sizes, *arguments.pair_sizes, arguments.seeds, arguments.steps)
    if min(*counts, arguments.threads) < 1:
        raise InputError("--sizes, --pair-sizes, --seeds, --steps and --threads must be above 0")


def main(words: list[str] | None = None) -> None:
    """Train what is not trained yet, and write the page."""
    arguments = parse_arguments(words)
    check(arguments)
    # torch reads this variable once, when it is imported.
    os.environ.setdefault("OMP_NUM_THREADS", str(arguments.threads))
    import torch

    from flatsort.files.sequence import find_sequences
    from flatsort.paper.sizes.run_sizes import SizesRequest, run_sizes
    from flatsort.paper.sizes.sizes_page import write_page

    torch.set_num_threads(arguments.threads)
    (judged,) = find_sequences(arguments.seq, arguments.mot_root)
    others = [s for name in arguments.clips for s in find_sequences(name, arguments.mot_root)]
    request = SizesRequest(
        judged=judged,
        others=tuple(others),
        detections=arguments.detections,
        sizes=tuple(arguments.sizes),
        pair_sizes=tuple(arguments.pair_sizes),
        seeds=arguments.seeds,
        steps=arguments.steps,
        runs=arguments.runs,
    )
    default = DOCS if arguments.steps == STEPS else arguments.runs / "latent-sizes" / "page"
    page = write_page(arguments.out or default, request, *run_sizes(request))
    print(f"wrote {page}")
