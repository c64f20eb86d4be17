"""Run every command and program of README.md, or of other pages, in a fresh clone, in order.

What is run is what is printed, with the environment active. Commands that download data, change the
machine or take hours are run only with --allow; which these are, and what else is not run as
printed, stands in tests/readme/rules.toml with the reason. One that fails, or that does not make
the file its comment promises (`# -> results/a.txt`), fails the whole. The clone is of the last
commit: what is not committed is not tested.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tabulate import tabulate

from flatsort.files.paths import PROJECT
from tests.readme.page import Command, steps
from tests.readme.rules import WANTS, read_provided, read_rules
from tests.readme.run import Clone, Outcome

EXAMPLES = """\
examples:
  # README.md from nothing: sets up an environment of 6 GB, runs all tests, trains
  python -m tests.readme

  # everything that can be run: what downloads, installs packages or trains for hours too
  python -m tests.readme --allow data machine hours

  # with MOT16's frames or labels, in an environment that is there, with a page of the outcome
  python -m tests.readme --mot-root ~/MOT16 --environment .venv --report outcome.md

  # other pages after it, without the longest command
  python -m tests.readme README.md docs/quick-start.md --leave-out "make test"
"""


def parse_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.readme",
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("page", nargs="*", default=["README.md"], help="in the project (README.md)")
    add("--mot-root", type=Path, metavar="DIR", help="to be data/MOT16 in the clone (none)")
    add("--environment", type=Path, metavar="DIR", help="use it and install nothing (a new one)")
    add("--leave-out", nargs="+", default=[], metavar="WORDS", help="commands that contain these")
    add("--allow", nargs="+", default=[], choices=WANTS, help="what commands may want (nothing)")
    add("--timeout", type=float, default=21600.0, metavar="S", help="of one command (21600)")
    add("--folder", type=Path, metavar="DIR", help="keep clone and logs there (a temporary one)")
    add("--report", type=Path, metavar="FILE", help="write the outcome as markdown")
    arguments = parser.parse_args(words)
    for page in arguments.page:
        if not (PROJECT / page).is_file():
            parser.error(f"{page}: no such page in {PROJECT}")
    if arguments.environment and not (arguments.environment / "installed").is_file():
        parser.error(f"{arguments.environment}: no environment that `make` has set up")
    if arguments.mot_root and not arguments.mot_root.is_dir():
        parser.error(f"{arguments.mot_root}: no such folder")
    if arguments.folder and (arguments.folder / "clone").exists():
        parser.error(f"{arguments.folder}: a clone is there: name another folder")
    return arguments


def main(words: list[str] | None = None) -> int:
    """Run the pages; how many commands failed."""
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
    """Run a page's commands and programs, each once, and say how each went when it is done."""
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
    """The outcomes as a table, after their sum."""
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
