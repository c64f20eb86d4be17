"""Measure the association of trackers: processor time per frame, with boxes in memory.

The trackers (the sides) are ours and others. They take turns on the same frames. The input of a
side is prepared before its clock starts.
"""

import argparse
import os
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flatsort.commands.cli import run

if TYPE_CHECKING:
    from benchmarks.association_boxes import Frame
    from benchmarks.association_sides import Side

RESULTS = Path(__file__).resolve().parent / "results"
CROWDS = {10: 600, 50: 300, 200: 150, 1000: 130}
"""Number of people -> number of frames; more than 100 frames, so that DeepSORT's galleries fill."""
SEED = 0
SAMPLE_SECONDS = 0.25
"""Smallest processor time of a turn, in seconds."""
EXAMPLES = """\
examples:
  pip install -r requirements-bench.txt
  python -m benchmarks.association
  # a trial run of one minute
  python -m benchmarks.association --quick --set 10 50
"""


def main(words: list[str] | None = None) -> None:
    """Measure, print and write the table."""
    arguments = _parse(words)
    # Processor time adds up over threads, so numpy gets one thread; it reads this while it loads.
    os.environ["OMP_NUM_THREADS"] = "1"
    from benchmarks.association_sides import sides
    from benchmarks.machine import facts_line, machine_facts, write_results
    from flatsort.files.atomic import check_writable
    from flatsort.progress import ProgressBar

    for kind in ("json", "md"):
        check_writable(arguments.out / f"association.{kind}")
    installed, missing = _installed(sides())
    repeat = 1 if arguments.quick else arguments.repeat
    rows = []
    for name in arguments.set or ["MOT16", *map(str, CROWDS)]:
        sequences = _frames(name, arguments)
        turns = [side for _ in range(repeat) for side in installed]
        took: dict[int, list[float]] = {id(side): [] for side in installed}
        reported: dict[int, int] = {}
        for side in installed:
            _timed(side, [sequences[0][:20]])  # the first calls are slow, so they do not count
        for side in ProgressBar(turns, desc=f"association {name}", unit="run"):
            seconds, reported[id(side)] = _timed(side, sequences)
            took[id(side)].append(seconds)
        frames = sum(map(len, sequences))
        rows += [
            {
                "set": name,
                "task": side.task,
                "tracker": side.name,
                "us a frame": statistics.median(took[id(side)]) / frames * 1e6,
                "ids": reported[id(side)],
            }
            for side in installed
        ]
    packages = {side.package: side for side in sides() if side.package}
    facts = machine_facts("numpy", "scipy", "numba", *packages) | {"threads": 1}
    results = {"machine": facts, "repeat": repeat, "rows": rows}
    write_results(
        arguments.out,
        "association",
        results,
        _page(rows, sides(), missing, repeat, facts_line(facts)),
    )


def _parse(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "--set",
        nargs="+",
        choices=["MOT16", *map(str, CROWDS)],
        help="the training sequences of MOT16, or a crowd of this many people (all sets)",
    )
    add(
        "--mot-root",
        type=Path,
        metavar="DIR",
        help="folder with the sequences of MOT16 ($MOT16_ROOT, data/MOT16)",
    )
    add("--detections", default="yolox.txt", help="file in det/ of the sequences (yolox.txt)")
    add("--min-confidence", type=float, default=0.4, help="of detections of MOT16 (0.4)")
    add("--repeat", type=int, default=5, help="turns of each side (5)")
    add("--quick", action="store_true", help="one turn, on the first frames only")
    add(
        "--out",
        type=Path,
        default=RESULTS,
        metavar="DIR",
        help="folder for association.json and .md (benchmarks/results)",
    )
    return parser.parse_args(words)


def _installed(sides: "list[Side]") -> "tuple[list[Side], list[Side]]":
    """Return the sides whose package is installed, and the sides whose package is missing."""
    installed, missing = [], []
    for side in sides:
        try:
            side.start()
        except ImportError:
            missing.append(side)
        else:
            installed.append(side)
    return installed, missing


def _frames(name: str, arguments: argparse.Namespace) -> "list[list[Frame]]":
    """Return the sequences of a set, each as a list of frames."""
    from benchmarks.association_boxes import crowd, with_invented_features

    if name != "MOT16":
        frames = CROWDS[int(name)]
        return [crowd(int(name), min(frames, 40) if arguments.quick else frames, SEED)]
    from flatsort.files.mot_files import read_detections
    from flatsort.files.sequence import default_mot_root, find_sequences

    sequences = []
    for sequence in find_sequences("all", arguments.mot_root or default_mot_root()):
        path = sequence.find_detections(arguments.detections)
        rows = read_detections(path, sequence.length)
        rows = rows.select(rows.confidences >= arguments.min_confidence)
        frames = rows.by_frame(sequence.length)[: 100 if arguments.quick else None]
        boxes = [(rows.boxes_tlwh[each], rows.confidences[each]) for each in frames]
        sequences.append(with_invented_features(boxes, SEED))
    return sequences


def _timed(side: "Side", sequences: "list[list[Frame]]") -> tuple[float, int]:
    """Return processor seconds for all sequences, and the number of identities reported."""
    given = [[side.adapter.given(frame) for frame in frames] for frames in sequences]
    seconds, passes = 0.0, 0
    # One pass over a small crowd would mostly measure cold caches, so passes are repeated.
    while seconds < SAMPLE_SECONDS:
        identities = 0
        for frames in given:
            update = side.start()
            start = time.process_time()
            answers = [update(each) for each in frames]
            seconds += time.process_time() - start
            read = [side.adapter.read(answer)[0].tolist() for answer in answers]
            identities += len(set().union(*read))
        passes += 1
    return seconds / passes, identities


def _page(
    rows: list[dict[str, Any]],
    sides: "list[Side]",
    missing: "list[Side]",
    repeat: int,
    machine: str,
) -> str:
    """Return the table with its explanation as Markdown."""
    from tabulate import tabulate

    took = {(row["set"], row["task"], row["tracker"]): row["us a frame"] for row in rows}
    against = {(side.task, side.name): side.against for side in sides}
    table = [
        {
            "set": row["set"],
            "task": row["task"],
            "tracker": row["tracker"],
            "us per frame": f"{row['us a frame']:,.1f}",
            "times ours": f"{row['us a frame'] / took[row['set'], row['task'], other]:,.2f}",
            "identities": row["ids"],
        }
        for row in rows
        for other in [against[row["task"], row["tracker"]]]
    ] + [
        {
            "set": "",
            "task": side.task,
            "tracker": side.name,
            "us per frame": f"not installed: pip install {side.package}",
        }
        for side in missing
    ]
    return (
        "# Association\n\nWritten by `python -m benchmarks.association`; do not edit by hand. "
        "Processor time per frame, for boxes and features in memory. The trackers take turns; the "
        f"figures are medians of {repeat} turns, and each turn repeats the frames for at least "
        f"{SAMPLE_SECONDS} s.\n\n"
        "MOT16: the YOLOX detections of the seven training sequences, about 20 per frame, with "
        "invented features of 128 numbers for identities that are linked by overlap. 10 to 1000: "
        "crowds of so many people at constant velocity with jitter; 5 % of the detections are "
        "missing, and the picture is as crowded as in MOT16. SORT and DeepSORT have their "
        "published settings, FlatSORT its defaults. The reference engine is the same tracker "
        "without numba. Times ours: a "
        "peer that takes plain arrays is compared with FlatSORT building its Detections from "
        "arrays; a peer that takes objects of its own is compared with FlatSORT given Detections. "
        "Identities: number of reported identities; other trackers differ in noise settings, "
        "reporting rules or ties.\n\n"
        + tabulate(table, headers="keys", tablefmt="github", disable_numparse=True)
        + f"\n\n{machine}\n"
    )


if __name__ == "__main__":
    run(main)
