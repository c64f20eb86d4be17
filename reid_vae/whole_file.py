"""Write files and folders that appear whole or not at all, and remove what killed runs left."""

import os
import re
import shutil
import socket
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_UNFINISHED = re.compile(
    r"\.(?P<name>.+)\.(?P<place>[0-9a-f]{8})-(?P<process>\d+)\.(?P<kind>tmp|old)(\.[^.]+)?"
)
"""Name of an unfinished file or folder. `tmp` is new, `old` is what a new folder replaces."""
_ABANDONED_S = 7 * 24 * 3600
"""Age in seconds from which an unfinished file of another machine counts as left behind: a week,
because this machine cannot tell whether that process still runs."""
_swept: set[Path] = set()


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`, and rename it to `path` when the block ends.

    If the block raises, the temporary file is removed and an older file at `path` stays; it also
    stays if the block leaves no file. If the process is killed, the next process that writes into
    this folder removes the temporary file.

    Args:
        path: the file to write; its folder exists.

    Yields:
        The path to write to; its suffix is that of `path`.

    Raises:
        OSError: the file cannot be put in place.
    """
    sweep(path.parent)
    temporary = path.with_name(f".{path.stem}.{_owner()}.tmp{path.suffix}")
    try:
        yield temporary
        if temporary.exists():
            os.replace(temporary, path)
    finally:
        # If the parent is a file, there is nothing to remove and unlink() fails.
        with suppress(OSError):
            temporary.unlink()


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """Yield a new folder beside `folder`, and put it in the place of `folder` when the block ends.

    An older folder is removed after that. If the block raises, or if the process is killed, the
    older folder stays; after a kill between two renames, the next process that writes beside it
    gives it its name back.

    Args:
        folder: the folder to write; its parent exists.

    Yields:
        An empty folder.

    Raises:
        OSError: the folder cannot be made, or cannot be put in place.
    """
    sweep(folder.parent)
    made = folder.with_name(f".{folder.name}.{_owner()}.tmp")
    retired = made.with_suffix(".old")
    made.mkdir()
    try:
        yield made
        if folder.exists():
            folder.rename(retired)
        try:
            made.rename(folder)
        except BaseException:
            if retired.exists():
                retired.rename(folder)
            raise
    finally:
        shutil.rmtree(made, ignore_errors=True)
        shutil.rmtree(retired, ignore_errors=True)


def sweep(folder: Path) -> None:
    """Remove the unfinished files and folders of processes that have ended, once per process.

    A folder that was about to be replaced gets its name back if nothing has taken its place.

    Args:
        folder: the folder to sweep; subfolders are left alone.
    """
    # Windows has no harmless signal that tells whether a process runs.
    if folder in _swept or os.name == "nt":
        return
    _swept.add(folder)
    with suppress(OSError):
        for entry in list(os.scandir(folder)):
            match = _UNFINISHED.fullmatch(entry.name)
            if match and _is_abandoned(entry, match["place"], int(match["process"])):
                _remove(Path(entry.path), match["name"], match["kind"])


def _remove(path: Path, name: str, kind: str) -> None:
    with suppress(OSError):
        if kind == "old" and not path.with_name(name).exists():
            path.rename(path.with_name(name))
        elif path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()


def _is_abandoned(entry: os.DirEntry[str], place: str, process: int) -> bool:
    if place != _place():
        return time.time() - entry.stat(follow_symlinks=False).st_mtime > _ABANDONED_S
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        # The process of another user runs, or no process can have this number.
        return False
    return False


def _owner() -> str:
    return f"{_place()}-{os.getpid()}"


def _place() -> str:
    """Return eight hexadecimal digits of the machine and the container, which number processes."""
    try:
        numbering = os.readlink("/proc/self/ns/pid")
    except OSError:
        numbering = ""
    return f"{zlib.crc32(f'{socket.gethostname()} {numbering}'.encode()):08x}"
