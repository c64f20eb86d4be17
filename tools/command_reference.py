"""Write docs/commands.md from the help of all commands."""

import argparse
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from flatsort.commands.cli import run

ROOT = Path(__file__).resolve().parent.parent
HEADER = """\
# Commands

`python tools/command_reference.py` writes this page from the help of all commands; do not edit it
by hand. Bad input ends every command with one sentence that names the file and line, exit status 2
and no half-written file. Ctrl-C ends it with status 130.
"""
_MAIN = 'if __name__ == "__main__":'


def main(words: list[str] | None = None) -> None:
    """Ask every command for its help and write the page."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="examples:\n  python tools/command_reference.py",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--out", type=Path, default=ROOT / "docs" / "commands.md", help="page (docs/commands.md)"
    )
    path = parser.parse_args(words).out
    path.write_text(reference(command_lines()), encoding="utf-8")
    print(f"wrote {path}")


def command_lines() -> list[str]:
    """Return every command of tools/ and benchmarks/ as a user types it, without options."""

    def modules(folder: str) -> list[str]:
        paths = sorted((ROOT / folder).glob("*.py"))
        return [path.stem for path in paths if _MAIN in path.read_text(encoding="utf-8")]

    tools = [f"python tools/{name}.py" for name in modules("tools")]
    return tools + [f"python -m benchmarks.{name}" for name in modules("benchmarks")]


def reference(commands: list[str]) -> str:
    """Return the page: an overview, then the help of each command.

    Args:
        commands: as :func:`command_lines` gives them.
    """
    with ThreadPoolExecutor() as pool:
        helps = dict(zip(commands, pool.map(help_of, commands), strict=True))
    overview = [
        f"| [`{command}`](#{_anchor(command)}) | {_purpose(text)} |"
        for command, text in helps.items()
    ]
    sections = [f"## {command}\n\n```text\n{text}\n```" for command, text in helps.items()]
    table = "\n".join(["| command | purpose |", "|---|---|", *overview])
    return "\n\n".join([HEADER.strip(), table, *sections]) + "\n"


def help_of(command: str) -> str:
    """Return a command's help, followed by the help of its sub-commands.

    Lines are up to 100 characters wide and have no blanks at their ends.

    Raises:
        CalledProcessError: the command fails.
    """
    text = _answer(command)
    usage = text.partition("\n\n")[0]
    inner = re.search(r"\{([\w,-]+)\} \.\.\.$", usage)
    names = inner[1].split(",") if inner else []
    return "\n\n".join([text, *(_answer(f"{command} {name}") for name in names)])


def _answer(command: str) -> str:
    words = [sys.executable, *command.split()[1:], "--help"]
    # argparse wraps at the width of the terminal, which differs from user to user.
    settings = {**os.environ, "COLUMNS": "100", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(  # noqa: S603 - runs the project's own commands, without a shell
        words, cwd=ROOT, env=settings, capture_output=True, text=True, check=True
    )
    return "\n".join(line.rstrip() for line in done.stdout.strip().splitlines())


def _purpose(text: str) -> str:
    """Return the first sentence after the usage."""
    description = text.split("\n\n")[1].replace("\n", " ")
    return description.partition(". ")[0].rstrip(".").replace("|", r"\|")


def _anchor(heading: str) -> str:
    """Return GitHub's anchor of a heading: lower case, without punctuation, dashes for blanks."""
    kept = (character for character in heading.lower() if character.isalnum() or character in " -_")
    return "".join(kept).replace(" ", "-")


if __name__ == "__main__":
    run(main)
