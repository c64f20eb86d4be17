"""Run every command and program of README.md, or of other pages, in a fresh clone, in order.

Each command runs as printed, with the virtual environment active. Commands that download data,
change the machine or take hours run only with --allow. tests/readme/rules.toml lists them, and all
other commands that do not run as printed, each with the reason. The test fails if a command fails,
or if it does not make the file that its comment promises (`# -> results/a.txt`). The clone holds
the last commit, so uncommitted changes are not tested.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tabulate import tabulate

from flatsort.files.paths import PROJECT
from tests.readme.page import Command, steps
from tests.readme.rules import RESOURCES, read_provided, read_rules
from tests.readme.run import Clone, Outcome

EXAMPLES = """\
examples:
  # README.md from the start: set up an environment of 6 GB, run all tests, train
  python -m tests.readme

  # also the commands that download data, install packages or train for hours
  python -m tests.readme --allow data machine hours

  # with MOT16, in an existing environment; write the outcome as a page
  python -m tests.readme --mot-root ~/MOT16 --environment .venv --report outcome.md

  # two pages, without the longest command
  python -m tests.readme README.md docs/quick-start.md --leave-out "make test"
"""


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Parse and check the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.readme",
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("page", nargs="*", default=["README.md"], help="page of the project (README.md)")
    add("--mot-root", type=Path, metavar="DIR", help="data/MOT16 of the clone (none)")
    add("--environment", type=Path, metavar="DIR", help="use it, install nothing (a new one)")
    add("--leave-out", nargs="+", default=[], metavar="TEXT", help="skip commands that contain it")
    add("--allow", nargs="+", default=[], choices=RESOURCES, help="resources to use (none)")
    add("--timeout", type=float, default=21600.0, metavar="S", help="seconds per command (21600)")
    add("--folder", type=Path, metavar="DIR", help="keep clone and logs there (temporary folder)")
    add("--report", type=Path, metavar="FILE", help="write the outcome as Markdown")
    arguments = parser.parse_args(words)
    for page in arguments.page:
        if not (PROJECT / page).is_file():
            parser.error(f"{page}: no such page in {PROJECT}")
    if arguments.environment and not (arguments.environment / "installed").is_file():
        parser.error(f"{arguments.environment}: not an environment that `make` has set up")
    if arguments.mot_root and not arguments.mot_root.is_dir():
        parser.error(f"{arguments.mot_root}: no such folder")
    if arguments.folder and (arguments.folder / "clone").exists():
        parser.error(f"{arguments.folder} already holds a clone: name another folder")
    return arguments


def main(words: list[str] | None = None) -> int:
    """Run the pages; return the number of failed commands."""
    arguments = parse_arguments(words)
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        logs = folder / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        clone = Clone(
            folder / "clone",
            read_rules(),
            read_provided(),
            arguments.mot_root,
            arguments.environment,
            arguments.leave_out,
            arguments.allow,
            arguments.timeout,
        )
        clone.make()
        outcomes = {page: run_page(clone, page, logs) for page in arguments.page}
    text = "\n\n".join(markdown(page, found) for page, found in outcomes.items()) + "\n"
    print(f"\n{text}")
    if arguments.report:
        arguments.report.write_text(text, encoding="utf-8")
    return sum(outcome.result == "failed" for found in outcomes.values() for outcome in found)


def run_page(clone: Clone, page: str, logs: Path) -> list[Outcome]:
    """Run each command and program of a page once; print each outcome, and return all."""
    outcomes: dict[str, Outcome] = {}
    for step in steps((clone.folder / page).read_text(encoding="utf-8")):
        key = step.words if isinstance(step, Command) else step.text
        if key in outcomes:
            continue
        log = logs / f"{Path(page).stem}-{step.line}-{len(outcomes)}.txt"
        outcome = outcomes[key] = clone.run(step, log)
        print(
            f"{page}:{outcome.line}: {outcome.result}, {outcome.seconds:.1f} s: {outcome.command}"
            + (f" ({outcome.note})" if outcome.note else ""),
            flush=True,
        )
        if outcome.result == "failed":
            print("".join(f"    {line}\n" for line in log.read_text().splitlines()[-15:]))
    return list(outcomes.values())


def markdown(page: str, outcomes: list[Outcome]) -> str:
    """Return a Markdown section: the number of outcomes of each kind, and a table of all."""
    counts = {result: 0 for result in ("ok", "failed", "not run")}
    for outcome in outcomes:
        counts[outcome.result] += 1
    summary = ", ".join(f"{count} {result}" for result, count in counts.items())
    rows = [
        {
            "line": outcome.line,
            "command": f"`{' '.join(outcome.command.split())}`",
            "result": outcome.result,
            "seconds": "" if outcome.result == "not run" else f"{outcome.seconds:.1f}",
            "note": outcome.note,
        }
        for outcome in outcomes
    ]
    table = tabulate(rows, headers="keys", tablefmt="github", disable_numparse=True)
    return f"## {page}\n\n{summary}\n\n{table}"


if __name__ == "__main__":
    sys.exit(min(1, main()))
