"""Measure what linking a whole recording brings: for our tracker, and for results of any tracker.

The command tracks MOT16-09 online and offline, on boxes of three detectors, by several descriptors.
Then it links result files of other trackers, which `python -m benchmarks.accuracy` has written.
"""

import argparse

from benchmarks.options import add_boxes, add_folder, add_page, make_parser
from flatsort.commands.cli import run

EXAMPLES = """\
examples:
  # the other trackers' result files come from the benchmark of accuracy
  python -m benchmarks.accuracy --step track --detector yolox_nano_416x416.onnx
  python -m benchmarks.linking --detector yolox_nano_416x416.onnx
"""


def main(words: list[str] | None = None) -> None:
    """Track, link, score, and write the page."""
    arguments = _parse(words)
    from benchmarks.linking_page import make_page
    from benchmarks.linking_runs import link_others, run_ours
    from flatsort.files.atomic import atomic_writer, check_writable

    check_writable(arguments.out)
    ours = run_ours(arguments.mot_root, arguments.detector, arguments.descriptor, arguments.folder)
    others = link_others(arguments.mot_root, arguments.results, arguments.folder)
    page = make_page(ours, others)
    with atomic_writer(arguments.out) as handle:
        handle.write(page)
    print(page)


def _parse(words: list[str] | None) -> argparse.Namespace:
    from benchmarks.linking_runs import DESCRIPTORS

    parser = make_parser("linking", __doc__, EXAMPLES)
    add_boxes(parser)
    parser.add_argument(
        "--descriptor",
        nargs="+",
        default=DESCRIPTORS,
        metavar="NAME",
        help=f"descriptors ({' '.join(DESCRIPTORS)})",
    )
    content = "result files of the benchmark of accuracy, DIR/BOXES/TRACKER/SEQ.txt"
    add_folder(parser, "benchmark", content, "--results")
    add_folder(parser, "linking", "folder for the result files of this command")
    add_page(parser, "linking")
    return parser.parse_args(words)


if __name__ == "__main__":
    run(main)
