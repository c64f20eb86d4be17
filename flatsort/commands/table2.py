"""Write the paper's Table 2 beside ours. See `python tools/table2.py --help`."""

import argparse
from pathlib import Path

from flatsort.commands.cli import OutputPath, make_parser
from flatsort.commands.options import add_mot_root_option
from flatsort.files.paths import DOCS
from flatsort.messages import LOGGER

EXAMPLES = """\
The command tracks every sequence that has ground truth and frames with our trackers, on the boxes
in det/det.txt and, where they exist, on those in det/yolox.txt. The paper's figures are for all
seven sequences with the POI detections: compare the order and the gaps, not the figures.

examples:
  python tools/table2.py
  python tools/table2.py --mot-root ~/MOT16 --seq MOT16-09
  # one more row, for your own supervised network
  python tools/table2.py --onnx osnet_x025_market1501.onnx
"""


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = make_parser(
        "table2",
        description="Print the paper's five trackers beside ours, and write docs/table2.md.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add_mot_root_option(parser)
    add("--seq", default="all", metavar="NAME|FOLDER|all", help="the sequences to track (all)")
    add(
        "--results",
        type=Path,
        default=Path("results/table2"),
        metavar="DIR",
        help="folder for the result files (results/table2)",
    )
    add("--onnx", metavar="FILE", help="a supervised re-ID network for one more row")
    add(
        "--out",
        type=OutputPath,
        default=DOCS / "table2.md",
        metavar="FILE",
        help="the page (docs/table2.md)",
    )
    return parser.parse_args(words)


def check(arguments: argparse.Namespace) -> None:
    """Check, before any work is done, that the page can be written.

    Raises:
        InputError: the page cannot be written.
    """
    from flatsort.files.atomic import check_writable

    check_writable(arguments.out)


def main(words: list[str] | None = None) -> None:
    """Track, score, print the page and write it."""
    arguments = parse_arguments(words)
    check(arguments)
    from flatsort.files.atomic import atomic_writer
    from flatsort.files.sequence import find_sequences
    from flatsort.paper.table2_page import all_rows, lacks_weights, make_page

    rows = []
    for row in all_rows(arguments.onnx):
        if lacks_weights(row):
            LOGGER.info(
                f"no row {row.name}: weights/{row.descriptor}.safetensors is missing: run "
                "make weights"
            )
        else:
            rows.append(row)
    sequences = find_sequences(arguments.seq, arguments.mot_root)
    page = make_page(sequences, rows, arguments.results)
    print(page)
    with atomic_writer(arguments.out) as file:
        file.write(page + "\n")
