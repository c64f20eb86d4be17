"""Result files, and the footage that they are about."""

from collections.abc import Sequence as Items
from dataclasses import dataclass
from pathlib import Path

from flatsort.errors import InputError
from flatsort.files.mot_files import Rows, read_results
from flatsort.sources.registry import open_source
from flatsort.sources.source import Source
from flatsort.tracking.run_record import read_run_record

# Results of a video are read without knowing how long it is: a header may be wrong about that.
_ENDLESS = 2**53


@dataclass(frozen=True)
class ResultSet:
    """The tracks of one camera.

    Attributes:
        name: by which they are called.
        rows: of the result file.
        source: its frames.
    """

    name: str
    rows: Rows
    source: Source


def open_result_sets(
    paths: Items[Path], words: Items[str] | None, mot_root: str | None
) -> list[ResultSet]:
    """Read result files, then open their footage.

    Args:
        paths: of the result files.
        words: the footage of each, as for tools/track.py's --source; if None, what the record
            beside the file says, else the sequence of the file's name.
        mot_root: where sequences are looked up by name.

    Raises:
        InputError: a file is missing or wrong, or there is no footage that can be seen again.
    """
    if words is not None and len(words) != len(paths):
        raise InputError(
            f"--source: {len(words)} for {len(paths)} result files: give one for each, in order"
        )
    names = _names(paths)
    tables = [read_results(path, _ENDLESS) for path in paths]
    words = words or [_recorded(path) for path in paths]
    return [
        ResultSet(name, rows, _open(path, word, mot_root))
        for name, rows, path, word in zip(names, tables, paths, words, strict=True)
    ]


def _recorded(path: Path) -> str:
    record = read_run_record(path)
    return path.stem if record is None else record.source


def _open(path: Path, word: str, mot_root: str | None) -> Source:
    tell = f"{path}: say where its frames are with --source"
    # Not opened: that would switch a camera on.
    if word.isdecimal() and not Path(word).exists():
        raise InputError(f"{tell}: a camera's ({word}) pass by once")
    try:
        source = open_source(word, mot_root)
    except InputError as error:
        raise InputError(f"{tell}: {error}") from error
    if source.is_live:
        with source:
            raise InputError(f"{tell}: those of {source.location} pass by once")
    return source


def _names(paths: Items[Path]) -> list[str]:
    """The files' stems; where two are alike TRACKER/SEQ."""
    for names in (
        [path.stem for path in paths],
        [f"{path.absolute().parent.name}/{path.stem}" for path in paths],
    ):
        if len(set(names)) == len(names):
            return names
    twice = next(name for place, name in enumerate(names) if name in names[:place])
    raise InputError(f"--results: two files are called {twice}: give each once, or rename one")
