"""Measure what linking a whole recording brings: for our tracker, and for results of any tracker.

The command tracks MOT16-09 online and offline, on boxes of three detectors, by several descriptors.
Then it links result files of other trackers, which `python -m benchmarks.accuracy` has written.
"""

import argparse
from pathlib import Path

from flatsort.commands.cli import run

ROOT = Path(__file__).resolve().parents[1]
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

    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.linking",
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "--mot-root",
        metavar="DIR",
        help="folder with the sequences of MOT16 ($MOT16_ROOT, data/MOT16)",
    )
    add(
        "--detector",
        type=Path,
        metavar="FILE",
        help="YOLOX-nano as an ONNX file, which finds people in MOT16-09 (its boxes are left out)",
    )
    add(
        "--descriptor",
        nargs="+",
        default=DESCRIPTORS,
        metavar="NAME",
        help=f"descriptors ({' '.join(DESCRIPTORS)})",
    )
    add(
        "--results",
        type=Path,
        default=ROOT / "runs" / "benchmark",
        metavar="DIR",
        help="result files of the benchmark of accuracy, DIR/BOXES/TRACKER/SEQ.txt "
        "(runs/benchmark)",
    )
    add(
        "--folder",
        type=Path,
        default=ROOT / "runs" / "linking",
        metavar="DIR",
        help="folder for the result files of this command (runs/linking)",
    )
    add(
        "--out",
        type=Path,
        default=ROOT / "docs" / "linking.md",
        metavar="FILE",
        help="the page (docs/linking.md)",
    )
    return parser.parse_args(words)


if __name__ == "__main__":
    run(main)
