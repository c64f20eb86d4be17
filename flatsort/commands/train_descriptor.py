"""Train an appearance descriptor on the boxes of MOT-layout folders; labels are not used.

See `python tools/train_descriptor.py --help`. A run is killed and resumed freely: the same command
goes on from its last checkpoint and ends in the same weights.
"""

import argparse
from pathlib import Path

from flatsort.commands.cli import make_parser
from flatsort.files.paths import RUNS, WEIGHTS

EXAMPLES = """\
examples:
  # the best for tracking: what varies in one person counts for less
  python tools/train_descriptor.py --name mine --seq MOT16-09 --covariance nuisance

  # the paper's objective with its isotropic Gaussian, and VHP-VAE: without the flatness term
  python tools/train_descriptor.py --name flat --seq MOT16-09
  python tools/train_descriptor.py --name plain --seq MOT16-09 --beta 0

  # for cameras it will not have seen
  python tools/train_descriptor.py --name abroad --seq MOT16-09 --covariance nuisance --abroad

  # several folders, another detector's boxes
  python tools/train_descriptor.py --name mine --seq data/A data/B --detections yolox.txt

  # then track with it
  python tools/track.py --seq MOT16-09 --descriptor weights/mine.safetensors
"""


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = make_parser(
        "train_descriptor",
        description="Train a VHP-VAE or VHP-FMVAE descriptor, without labels, on detected boxes.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("--name", required=True, help="weights are written to OUT/NAME.safetensors")
    add("--seq", nargs="+", required=True, metavar="NAME|FOLDER", help="MOT-layout sequences")
    add("--mot-root", metavar="DIR", help="where names are looked up ($MOT16_ROOT, data/MOT16)")
    add("--detections", default="det.txt", metavar="FILE", help="in each det/ (det.txt)")
    add("--min-confidence", type=float, default=0.5, help="of a detection (0.5)")
    add("--min-height", type=float, default=40.0, help="of a box in pixels (40)")
    add(
        "--architecture",
        default="small",
        help="small (default); slim: more pixels, more channels; vgg16: the paper's Table 3",
    )
    add(
        "--covariance",
        choices=("isotropic", "nuisance"),
        default="isotropic",
        help="of p(x | z): isotropic as in the paper (default), or how one person's pictures vary",
    )
    add(
        "--rounds",
        type=int,
        help="of training, each on the tracklets merged by the one before (2 with nuisance, or 1)",
    )
    add(
        "--abroad",
        action="store_true",
        help="for cameras this footage is not of: learn from invented people too",
    )
    add("--beta", type=float, default=3000.0, help="flatness weight; 0 trains a VHP-VAE (3000)")
    add(
        "--kappa",
        type=float,
        help="root-mean-square error allowed, in units of the data (0.25, with nuisance 0.5; "
        "--abroad 0.3 and 0.75; vgg16's isotropic 0.12)",
    )
    add("--steps", type=int, default=9000, help="of the optimiser, in all rounds (9000)")
    add("--batch-size", type=int, default=64, help="crops a step (64)")
    add("--learning-rate", type=float, default=1e-3, help="Adam's (1e-3)")
    add("--bfloat16", action="store_true", help="faster on processors that have it (avx512_bf16)")
    add("--seed", type=int, default=0, help="of the initial weights and the batches (0)")
    add("--threads", type=int, help="processor threads (all)")
    add("--runs", type=Path, default=RUNS, metavar="DIR", help="checkpoints (runs)")
    add("--out", type=Path, default=WEIGHTS, metavar="DIR", help="weights (weights)")
    arguments = parser.parse_args(words)
    if arguments.rounds is None:
        arguments.rounds = 2 if arguments.covariance == "nuisance" else 1
    return arguments


def main(words: list[str] | None = None) -> None:
    """Cut crops, train, write the weights and the model cards."""
    arguments = parse_arguments(words)
    from flatsort.training.train import train_descriptor

    train_descriptor(arguments)
