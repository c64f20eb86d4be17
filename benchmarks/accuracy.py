"""Compare trackers in accuracy and in processor time, on boxes of three detectors.

Every tracker gets the same boxes of the training sequences of MOT16. The command has four steps,
which can run alone: `track` writes result files, `score` scores them, `time` measures, and `page`
writes the page and the picture from the figures of the other steps. A step for some trackers keeps
the figures of the others, so that a tracker that needs an environment of its own can be added.
"""

import argparse
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flatsort.commands.cli import run

if TYPE_CHECKING:
    from benchmarks.accuracy_boxes import BoxSet
    from benchmarks.accuracy_trackers import Contender

ROOT = Path(__file__).resolve().parent.parent
FIGURES = ROOT / "benchmarks" / "results" / "accuracy.json"
STEPS = ("track", "score", "time", "page")
EXAMPLES = """\
examples:
  # requirements-bench.txt says how to install the peers
  python -m benchmarks.accuracy --detector yolox_nano_416x416.onnx

  # only the times, on a quiet machine
  python -m benchmarks.accuracy --step time page

  # one tracker again, after a change
  python -m benchmarks.accuracy --tracker flatsort
"""


def main(words: list[str] | None = None) -> None:
    """Run the steps."""
    arguments = _parse(words)
    # Processor time adds up over threads, so numpy gets one thread; it reads this while it loads.
    os.environ["OMP_NUM_THREADS"] = "1"
    from benchmarks.accuracy_page import write_page
    from flatsort.errors import InputError
    from flatsort.files.atomic import atomic_writer, check_writable

    check_writable(FIGURES)
    figures = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.is_file() else {}
    for _ in _measure(arguments, figures):
        with atomic_writer(FIGURES) as file:
            file.write(json.dumps(figures, indent=1) + "\n")
    if "page" in arguments.step:
        if not any(each.get("scores") for each in figures.get("sets", {}).values()):
            raise InputError(f"{FIGURES}: no scores yet: run the steps track and score first")
        write_page(figures, ROOT / "docs")


def _parse(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.accuracy",
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--step", nargs="+", choices=STEPS, default=STEPS, help="steps to run (all)")
    add("--tracker", nargs="+", metavar="NAME", help="trackers to run (all that are installed)")
    add(
        "--mot-root",
        type=Path,
        metavar="DIR",
        help="folder with the sequences of MOT16 ($MOT16_ROOT, data/MOT16)",
    )
    add(
        "--detector",
        type=Path,
        metavar="FILE",
        help="YOLOX-nano as an ONNX file, which finds people in MOT16-09 (its boxes are left out)",
    )
    add("--repeat", type=int, default=3, help="turns of each tracker in the step `time` (3)")
    add(
        "--results",
        type=Path,
        default=ROOT / "runs" / "benchmark",
        metavar="DIR",
        help="folder for result files, DIR/BOXES/TRACKER/SEQ.txt (runs/benchmark)",
    )
    return parser.parse_args(words)


def _measure(arguments: argparse.Namespace, figures: dict[str, Any]) -> Iterator[str]:
    """Run the steps that measure, put their figures into the given ones, and yield each step."""
    steps = [step for step in STEPS[:-1] if step in arguments.step]
    if not steps:
        return
    from benchmarks.accuracy_boxes import box_sets
    from benchmarks.accuracy_trackers import contenders

    sets = box_sets(arguments.mot_root, arguments.detector, arguments.results)
    chosen, missing = _choose(contenders(), arguments.tracker)
    described = figures.setdefault("trackers", {})
    for contender in chosen + [each for each in missing if each.name not in described]:
        described[contender.name] = _description(contender)
    for box_set in sets:
        figures.setdefault("sets", {}).setdefault(box_set.key, {}).update(
            title=box_set.title,
            note=box_set.note,
            strong=box_set.strong,
            sequences=[sequence.name for sequence, _ in box_set.boxes],
        )
    for step in steps:
        if step == "track":
            _track(chosen, sets, arguments.results)
        elif step == "score":
            _score(chosen, sets, arguments.results, figures)
        else:
            _time(chosen, sets, arguments.repeat, figures)
        yield step


def _choose(
    everyone: "list[Contender]", names: list[str] | None
) -> "tuple[list[Contender], list[Contender]]":
    """Return the chosen trackers, and the trackers whose package is missing.

    Raises:
        InputError: a name is unknown, or the package of a named tracker is missing.
    """
    from benchmarks.accuracy_runs import split_installed
    from flatsort.errors import InputError

    installed, missing = split_installed(everyone)
    if names is None:
        return installed, missing
    found = {each.name: each for each in installed}
    for name in names:
        if name not in found:
            raise InputError(f"--tracker {name}: choose from {', '.join(found)}")
    return [found[name] for name in names], missing


def _description(contender: "Contender") -> dict[str, Any]:
    from importlib.metadata import PackageNotFoundError, version

    try:
        installed = "" if contender.is_ours else version(contender.package)
    except PackageNotFoundError:
        installed = "not installed"
    return {
        "package": contender.package,
        "version": installed,
        "settings": contender.settings,
        "takes_all": contender.takes_all,
        "is_ours": contender.is_ours,
    }


def _pairs(
    chosen: "list[Contender]", sets: "list[BoxSet]", purpose: str
) -> "list[tuple[BoxSet, Contender]]":
    """Return the pairs of a set and a tracker that can run, with a progress bar."""
    from benchmarks.accuracy_runs import can_run
    from flatsort.progress import ProgressBar

    pairs = [(each, tracker) for each in sets for tracker in chosen if can_run(tracker, each)]
    return ProgressBar(pairs, desc=purpose, unit="run")


def _track(chosen: "list[Contender]", sets: "list[BoxSet]", folder: Path) -> None:
    from benchmarks.accuracy_runs import track

    for box_set, contender in _pairs(chosen, sets, "tracking"):
        track(contender, box_set, folder / box_set.key)


def _score(
    chosen: "list[Contender]", sets: "list[BoxSet]", folder: Path, figures: dict[str, Any]
) -> None:
    from benchmarks.accuracy_scores import score_results

    for box_set, contender in _pairs(chosen, sets, "scoring"):
        scores = figures["sets"][box_set.key].setdefault("scores", {})
        scores[contender.name] = score_results(box_set, folder / box_set.key / contender.name)


def _time(
    chosen: "list[Contender]", sets: "list[BoxSet]", repeat: int, figures: dict[str, Any]
) -> None:
    """Time the trackers on each set; the figures keep how busy the machine was."""
    from benchmarks.accuracy_runs import TIMED_FRAMES, seconds_per_frame
    from benchmarks.machine import machine_facts

    busiest = os.getloadavg()[0]
    for box_set, contender in _pairs(chosen, sets, "timing"):
        times = figures["sets"][box_set.key].setdefault("seconds_per_frame", {})
        times[contender.name] = seconds_per_frame(contender, box_set, repeat)
        busiest = max(busiest, os.getloadavg()[0])
    figures["timing"] = {
        "machine": machine_facts("numpy", "scipy", "numba"),
        "repeat": repeat,
        "frames": TIMED_FRAMES,
        "load": busiest,
        "processors": os.cpu_count() or 1,
    }


if __name__ == "__main__":
    run(main)
