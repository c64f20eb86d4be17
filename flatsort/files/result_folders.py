"""Find the folders of trackers' results: RESULTS/TRACKER/SEQ.txt."""

from pathlib import Path

from flatsort.errors import InputError


def tracker_folders(results: Path, names: list[str] | None) -> list[Path]:
    """Return the folders of the named trackers, or all folders with text files.

    Args:
        results: the folder that holds one folder per tracker.
        names: the trackers; a name given twice counts once. None or empty: all trackers.

    Raises:
        InputError: a folder is missing; the message lists the trackers that are there.
    """
    if not results.is_dir():
        raise InputError(f"{results}: no such folder: give --results the folder of TRACKER/SEQ.txt")
    there = sorted({path.parent for path in results.glob("*/*.txt")})
    if names:
        for name in names:
            if not (results / name).is_dir():
                known = ", ".join(folder.name for folder in there) or "no trackers"
                raise InputError(f"no tracker {name!r} in {results}; there: {known}")
        return [results / name for name in dict.fromkeys(names)]
    if not there:
        raise InputError(f"{results}: no TRACKER/SEQ.txt here: give --results another folder")
    return there
