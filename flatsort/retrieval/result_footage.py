"""Open result files together with the footage that they belong to."""

from collections.abc import Sequence as Items
from dataclasses import dataclass
from pathlib import Path

from flatsort.errors import InputError
from flatsort.files.mot_files import Rows, read_results
from flatsort.sources.registry import open_source
from flatsort.sources.source import Source
from flatsort.tracking.run_record import read_run_record

_ENDLESS = 2**53
"""Largest frame number accepted: the length of a video is unknown, as its header may be wrong."""


@dataclass(frozen=True)
class ResultSet:
    """One result file with its footage.

    Attributes:
        name: unique name, the first part of its tracks' names.
        rows: the rows of the result file.
        source: the frames, not opened yet.
    """

    name: str
    rows: Rows
    source: Source


def open_result_sets(
    paths: Items[Path], words: Items[str] | None, mot_root: str | None
) -> list[ResultSet]:
    """Read all result files, then find the footage of each.

    Args:
        paths: the result files.
        words: the footage of each file, in the form of --source of tools/track.py. None takes the
            footage that the record beside each file names, or else the sequence that has the
            file's name.
        mot_root: folder in which sequences are looked up by name.

    Raises:
        InputError: a file is missing or wrong, or its footage is missing or live.
    """
    if words is not None and len(words) != len(paths):
        raise InputError(
            f"--source names {len(words)}, but there are {len(paths)} result files: name the "
            "footage of each file, in the same order"
        )
    names = _names(paths)
    tables = [read_results(path, _ENDLESS) for path in paths]
    words = words or [_recorded(path) for path in paths]
    return [
        ResultSet(name, rows, _open(path, word, mot_root))
        for name, rows, path, word in zip(names, tables, paths, words, strict=True)
    ]


def _recorded(path: Path) -> str:
    """Return the footage that the record beside a result file names, or else the file's stem.

    Raises:
        InputError: the record names an address of a network: only the user may do that, because a
            record may come from anybody.
    """
    record = read_run_record(path)
    if record is not None and "://" in record.source:
        raise InputError(
            f"{path}: its record names the address {record.source}, which is opened only if you "
            "name it: give --source"
        )
    return path.stem if record is None else record.source


def _open(path: Path, word: str, mot_root: str | None) -> Source:
    """Open the footage of a result file; it must be possible to read its frames again."""
    advice = f"{path}: name its footage with --source"
    # A camera is refused before open_source(), which would switch it on.
    if word.isdecimal() and not Path(word).exists():
        raise InputError(f"{advice}: the frames of camera {word} cannot be read again")
    try:
        source = open_source(word, mot_root)
    except InputError as error:
        raise InputError(f"{advice}: {error}") from error
    if source.is_live:
        with source:
            raise InputError(f"{advice}: the frames of {source.location} cannot be read again")
    return source


def _names(paths: Items[Path]) -> list[str]:
    """Return the stems of the files, or TRACKER/SEQ if two stems are equal."""
    for names in (
        [path.stem for path in paths],
        [f"{path.absolute().parent.name}/{path.stem}" for path in paths],
    ):
        if len(set(names)) == len(names):
            return names
    twice = next(name for place, name in enumerate(names) if name in names[:place])
    raise InputError(f"--results has two files called {twice}: give each once, or rename one")
