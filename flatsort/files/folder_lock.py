"""Keep two processes from working in one folder at the same time."""

from pathlib import Path
from typing import IO

from flatsort.errors import InputError

try:
    import fcntl
except ImportError:  # Windows has no such locks.
    fcntl = None

_NAME = ".lock"


def lock_folder(folder: Path) -> IO[str]:
    """Lock a folder, which is made if it is missing.

    The system releases the lock when the file is closed, also if the process is killed.

    Args:
        folder: the folder.

    Returns:
        The open file of the lock; as a context manager it holds the lock until the block ends.

    Raises:
        InputError: another process has the lock, or the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = open(folder / _NAME, "w", encoding="utf-8")  # noqa: SIM115 - the caller closes it
    except OSError as error:
        raise InputError(f"{folder}: cannot write here: {error.strerror}") from error
    if fcntl is None:
        return file
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise InputError(
            f"{folder}: another process is working here: wait until it has ended, or take another "
            "name"
        ) from error
    return file
