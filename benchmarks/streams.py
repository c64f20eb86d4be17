"""Measure many sources in one process against one process per source.

The clip is scaled to 640 x 360, looped, and given eight names. `tools/track.py` tracks them with
the boxes of a file: once in one process with eight sources, and once in eight processes at the same
time with one source each. Both use the same cores, and take turns.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.options import make_parser
from flatsort.commands.cli import run

RESULTS = Path(__file__).resolve().parent / "results"
DESCRIPTORS = ("none", "fmvae-track")
EXAMPLES = """\
examples:
  python -m benchmarks.streams --video street.mp4 --detector onnx:yolox_nano_416x416.onnx
  # a trial run
  python -m benchmarks.streams --video street.mp4 --detector hog --streams 2 --loops 1 \\
      --repeat 1 --out trial
"""


def main(words: list[str] | None = None) -> None:
    """Measure, print and write the table."""
    arguments = parse_arguments(words)
    from benchmarks.machine import facts_line, machine_facts, write_results
    from benchmarks.streams_footage import make_footage
    from benchmarks.streams_page import page
    from benchmarks.streams_runs import measure
    from flatsort.errors import InputError
    from flatsort.files.atomic import check_writable

    for option in ("streams", "loops", "repeat"):
        if getattr(arguments, option) < 1:
            raise InputError(f"--{option} {getattr(arguments, option)}: give at least one")
    for kind in ("json", "md"):
        check_writable(arguments.out / f"streams.{kind}")
    with tempfile.TemporaryDirectory() as folder:
        footage = make_footage(
            Path(folder), arguments.video, arguments.detector, arguments.streams, arguments.loops
        )
        rows = measure(footage, Path(folder), DESCRIPTORS, arguments.repeat)
    facts = machine_facts("numpy", "numba", "opencv-python", "av", "onnxruntime")
    results: dict[str, Any] = {
        "machine": facts,
        "repeat": arguments.repeat,
        "video": arguments.video.name,
        "streams": arguments.streams,
        "frames": footage.frames,
        "boxes": footage.boxes,
        "rows": rows,
    }
    write_results(arguments.out, "streams", results, page(results, facts_line(facts)))


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = make_parser("streams", __doc__, EXAMPLES)
    add = parser.add_argument
    add("--video", type=Path, required=True, metavar="FILE", help="a video of a street")
    add(
        "--detector",
        required=True,
        metavar="NAME",
        help="finds the boxes once, before the measurement; as for tools/track.py",
    )
    add("--streams", type=int, default=8, metavar="N", help="number of sources (8)")
    add("--loops", type=int, default=4, metavar="N", help="repetitions of the video (4)")
    add("--repeat", type=int, default=3, metavar="N", help="turns of each side (3)")
    add(
        "--out",
        type=Path,
        default=RESULTS,
        metavar="DIR",
        help="folder for streams.json and .md (benchmarks/results)",
    )
    return parser.parse_args(words)


if __name__ == "__main__":
    run(main)
