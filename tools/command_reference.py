"""Write docs/commands.md: what every command says of itself with --help."""

import argparse
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from flatsort.commands.cli import run
from flatsort.files.paths import DOCS, PROJECT
from flatsort.processors import available_cores

HEADER = """\
# Commands

Written by `python tools/command_reference.py` from what each command says with `--help`; do not
edit by hand. Bad input ends every command with one sentence that names the file and line, exit
status 2, and nothing half-written; Ctrl-C with status 130.
"""
_MAIN = 'if __name__ == "__main__":'


def main(words: list[str] | None = None) -> None:
    """Ask every command and write the page."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog="examples:\n  python tools/command_reference.py",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--out", type=Path, default=DOCS / "commands.md", help="the page (docs/commands.md)"
    )
    path = parser.parse_args(words).out

    from flatsort.files.atomic import atomic_writer

    with atomic_writer(path) as handle:
        handle.write(reference(command_lines()))
    print(f"wrote {path}")


def command_lines() -> list[str]:
    """Every command of tools/ and benchmarks/, as a user types it without its words."""

    def modules(folder: str) -> list[str]:
        paths = sorted((PROJECT / folder).glob("*.py"))
        return [path.stem for path in paths if _MAIN in path.read_text(encoding="utf-8")]

    tools = [f"python tools/{name}.py" for name in modules("tools")]
    return tools + [f"python -m benchmarks.{name}" for name in modules("benchmarks")]


def reference(commands: list[str]) -> str:
    """The page: an overview, then each command's help.

    Args:
        commands: as :func:`command_lines` gives them.
    """
    with ThreadPoolExecutor(available_cores()) as pool:
        helps = dict(zip(commands, pool.map(help_of, commands), strict=True))
    overview = [
        f"| [`{command}`](#{_anchor(command)}) | {_purpose(text)} |"
        for command, text in helps.items()
    ]
    sections = [f"## {command}\n\n```text\n{text}\n```" for command, text in helps.items()]
    table = "\n".join(["| command | what for |", "|---|---|", *overview])
    return "\n\n".join([HEADER.strip(), table, *sections]) + "\n"


def help_of(command: str) -> str:
    """What a command answers to --help, and then what those within it do.

    100 characters wide, without blanks at ends of lines.

    Raises:
        CalledProcessError: it fails.
    """
    text = _answer(command)
    usage = text.partition("\n\n")[0]
    inner = re.search(r"\{([\w,-]+)\} \.\.\.$", usage)
    names = inner[1].split(",") if inner else []
    return "\n\n".join([text, *(_answer(f"{command} {name}") for name in names)])


def _answer(command: str) -> str:
    words = [sys.executable, *command.split()[1:], "--help"]
    # argparse is as wide as the terminal, which is somebody's own.
    settings = {**os.environ, "COLUMNS": "100", "PYTHONPATH": str(PROJECT)}
    done = subprocess.run(  # noqa: S603 - our own commands, and no shell
        words, cwd=PROJECT, env=settings, capture_output=True, text=True, check=True
    )
    return "\n".join(line.rstrip() for line in done.stdout.strip().splitlines())


def _purpose(text: str) -> str:
    """The first sentence after the usage."""
    description = text.split("\n\n")[1].replace("\n", " ")
    return description.partition(". ")[0].rstrip(".").replace("|", r"\|")


def _anchor(heading: str) -> str:
    """What GitHub makes of a heading: lower case, no punctuation but - and _, dashes for blanks."""
    kept = (character for character in heading.lower() if character.isalnum() or character in " -_")
    return "".join(kept).replace(" ", "-")


if __name__ == "__main__":
    run(main)
