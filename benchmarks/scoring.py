"""Measure scoring beside motmetrics' own `evaluateTracking`, on the same files.

Both sides read ground truth and results, match and count; ours also computes HOTA. Each runs in one
process, and the two take turns. motmetrics 1.4.0 calls np.asfarray, which NumPy 2 has removed; the
measurement defines it for as long as motmetrics runs.
"""

import argparse
import contextlib
import io
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flatsort.commands.cli import run

RESULTS = Path(__file__).resolve().parent / "results"
EXAMPLES = """\
examples:
  python -m benchmarks.scoring --results ../data/results --tracker deepsort tracktor
  # one turn, as a trial run
  python -m benchmarks.scoring --results results --tracker fmvae --repeat 1
"""
_SHARED = {
    "idf1": "IDF1",
    "mota": "MOTA",
    "num_switches": "IDs",
    "num_fragmentations": "FM",
    "num_false_positives": "FP",
    "num_misses": "FN",
}
"""motmetrics' name -> our name of each figure that both sides compute."""
_PERCENT = ("idf1", "mota")
"""motmetrics' figures that are fractions; ours are percentages."""
_OURS = "ours, HOTA too"


def main(words: list[str] | None = None) -> None:
    """Measure, print and write the table."""
    arguments = _parse(words)
    from benchmarks.machine import facts_line, machine_facts, write_results
    from flatsort.files.atomic import check_writable
    from flatsort.files.sequence import default_mot_root, find_sequences
    from flatsort.progress import ProgressBar

    for kind in ("json", "md"):
        check_writable(arguments.out / f"scoring.{kind}")
    sequences = find_sequences("all", arguments.mot_root or default_mot_root())
    rows = []
    for tracker in arguments.tracker:
        folder = arguments.results / tracker
        sides = {
            _OURS: lambda folder=folder: _ours(folder, sequences),
            "evaluateTracking": lambda folder=folder: _theirs(folder, sequences),
        }
        times: dict[str, list[float]] = {side: [] for side in sides}
        figures: dict[str, dict[str, float]] = {}
        turns = [side for _ in range(arguments.repeat) for side in sides]
        for side in ProgressBar(turns, desc=f"scoring {tracker}", unit="run"):
            seconds, figures[side] = _timed(sides[side])
            times[side].append(seconds)
        rows.append(
            {
                "tracker": tracker,
                "seconds": {side: statistics.median(each) for side, each in times.items()},
                "figures": figures,
            }
        )
    facts = machine_facts("motmetrics", "numpy", "pandas", "scipy")
    results = {"machine": facts, "repeat": arguments.repeat, "rows": rows}
    write_results(
        arguments.out, "scoring", results, _page(rows, arguments.repeat, facts_line(facts))
    )


def _parse(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add(
        "--results",
        type=Path,
        default=Path("results"),
        help="folder with TRACKER/SEQ.txt (results)",
    )
    add("--tracker", nargs="+", required=True, metavar="NAME", help="folders under RESULTS")
    add(
        "--mot-root",
        type=Path,
        metavar="DIR",
        help="folder with the sequences of MOT16 ($MOT16_ROOT, data/MOT16)",
    )
    add("--repeat", type=int, default=3, help="turns of each side (3)")
    add(
        "--out",
        type=Path,
        default=RESULTS,
        metavar="DIR",
        help="folder for scoring.json and .md (benchmarks/results)",
    )
    return parser.parse_args(words)


def _timed(call: Callable[[], dict[str, float]]) -> tuple[float, dict[str, float]]:
    """Call a function; return its processor seconds and its figures."""
    start = time.process_time()
    figures = call()
    return time.process_time() - start, figures


def _ours(folder: Path, sequences: list[Any]) -> dict[str, float]:
    from flatsort.evaluation.tracks.score import ScoredFile, combine, score_files

    columns = combine(
        score_files(ScoredFile(each, folder / f"{each.name}.txt") for each in sequences)
    ).columns()
    return {ours: float(columns[ours]) for ours in _SHARED.values()}


def _theirs(folder: Path, sequences: list[Any]) -> dict[str, float]:
    """Run motmetrics' program in this process, with its own command line."""
    import motmetrics
    import numpy as np
    from motmetrics.apps import evaluateTracking

    answers = []

    def keep(summary: Any, **_: Any) -> str:
        answers.append(summary)
        return ""

    arguments = sys.argv
    render, solver = motmetrics.io.render_summary, motmetrics.lap.default_solver
    with tempfile.TemporaryDirectory() as temporary:
        names = Path(temporary) / "seqmap.txt"
        names.write_text("name\n" + "\n".join(each.name for each in sequences) + "\n")
        try:
            np.asfarray = lambda a: np.asarray(a, float)
            motmetrics.io.render_summary = keep
            ground_truth = sequences[0].folder.parent
            options = ["--fmt", "mot16", "--solver", "scipy", "--loglevel", "error"]
            sys.argv = ["", str(ground_truth), str(folder), str(names), *options]
            with contextlib.redirect_stdout(io.StringIO()):
                evaluateTracking.main()
        finally:
            del np.asfarray
            sys.argv, motmetrics.io.render_summary = arguments, render
            motmetrics.lap.default_solver = solver
            logging.disable(logging.NOTSET)
    overall = answers[0].loc["OVERALL"]
    return {
        ours: float(overall[theirs]) * (100 if theirs in _PERCENT else 1)
        for theirs, ours in _SHARED.items()
    }


def _page(rows: list[dict[str, Any]], repeat: int, machine: str) -> str:
    from tabulate import tabulate

    table = []
    for row in rows:
        for side, seconds in row["seconds"].items():
            table.append(
                {
                    "tracker": row["tracker"],
                    "scored by": side,
                    "processor seconds": f"{seconds:.2f}",
                    "times ours": f"{seconds / row['seconds'][_OURS]:.2f}",
                    **{
                        name: f"{value:.2f}" if name in ("IDF1", "MOTA") else f"{value:.0f}"
                        for name, value in row["figures"][side].items()
                    },
                }
            )
    return (
        "# Scoring\n\nWritten by `python -m benchmarks.scoring`; do not edit by hand. Each side "
        "scores the seven training sequences in one process, from the files to the figures. The "
        f"two sides take turns; times are medians of {repeat} turns.\n\n"
        + tabulate(table, headers="keys", tablefmt="github", disable_numparse=True)
        + f"\n\n{machine}\n"
    )


if __name__ == "__main__":
    run(main)
