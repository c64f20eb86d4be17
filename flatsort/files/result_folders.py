"""Where trackers keep their results: RESULTS/TRACKER/SEQ.txt."""

from pathlib import Path

from flatsort.errors import InputError


def tracker_folders(results: Path, names: list[str] | None) -> list[Path]:
    """The folders of the trackers named, else every folder under RESULTS with text files.

    Args:
        results: the folder that holds one folder for each tracker.
        names: of the trackers; a name given twice counts once.

    Raises:
        InputError: no such folder, or none of that name in it; the message says what is there.
    """
    if not results.is_dir():
        raise InputError(f"{results}: no such folder: say where TRACKER/SEQ.txt are with --results")
    there = sorted({path.parent for path in results.glob("*/*.txt")})
    if names:
        for name in names:
            if not (results / name).is_dir():
                known = ", ".join(folder.name for folder in there) or "no trackers"
                raise InputError(f"no tracker {name!r} in {results}; there: {known}")
        return [results / name for name in dict.fromkeys(names)]
    if not there:
        raise InputError(f"{results}: no TRACKER/SEQ.txt files here: name another --results")
    return there
