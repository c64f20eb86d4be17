"""Compare FlatSORT's thresholds: as shipped, chosen by labels, and learned from the boxes.

Motion only, on the training sequences of MOT16. Labels of the other sequences choose the thresholds
of each sequence; as a bound, labels of the same sequences choose too.
"""

import argparse

from benchmarks.options import add_boxes, add_folder, add_page, make_parser
from flatsort.commands.cli import run

EXAMPLES = """\
examples:
  # as in docs/thresholds.md
  python -m benchmarks.thresholds --detector yolox_nano_416x416.onnx
"""


def main(words: list[str] | None = None) -> None:
    """Track with all settings, and write the page."""
    arguments = _parse(words)
    from benchmarks.accuracy_boxes import box_sets
    from benchmarks.thresholds_page import make_page
    from benchmarks.thresholds_runs import SETS, measure, runs_per_set
    from flatsort.files.atomic import atomic_writer, check_writable
    from flatsort.progress import ProgressBar

    check_writable(arguments.out)
    sets = box_sets(arguments.mot_root, arguments.detector, arguments.results)
    chosen = [each for each in sets if each.key in SETS]
    with ProgressBar(total=len(chosen) * runs_per_set(), unit="setting") as bar:
        runs = {each.title: measure(each, lambda: bar.update()) for each in chosen}
    page = make_page(runs)
    with atomic_writer(arguments.out) as handle:
        handle.write(page)
    print(page)


def _parse(words: list[str] | None) -> argparse.Namespace:
    parser = make_parser("thresholds", __doc__, EXAMPLES)
    add_boxes(parser)
    add_folder(parser, "benchmark", "folder for YOLOX-nano's boxes", "--results")
    add_page(parser, "thresholds")
    return parser.parse_args(words)


if __name__ == "__main__":
    run(main)
