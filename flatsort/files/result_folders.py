"""Find the folders of trackers' results: RESULTS/TRACKER/SEQ.txt.

TrackEval lays them out as RESULTS/TRACKER/data/SEQ.txt, which is found too.
"""

from pathlib import Path

from flatsort.errors import InputError

_NESTED = "data"
"""Name of the folder in which TrackEval keeps a tracker's files."""


def files_folder(folder: Path) -> Path:
    """Return the folder that holds a tracker's files: its own folder, or data/ in it."""
    nested = folder / _NESTED
    is_nested = nested.is_dir() and not any(folder.glob("*.txt"))
    return nested if is_nested else folder


def tracker_name(folder: Path) -> str:
    """Return the name of the tracker whose files lie in a folder of :func:`tracker_folders`."""
    return folder.parent.name if folder.name == _NESTED else folder.name


def tracker_folders(results: Path, names: list[str] | None) -> list[Path]:
    """Return the folders with the files of the named trackers, or all folders with text files.

    Args:
        results: the folder that holds one folder per tracker.
        names: the trackers; a name given twice counts once. None or empty: all trackers.

    Raises:
        InputError: a folder is missing; the message lists the trackers that are there.
    """
    if not results.is_dir():
        raise InputError(f"{results}: no such folder: give --results the folder of TRACKER/SEQ.txt")
    own = {path.parent for path in results.glob("*/*.txt")}
    nested = {path.parent for path in results.glob(f"*/{_NESTED}/*.txt")}
    there = sorted(own | {folder for folder in nested if folder.parent not in own})
    if names:
        for name in names:
            if not (results / name).is_dir():
                known = ", ".join(map(tracker_name, there)) or "no trackers"
                raise InputError(f"no tracker {name!r} in {results}; there: {known}")
        return [files_folder(results / name) for name in dict.fromkeys(names)]
    if not there:
        raise InputError(f"{results}: no TRACKER/SEQ.txt here: give --results another folder")
    return there
