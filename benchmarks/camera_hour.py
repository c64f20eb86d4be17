"""Measure what an hour of one camera costs, and reckon the cost of many: docs/camera-hour.md.

`tools/track.py` runs in a new process on a part of a video, and on its first second. The difference
of the two is the cost of the frames; starting is counted apart. Boxes and features are not cached.
"""

import argparse
import tempfile
from pathlib import Path

from benchmarks.options import add_page, make_parser
from flatsort.commands.cli import run

EXAMPLES = """\
examples:
  python -m benchmarks.camera_hour --source street.mp4

  # the price of your own machine, and a detector of your own
  python -m benchmarks.camera_hour --source street.mp4 --price 0.02 --detector onnx:mine.onnx
"""
DESCRIPTOR = "fmvae-track-unseen"
"""The descriptor for cameras that no weights have seen."""


def main(words: list[str] | None = None) -> None:
    """Measure, print and write the page."""
    arguments = _parse(words)
    from benchmarks.camera_hour_page import PLANNED, make_page
    from benchmarks.camera_hour_runs import Costs, measure_costs, save_boxes
    from benchmarks.machine import facts_line, machine_facts
    from flatsort.errors import InputError
    from flatsort.files.atomic import atomic_writer, check_writable
    from flatsort.progress import ProgressBar
    from flatsort.sources.registry import open_source

    if arguments.repeat < 1 or not arguments.price > 0 or not arguments.seconds > 2:
        raise InputError("--repeat must be above 0, --price above 0 and --seconds above 2")
    check_writable(arguments.out)
    source = open_source(arguments.source)
    if source.is_live:
        raise InputError(f"{arguments.source} is live: give a video, which can be read again")
    costs: list[Costs] = []
    with tempfile.TemporaryDirectory() as folder:
        boxes = Path(folder) / "boxes.txt"
        save_boxes(arguments.source, arguments.detector, boxes)
        people = _per_frame(boxes)
        file, detector = f"file:{boxes}", arguments.detector
        ways = {
            "boxes from a file, motion only": (file, "none", []),
            "boxes from a file, looks too": (file, DESCRIPTOR, []),
            "detector, motion only": (detector, "none", []),
            PLANNED: (detector, DESCRIPTOR, []),
            "detector on every third frame, looks too": (detector, DESCRIPTOR, ["--every", "3"]),
            "detector, looks too, and a film": (
                *(detector, DESCRIPTOR),
                ["--video", str(Path(folder) / "film.mp4")],
            ),
        }
        for way, (word, descriptor, more) in ProgressBar(
            ways.items(), desc="ways to track", unit="way"
        ):
            options = ["--detector", word, "--descriptor", descriptor, *more]
            costs.append(
                measure_costs(
                    way, arguments.source, options, arguments.seconds, arguments.repeat, folder
                )
            )
    facts = machine_facts("numpy", "opencv-python", "av", "onnxruntime")
    page = make_page(
        costs, source.frame_rate, people, arguments.price, arguments.repeat, facts_line(facts)
    )
    with atomic_writer(arguments.out) as handle:
        handle.write(page)
    print(page)


def _parse(words: list[str] | None) -> argparse.Namespace:
    from flatsort.detectors.default_detector import DEFAULT_DETECTOR

    parser = make_parser("camera_hour", __doc__, EXAMPLES)
    add = parser.add_argument
    add("--source", required=True, metavar="VIDEO", help="a video of 3 seconds or more")
    add(
        "--detector",
        default=DEFAULT_DETECTOR,
        metavar="NAME",
        help=f"as for tools/track.py ({DEFAULT_DETECTOR})",
    )
    add(
        "--price",
        type=float,
        default=0.04,
        metavar="P",
        help="price of one core per hour, in any currency (0.04)",
    )
    add(
        "--seconds",
        type=float,
        default=10.0,
        metavar="S",
        help="seconds of the video to track (10)",
    )
    add("--repeat", type=int, default=3, metavar="N", help="runs of each kind; medians count (3)")
    add_page(parser, "camera-hour")
    return parser.parse_args(words)


def _per_frame(boxes: Path) -> float:
    """Return the mean number of boxes per frame that has any."""
    frames = [line.partition(",")[0] for line in boxes.read_text(encoding="utf-8").splitlines()]
    return len(frames) / len(set(frames))


if __name__ == "__main__":
    run(main)
