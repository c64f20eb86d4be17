"""Measure whether a flat latent space links better: docs/flat-linking.md.

The command tracks MOT16-09 and rendered scenes by motion, and compares the looks of the tracklets
by several descriptors. Scenes and features are kept in --folder.
"""

import argparse
from pathlib import Path

from benchmarks.options import add_boxes, add_folder, add_page, make_parser
from flatsort.commands.cli import run

EXAMPLES = """\
examples:
  python -m benchmarks.flat_linking --detector yolox_nano_416x416.onnx \\
      --osnet reid_osnet_x025_market1501.onnx --retail person-reidentification-retail-0287.onnx

  # a quick trial
  python -m benchmarks.flat_linking --seeds 2 --out runs/flat-linking/trial.md
"""


def main(words: list[str] | None = None) -> None:
    """Measure all descriptors on all footage, and write the page."""
    arguments = _parse(words)
    from benchmarks.flat_linking_footage import linkable_footage, ways
    from benchmarks.flat_linking_page import make_page
    from benchmarks.flat_linking_runs import measure
    from flatsort.files.atomic import atomic_writer, check_writable

    check_writable(arguments.out)
    folder = arguments.folder
    footages = linkable_footage(arguments.mot_root, arguments.detector, folder, arguments.seeds)
    compared = ways(arguments.osnet, arguments.retail)
    page = make_page(measure(footages, compared, folder / "features"), compared)
    with atomic_writer(arguments.out) as handle:
        handle.write(page)
    print(page)


def _parse(words: list[str] | None) -> argparse.Namespace:
    parser = make_parser("flat_linking", __doc__, EXAMPLES)
    add = parser.add_argument
    add_boxes(parser)
    add("--osnet", type=Path, metavar="FILE", help="OSNet as an ONNX file (left out)")
    add(
        "--retail",
        type=Path,
        metavar="FILE",
        help="person-reidentification-retail-0287 as an ONNX file (left out)",
    )
    add("--seeds", type=int, default=12, metavar="N", help="number of rendered scenes (12)")
    add_folder(parser, "flat-linking", "folder for scenes and features")
    add_page(parser, "flat-linking")
    return parser.parse_args(words)


if __name__ == "__main__":
    run(main)
