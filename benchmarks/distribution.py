"""Measure many sequences in one process, in two, and on two Dask workers, one of them killed.

All result files must have the same bytes in each way; the exit status is 1 if one differs.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.machine import facts_line, machine_facts, write_results
from benchmarks.options import add_mot_root, make_parser
from flatsort.commands.cli import run

RESULTS = Path(__file__).resolve().parent / "results"
EXAMPLES = """\
The seven sequences of MOT16 are tracked by motion alone, and MOT16-09 with fmvae-track, with the
command that a user gives. A worker is killed by SIGKILL while it tracks.

examples:
  python -m benchmarks.distribution --mot-root ~/MOT16
  python -m benchmarks.distribution --seq data/scene --descriptor none --out trial   # a quick trial
"""


def main(words: list[str] | None = None) -> None:
    """Measure, print the table and write the files."""
    arguments = _parse(words)
    from tabulate import tabulate

    from benchmarks.distribution_runs import WAYS, Job, measure
    from flatsort.files.atomic import check_writable

    for kind in ("json", "md"):
        check_writable(arguments.out / f"distribution.{kind}")
    jobs = [Job(arguments.seq, "none"), Job(arguments.described, arguments.descriptor)]
    with tempfile.TemporaryDirectory(prefix="flatsort-distribution-") as folder:
        rows = [measure(way, jobs, arguments.mot_root, Path(folder)) for way in WAYS]
    expected = rows[0]["digests"]
    for row in rows:
        row["same"] = row["digests"] == expected
    facts = machine_facts("numpy", "onnxruntime", "opencv-python", "distributed")
    table = tabulate(
        [
            (
                row["way"],
                *(f"{seconds:.1f}" for seconds in row["seconds"]),
                row["processes"],
                f"{row['largest_mib']:.0f}",
                f"{len(row['digests'])} of {len(expected)}" if row["same"] else "NO",
            )
            for row in rows
        ],
        headers=(
            "Way",
            *(f"{job.seq}, {job.descriptor}: s" for job in jobs),
            "Processes",
            "Largest process, MiB",
            "Same files",
        ),
        tablefmt="github",
        disable_numparse=True,
    )
    legend = (
        "Seconds are those of the whole command, with the start of its processes; the features of "
        "earlier runs are not used. **Processes** is the greatest number of processes that had "
        "FlatSORT's work at once: the command, its workers and their units. **Largest process** is "
        "the greatest memory that one process held. **Same files** counts the result files that "
        "have the SHA-256 of the serial run. A killed worker is killed while it tracks; the other "
        "one repeats its sequence."
    )
    results = {"machine": facts, "rows": rows}
    page = "\n\n".join([table, legend, facts_line(facts)])
    write_results(arguments.out, "distribution", results, page)
    sys.exit(0 if all(row["same"] for row in rows) else 1)


def _parse(words: list[str] | None) -> argparse.Namespace:
    parser = make_parser("distribution", __doc__, EXAMPLES)
    add_mot_root(parser)
    add = parser.add_argument
    add("--seq", default="all", metavar="NAME|FOLDER|all", help="tracked by motion alone (all)")
    add("--described", default="MOT16-09", metavar="NAME|FOLDER|all", help="described (MOT16-09)")
    add("--descriptor", default="fmvae-track", metavar="NAME", help="describes it (fmvae-track)")
    add(
        "--out",
        type=Path,
        default=RESULTS,
        metavar="DIR",
        help="folder for distribution.json and distribution.md (benchmarks/results)",
    )
    return parser.parse_args(words)


if __name__ == "__main__":
    run(main)
