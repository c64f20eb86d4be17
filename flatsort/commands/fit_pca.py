"""Fit principal components to the boxes of MOT-layout folders: the baseline without training.

See `python tools/fit_pca.py --help`.
"""

import argparse
from pathlib import Path

from flatsort.commands.cli import make_parser
from flatsort.commands.options import add_crop_options, crop_rule
from flatsort.errors import InputError
from flatsort.files.paths import RUNS, WEIGHTS

EXAMPLES = """\
The descriptor is the position of a crop's picture in the principal subspace. The picture is that of
the architecture "slim" in tools/train_descriptor.py: L*a*b*, 16 x 16 pixels, with faded edges. The
metric and the gate are calibrated as there. Fitting takes seconds.

examples:
  # the baseline for weights that were trained on the same boxes
  python tools/fit_pca.py --name pca --seq MOT16-09 --detections yolox.txt
  python tools/descriptor_report.py --seq MOT16-09 --descriptor pca fmvae

  # a descriptor of 16 numbers
  python tools/fit_pca.py --name pca-16 --seq MOT16-09 --latent-size 16
"""


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = make_parser(
        "fit_pca",
        description="Fit principal components of detected boxes as a descriptor.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("--name", required=True, help="the command writes the weights OUT/NAME.safetensors")
    add_crop_options(parser)
    add("--latent-size", type=int, default=128, help="numbers in a descriptor (128)")
    add("--runs", type=Path, default=RUNS, metavar="DIR", help="folder for crops (runs)")
    add("--out", type=Path, default=WEIGHTS, metavar="DIR", help="folder for weights (weights)")
    return parser.parse_args(words)


def check(arguments: argparse.Namespace) -> None:
    """Check the command line before any work is done.

    Raises:
        InputError: the name is reserved, the size is out of range, or a file cannot be written.
    """
    from flatsort.files.atomic import check_writable
    from flatsort.training.weights_name import check_name

    check_name("--name", arguments.name)
    if arguments.latent_size < 1:
        raise InputError("--latent-size must be above 0")
    check_writable(arguments.out / f"{arguments.name}.safetensors")


def main(words: list[str] | None = None) -> None:
    """Cut crops, fit, and write the weights and the model cards."""
    arguments = parse_arguments(words)
    check(arguments)
    from flatsort.files.sequence import find_sequences
    from flatsort.training.crop_set import collect_crops
    from flatsort.training.model_card import CropOrigin, describe_calibration, write_model_cards
    from flatsort.training.principal_weights import fit_principal_weights, principal_architecture

    architecture = principal_architecture(arguments.latent_size)
    rule = crop_rule(arguments, architecture.image_size)
    sequences = [s for name in arguments.seq for s in find_sequences(name, arguments.mot_root)]
    crops = collect_crops(sequences, rule, arguments.runs / "crops")
    origin = CropOrigin(tuple(sequence.name for sequence in sequences), rule)
    weights = arguments.out / f"{arguments.name}.safetensors"
    card = fit_principal_weights(crops, architecture, origin, weights)
    write_model_cards(arguments.out)
    print(f"wrote {weights}: {describe_calibration(card['calibration'])}")
