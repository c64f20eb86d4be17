"""Attack the whole product: damaged files, random crowds, kills and full disks.

Counts, seeds and faults are printed and written into docs/reliability.md. The exit status is 1 if
there is a fault. The same seed repeats the same files, crowds and moments.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from flatsort.files.paths import PROJECT

EXAMPLES = """\
examples:
  # five minutes
  python -m tests.attack

  # an hour's amount: 500,000 files, 500,000 frames, 300 kills
  python -m tests.attack --hours 1 --page docs/reliability.md

  # one kind of attack, repeated with the seed of a fault
  python -m tests.attack --only files --seed 7
"""


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.attack",
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--hours", type=float, default=1 / 12, help="amount of attacks (5 minutes)")
    add("--seed", type=int, default=int(time.time()), help="seed of all attacks (the time)")
    add(
        "--only",
        nargs="+",
        choices=("files", "frames", "kills", "disks"),
        default=["files", "frames", "kills", "disks"],
        help="kinds of attacks (all)",
    )
    add("--jobs", type=int, default=1, metavar="N", help="readers and trackers at a time (1)")
    add("--page", type=Path, metavar="FILE", help="write the outcome as a page, from the project")
    arguments = parser.parse_args(words)
    if not arguments.hours > 0:
        parser.error("--hours must be above 0")
    if arguments.jobs < 1:
        parser.error("--jobs must be above 0")
    return arguments


def main(words: list[str] | None = None) -> int:
    """Attack, print the outcome and write the page; return the exit status."""
    arguments = parse_arguments(words)
    from tests.attack.outcome_page import Outcome, write_page
    from tests.attack.rounds import attack_all

    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="flatsort-attack-") as folder:
        tables = attack_all(
            Path(folder), arguments.only, arguments.hours, arguments.seed, arguments.jobs
        )
    outcome = Outcome(tables, arguments.seed, arguments.hours, time.monotonic() - begun)
    print(outcome.text())
    if arguments.page:
        write_page(PROJECT / arguments.page, outcome)
    return 1 if outcome.findings() else 0


if __name__ == "__main__":
    sys.exit(main())
