"""Measure how the compiled engine delays a short run: its machine code must be loaded first.

`tools/track.py` runs in a new process, in turns with the compiled engine and with the reference
engine, which runs when numba is hidden. Before the timed turns, the machine code is in numba's
cache and the features are in the descriptor's cache. Encoding takes the same time on both sides,
but it varies by more than the sides differ, so it is left out.
"""

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from flatsort.commands.cli import run
from flatsort.files.paths import PROJECT

RESULTS = Path(__file__).resolve().parent / "results"
COMPILED, REFERENCE = "compiled engine", "reference engine"
TRACK = "from flatsort.commands.cli import run; from flatsort.commands.track import main; run(main)"
PROGRAMS = {COMPILED: TRACK, REFERENCE: f"import sys; sys.modules['numba'] = None; {TRACK}"}
EXAMPLES = """\
examples:
  python -m benchmarks.first_run
  # a trial run
  python -m benchmarks.first_run --descriptor none --repeat 3 --out trial
"""


def main(words: list[str] | None = None) -> None:
    """Measure, print and write the table."""
    arguments = _parse(words)
    from benchmarks.machine import facts_line, machine_facts, write_results
    from flatsort.errors import InputError
    from flatsort.files.atomic import check_writable
    from flatsort.files.sequence import find_sequences
    from flatsort.progress import ProgressBar
    from flatsort.tracker.compiled import has_numba

    if arguments.repeat < 1:
        raise InputError(f"--repeat {arguments.repeat}: give at least one")
    if not has_numba():
        raise InputError("numba is not installed: pip install -r requirements.txt")
    for kind in ("json", "md"):
        check_writable(arguments.out / f"first_run.{kind}")
    (sequence, *others) = find_sequences(arguments.seq, arguments.mot_root)
    if others:
        raise InputError(f"--seq {arguments.seq}: one sequence is measured: name it")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for descriptor in arguments.descriptor:
            options = ["--seq", str(sequence.folder), "--descriptor", descriptor]
            options += ["--results", folder, "--cache", folder]
            turns = [side for _ in range(1 + arguments.repeat) for side in PROGRAMS]
            took: dict[str, list[tuple[float, float]]] = {side: [] for side in PROGRAMS}
            for side in ProgressBar(turns, desc=f"first run, {descriptor}", unit="run"):
                took[side].append(_timed(PROGRAMS[side], options))
            # The first turn fills the caches, so it does not count.
            for side, turned in took.items():
                wall, processor = (
                    statistics.median(each) for each in zip(*turned[1:], strict=True)
                )
                row = {"descriptor": descriptor, "tracker": side}
                rows.append(row | {"seconds": wall, "processor seconds": processor})
    facts = machine_facts("numba", "llvmlite", "numpy", "scipy")
    results = {"machine": facts, "repeat": arguments.repeat, "rows": rows}
    results |= {"sequence": sequence.name, "frames": sequence.length}
    write_results(arguments.out, "first_run", results, _page(results, facts_line(facts)))


def _parse(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--seq", default="MOT16-09", metavar="NAME|FOLDER", help="a sequence (MOT16-09)")
    add(
        "--mot-root",
        metavar="DIR",
        help="folder with the sequences of MOT16 ($MOT16_ROOT, data/MOT16)",
    )
    add(
        "--descriptor",
        nargs="+",
        default=["none", "fmvae"],
        metavar="NAME",
        help="as for tools/track.py (none fmvae)",
    )
    add("--repeat", type=int, default=7, metavar="N", help="turns of each side (7)")
    add(
        "--out",
        type=Path,
        default=RESULTS,
        metavar="DIR",
        help="folder for first_run.json and .md (benchmarks/results)",
    )
    return parser.parse_args(words)


def _timed(program: str, options: list[str]) -> tuple[float, float]:
    """Run a program in a new Python; return its seconds and its processor seconds.

    Raises:
        InputError: the program failed; the message contains its last line.
    """
    from flatsort.errors import InputError

    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    words = [sys.executable, "-c", program, *options]
    done = subprocess.run(  # noqa: S603 - only programs of this module, without a shell
        words, cwd=PROJECT, capture_output=True, text=True
    )
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        last = done.stderr.strip().rpartition("\n")[2]
        raise InputError(f"track.py {' '.join(options)} failed: {last.removeprefix('error: ')}")
    return seconds, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def _page(results: dict[str, Any], machine: str) -> str:
    from tabulate import tabulate

    reference = {row["descriptor"]: row for row in results["rows"] if row["tracker"] == REFERENCE}
    keys = ("seconds", "processor seconds")
    table = [
        {"descriptor": row["descriptor"], "tracker": row["tracker"]}
        | {key: f"{row[key]:.2f}" for key in keys}
        | {
            f"{key}, difference": f"{row[key] - reference[row['descriptor']][key]:+.2f}"
            for key in keys
        }
        for row in results["rows"]
    ]
    return (
        "# The first run\n\nWritten by `python -m benchmarks.first_run`; do not edit by hand. "
        f"`tools/track.py` on {results['sequence']} ({results['frames']} frames) in a new process, "
        f"from its start to its end; medians of {results['repeat']} turns. The differences are to "
        "the reference engine, which runs where numba is not installed. Machine code and features "
        "are in their caches; `python -m flatsort.tracker.compiled` compiles the machine code "
        "once, which takes some seconds.\n\n"
        + tabulate(table, headers="keys", tablefmt="github", disable_numparse=True)
        + f"\n\n{machine}\n"
    )


if __name__ == "__main__":
    run(main)
