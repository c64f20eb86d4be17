"""Train, measure and draw the paper's experiments on latent spaces.

See `python tools/flatness.py --help`. Models are kept in RUNS/flatness and loaded when the same
command is given again.
"""

import argparse
import os
from pathlib import Path

from flatsort.commands.cli import make_parser
from flatsort.files.paths import DOCS, RUNS

EXAMPLES = """\
examples:
  # figures 1 and 2, with everything measured of them in docs/flatness/pendulum/README.md
  python tools/flatness.py pendulum

  # human motion, from a folder of CMU's files
  python tools/flatness.py human --motion mocap

  # MNIST from a file, one training of each method instead of three
  python tools/flatness.py mnist --mnist mnist.npz --seeds 1

  # the shipped weights, 128 dimensions; trains nothing
  python tools/flatness.py crops

  # everything, four models at a time
  python tools/flatness.py all --motion mocap --jobs 4

  # a look, not a result: a tenth of the steps, one training each, into runs/flatness/pages
  python tools/flatness.py pendulum --steps 300 --seeds 1
"""
SETS = ("pendulum", "human", "mnist", "crops", "all")


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = make_parser(
        "flatness",
        description="The paper's experiments: VHP-FMVAE, VHP-VAE and two ablations, on one set or "
        "all; and the geometry of the shipped weights.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("set", choices=SETS, help="the data; all of them with all")
    add("--mnist", type=Path, metavar="FILE", help=".npz with x_train and y_train (downloaded)")
    add(
        "--motion",
        type=Path,
        metavar="DIR",
        help="CMU's subjects 35 and 49, and cmu35WalkJog.mat if there (downloaded)",
    )
    add("--seeds", type=int, default=3, help="trainings of each method (3)")
    add("--steps", type=int, help="of each training (as the experiment says)")
    add("--jobs", type=int, help="models trained at a time (as there are processors and threads)")
    add("--threads", type=int, default=1, help="threads of each (1: the networks are small)")
    add("--runs", type=Path, default=RUNS, metavar="DIR", help="models and downloads (runs)")
    add(
        "--out",
        type=Path,
        metavar="DIR",
        help="pages, the overview at DIR.md (docs/flatness; with --steps flatness in RUNS)",
    )
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> None:
    """Run one experiment or all."""
    arguments = parse_arguments(words)
    # Before torch is loaded, which reads it once.
    os.environ.setdefault("OMP_NUM_THREADS", str(arguments.threads))
    from dataclasses import replace

    import torch

    from flatsort.errors import InputError
    from flatsort.files.atomic import check_writable
    from flatsort.paper.latent import shipped_weights as crops
    from flatsort.paper.latent.bench import run_experiments
    from flatsort.paper.latent.experiments import EXPERIMENTS, Sources
    from flatsort.paper.latent.overview import write_overview
    from flatsort.processors import available_cores

    jobs = arguments.jobs or max(1, available_cores() // max(1, arguments.threads))
    counts = (arguments.seeds, arguments.threads, arguments.steps, arguments.jobs)
    if any(count is not None and count < 1 for count in counts):
        raise InputError("--seeds, --steps, --jobs and --threads must be above 0")
    torch.set_num_threads(arguments.threads)
    kept = arguments.runs / "flatness"
    # Short trainings are no results: they do not go where those are unless told to.
    default = kept / "pages" if arguments.steps else DOCS / "flatness"
    pages = (arguments.out or default).resolve()
    overview = pages.parent / f"{pages.name}.md"
    sources = Sources(mnist=arguments.mnist, motion=arguments.motion, downloads=kept / "downloads")
    names = [name for name in SETS[:-1] if arguments.set in (name, "all")]
    for path in (overview, *(pages / name / "README.md" for name in names)):
        check_writable(path)
    experiments = {name: each for name, each in EXPERIMENTS.items() if name in names}
    if arguments.steps:
        for name, each in experiments.items():
            settings = replace(each.settings, steps=arguments.steps)
            experiments[name] = replace(each, settings=settings)
    # All of them before the first is trained on: what is missing is told at once.
    data = {name: each.load(sources) for name, each in experiments.items()}
    shipped = crops.load_shipped() if crops.NAME in names else None
    if experiments:
        run_experiments(
            experiments,
            data,
            arguments.seeds,
            kept,
            pages,
            workers=jobs,
            threads=arguments.threads,
        )
    if shipped:
        crops.measure_crops(shipped, pages)
    write_overview(overview, pages)
    print(f"wrote {overview}")
