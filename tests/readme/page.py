"""The commands and programs of a Markdown page, in order."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

SHELLS = {"sh", "bash", "shell"}
# Text in backquotes is a command if it begins with one of these words and has more words.
_PROGRAMS = (
    "python",
    "python3.11",
    "make",
    "pip",
    "flatsort",
    "torchrun",
    "tensorboard",
    "apt-get",
    ".",
)
_COMMENT = re.compile(r"(?:^|\s)#\s(?P<text>.*)$", re.DOTALL)


@dataclass(frozen=True)
class Command:
    """One command of a page.

    Attributes:
        printed: the text on the page with its comment; a backslash joins lines to one command.
        line: line number in the page, from 1.
    """

    printed: str
    line: int

    @property
    def words(self) -> str:
        """The command on one line, without its comment."""
        bare = _COMMENT.sub("", self.printed).replace("\\\n", " ")
        return " ".join(bare.split())

    @property
    def promised(self) -> Path | None:
        """The file or folder that the comment promises: ``# -> results/a.txt``."""
        comment = _COMMENT.search(self.printed)
        promise = re.search(r"-> (\S+)", comment["text"]) if comment else None
        return Path(promise[1]) if promise else None


@dataclass(frozen=True)
class Program:
    """One Python program.

    Attributes:
        text: the source code.
        line: line number in the page, from 1.
    """

    text: str
    line: int

    @property
    def name(self) -> str:
        """The file name in its first line (``# my_reid.py``), or else one with the line number."""
        named = re.match(r"# (\S+\.py)\n", self.text)
        return named[1] if named else f"program_{self.line}.py"


def steps(text: str) -> list[Command | Program]:
    """Return the commands and programs of a page, in order.

    Commands are the lines of indented blocks and of shell blocks, and text in backquotes that
    begins with one of _PROGRAMS. Programs are the Python blocks. All other text is ignored.

    Args:
        text: Markdown.

    Raises:
        ValueError: a fenced block names no language. The message gives the line.
    """
    return [
        step
        for token in MarkdownIt("commonmark").parse(text)
        if token.map is not None
        for step in _steps_of(token, token.map[0] + 1)
    ]


def _steps_of(token: Token, line: int) -> Iterator[Command | Program]:
    if token.type == "fence":
        language = token.info.strip()
        if not language:
            raise ValueError(f"line {line}: the block names no language: write one after ```")
        if language in SHELLS:
            yield from _commands(token.content, line + 1)
        elif language == "python":
            yield Program(token.content, line)
    elif token.type == "code_block":
        yield from _commands(token.content, line)
    elif token.type == "inline":
        for child in token.children or []:
            first, _, rest = child.content.partition(" ")
            if child.type == "code_inline" and first in _PROGRAMS and rest:
                yield Command(child.content, line)


def _commands(block: str, first_line: int) -> Iterator[Command]:
    line = first_line
    for printed in re.split(r"(?<!\\)\n", block):
        if _COMMENT.sub("", printed).strip():
            yield Command(printed.strip(), line)
        line += printed.count("\n") + 1
