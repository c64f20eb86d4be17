"""Run the paper's experiments on latent spaces. See `python tools/flatness.py --help`."""

import argparse
import os
from pathlib import Path

from flatsort.commands.cli import make_parser
from flatsort.errors import InputError
from flatsort.files.paths import DOCS, RUNS

EXAMPLES = """\
Trained models are kept in RUNS/flatness. The same command loads them the next time.

examples:
  # figures 1 and 2, and all measurements in docs/flatness/pendulum/README.md
  python tools/flatness.py pendulum

  # human motion, from a folder with CMU's files
  python tools/flatness.py human --motion mocap

  # MNIST from a file, one training of each method instead of three
  python tools/flatness.py mnist --mnist mnist.npz --seeds 1

  # the shipped weights, in 128 dimensions; trains nothing
  python tools/flatness.py crops

  # everything, four models at a time
  python tools/flatness.py all --motion mocap --jobs 4

  # a quick trial: a tenth of the steps, one training of each method, into runs/flatness/pages
  python tools/flatness.py pendulum --steps 300 --seeds 1
"""
SETS = ("pendulum", "human", "mnist", "crops")


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = make_parser(
        "flatness",
        description="Run the paper's experiments on latent spaces: train VHP-FMVAE, VHP-VAE and "
        "two ablations on one data set or on all; measure the geometry of the shipped weights.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("set", choices=(*SETS, "all"), help="the data set, or all of them")
    add(
        "--mnist",
        type=Path,
        metavar="FILE",
        help=".npz file with x_train and y_train (default: download MNIST)",
    )
    add(
        "--motion",
        type=Path,
        metavar="DIR",
        help="folder with CMU's subjects 35 and 49, and cmu35WalkJog.mat if you have it (default: "
        "download the subjects)",
    )
    add("--seeds", type=int, default=3, help="trainings of each method (3)")
    add("--steps", type=int, help="steps of each training (default: the experiment's own number)")
    add(
        "--jobs",
        type=int,
        help="models trained at a time (default: number of processors divided by --threads)",
    )
    add("--threads", type=int, default=1, help="threads per model (1: the networks are small)")
    add("--runs", type=Path, default=RUNS, metavar="DIR", help="models and downloads (runs)")
    add(
        "--out",
        type=Path,
        metavar="DIR",
        help="folder for the pages; the overview is DIR.md (docs/flatness; with --steps: "
        "RUNS/flatness/pages)",
    )
    return parser.parse_args(words)


def check(arguments: argparse.Namespace) -> None:
    """Check the numbers.

    Raises:
        InputError: a number is below 1.
    """
    counts = (arguments.seeds, arguments.threads, arguments.steps, arguments.jobs)
    if any(count is not None and count < 1 for count in counts):
        raise InputError("--seeds, --steps, --jobs and --threads must be above 0")


def main(words: list[str] | None = None) -> None:
    """Run one experiment or all of them."""
    arguments = parse_arguments(words)
    check(arguments)
    # torch reads this variable once, when it is imported.
    os.environ.setdefault("OMP_NUM_THREADS", str(arguments.threads))
    from flatsort.paper.latent.experiments import Sources
    from flatsort.paper.latent.flatness_run import FlatnessRequest, run_flatness
    from flatsort.processors import available_cores

    models = arguments.runs / "flatness"
    # A run with its own number of steps is a trial, so its pages do not replace those in docs/.
    default = models / "pages" if arguments.steps else DOCS / "flatness"
    request = FlatnessRequest(
        names=SETS if arguments.set == "all" else (arguments.set,),
        sources=Sources(
            mnist=arguments.mnist, motion=arguments.motion, downloads=models / "downloads"
        ),
        seeds=arguments.seeds,
        steps=arguments.steps,
        models=models,
        pages=(arguments.out or default).resolve(),
        workers=arguments.jobs or max(1, available_cores() // arguments.threads),
        threads=arguments.threads,
    )
    run_flatness(request)
    print(f"wrote {request.overview}")
