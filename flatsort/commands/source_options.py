"""The options of a command that takes several sources at once."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flatsort.sources.source import Source


def add_source_words(group: argparse._MutuallyExclusiveGroup) -> None:
    """Add the words SOURCE, and --source or --sources instead; :func:`given_sources` reads them.

    Args:
        group: a mutually exclusive group.
    """
    # argparse counts words as given unless they are this very default.
    nobody: tuple[str, ...] = ()
    group.add_argument(
        "footage", nargs="*", default=nobody, metavar="SOURCE", help="the same as --source SOURCE"
    )
    group.add_argument(
        "--source",
        nargs="+",
        metavar="FILE|FOLDER|N|URL",
        help="your own footage, see below; several sources are tracked at the same time",
    )
    group.add_argument(
        "--sources",
        type=Path,
        metavar="FILE",
        help="a text file with one source per line; lines that begin with # are comments",
    )


def given_sources(arguments: argparse.Namespace) -> dict[str, str] | None:
    """Return the sources on a command line with :func:`add_source_words`, and their origins.

    Returns:
        Word -> origin, such as "cameras.txt, line 3", or "" for the command line; None without
        sources.

    Raises:
        InputError: the file of --sources cannot be read or names a source twice, or two words of
            the command line are equal.
    """
    from flatsort.errors import InputError
    from flatsort.sources.source_list import read_source_list

    if arguments.sources is not None:
        lines = read_source_list(arguments.sources)
        return {word: f"{arguments.sources}, line {line}" for word, line in lines.items()}
    words = list(arguments.source or arguments.footage)
    twice = next((word for word in words if words.count(word) > 1), None)
    if twice is not None:
        raise InputError(f"--source {twice}: it is given twice: leave out one")
    return dict.fromkeys(words, "") or None


def open_given_source(word: str, arguments: argparse.Namespace) -> "Source":
    """Open one of the sources on a command line.

    Raises:
        InputError: it cannot be opened; the message names the line of the file of --sources.
    """
    from flatsort.errors import InputError
    from flatsort.sources.registry import open_source

    try:
        return open_source(word, arguments.mot_root, arguments.fps, timeout=arguments.timeout)
    except InputError as error:
        origin = arguments.origins[word]
        raise InputError(f"{origin}: {error}" if origin else str(error)) from error
