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

  # the objective and the settings as printed, one training, into docs/flatness-as-paper
  python tools/flatness.py pendulum --as-paper --seeds 1

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
        description="Run the paper's experiments on latent spaces: train VHP-FMVAE and VHP-VAE "
        "on one data set or on all; measure the geometry of the shipped weights.",
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
    add(
        "--as-paper",
        action="store_true",
        help="the norm, the constraint, beta, K and the learning rate as the paper prints them",
    )
    add(
        "--ablations",
        action="store_true",
        help="also train the two ablations of figure 7, once each",
    )
    add(
        "--match",
        action="store_true",
        help="choose VHP-VAE's kappa anew, so that its error on held-out data is that of VHP-FMVAE "
        "within 3 %%: trains a few more models, one after another",
    )
    add("--seeds", type=int, default=3, help="trainings of each compared method (3)")
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
        help="folder for the pages; the overview is DIR.md (docs/flatness; with --as-paper: "
        "docs/flatness-as-paper; with --steps: RUNS/flatness/pages)",
    )
    return parser.parse_args(words)


def check(arguments: argparse.Namespace) -> None:
    """Check the numbers and the options.

    Raises:
        InputError: a number is below 1, or two words exclude each other.
    """
    if arguments.as_paper and arguments.match:
        raise InputError("give --as-paper or --match: as printed, both methods share kappa")
    if arguments.as_paper and arguments.set == "crops":
        raise InputError(
            "crops --as-paper: the shipped weights are trained already; for new ones run "
            "tools/train_descriptor.py --as-paper"
        )
    counts = (arguments.seeds, arguments.threads, arguments.steps, arguments.jobs)
    if any(count is not None and count < 1 for count in counts):
        raise InputError("--seeds, --steps, --jobs and --threads must be above 0")


def main(words: list[str] | None = None) -> None:
    """Run one experiment or all of them."""
    arguments = parse_arguments(words)
    check(arguments)
    # torch reads this variable once, when it is imported.
    os.environ.setdefault("OMP_NUM_THREADS", str(arguments.threads))
    from flatsort.paper.latent.experiments import EXPERIMENTS, Sources
    from flatsort.paper.latent.flatness_run import FlatnessRequest, run_flatness
    from flatsort.processors import available_cores

    models = arguments.runs / "flatness"
    # A run with its own number of steps is a trial, so its pages do not replace those in docs/.
    pages = DOCS / ("flatness-as-paper" if arguments.as_paper else "flatness")
    default = models / "pages" if arguments.steps else pages
    everything = EXPERIMENTS if arguments.as_paper else SETS
    request = FlatnessRequest(
        names=tuple(everything) if arguments.set == "all" else (arguments.set,),
        sources=Sources(
            mnist=arguments.mnist, motion=arguments.motion, downloads=models / "downloads"
        ),
        as_paper=arguments.as_paper,
        ablations=arguments.ablations,
        match=arguments.match,
        seeds=arguments.seeds,
        steps=arguments.steps,
        models=models,
        pages=(arguments.out or default).resolve(),
        workers=arguments.jobs or max(1, available_cores() // arguments.threads),
        threads=arguments.threads,
    )
    run_flatness(request)
    print(f"wrote {request.overview}")
