"""Write a file whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from flatsort.errors import InputError


@contextmanager
def atomic_path(path: str | Path) -> Iterator[Path]:
    """A temporary path beside `path`, renamed to `path` when the block ends well.

    When the block raises, the temporary file is removed and whatever stood at `path` stays. Missing
    parent folders are made. A link stays one, the file it points to is replaced; a device
    (`/dev/stdout`, whatever it is connected to) is yielded itself.

    Args:
        path: the file to write.

    Yields:
        The path to write to; it has the same suffix.

    Raises:
        InputError: the file cannot be written there, or the disk is full.
    """
    path = Path(path)
    check_writable(path)
    is_device = path.is_relative_to("/dev") or (path.exists() and not path.is_file())
    final = path.resolve() if path.is_symlink() and not is_device else path
    temporary = final.with_name(f".{final.stem}.{os.getpid()}.tmp{final.suffix}")
    target = final if is_device else temporary
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield target
        if not is_device:
            os.replace(target, final)
    except OSError as error:
        raise InputError(f"{path}: cannot write here: {error.strerror}") from error
    finally:
        if not is_device:
            # Where a parent is a file there is nothing to remove, and looking fails too.
            with suppress(OSError):
                target.unlink()


@contextmanager
def atomic_writer(path: str | Path) -> Iterator[TextIO]:
    """A text handle (UTF-8, plain line feeds) to a file that appears as :func:`atomic_path` says.

    Raises:
        InputError: the file cannot be written there, or the disk is full.
    """
    with (
        atomic_path(path) as temporary,
        open(temporary, "w", encoding="utf-8", newline="\n") as handle,
    ):
        yield handle


def check_writable(path: Path) -> None:
    """Find out before an hour's work, not after it, whether a file can be made; makes nothing.

    Raises:
        InputError: it cannot.
    """
    if path.is_relative_to("/dev"):
        return
    reason = None
    nearest = next(parent for parent in path.parents if parent.exists())
    if path.is_dir():
        reason = "it is a folder, give the name of a file"
    elif not nearest.is_dir():
        reason = f"{nearest} is not a folder"
    elif not os.access(nearest, os.W_OK | os.X_OK):
        reason = f"{nearest} may not be written to"
    if reason:
        raise InputError(f"{path}: cannot write here: {reason}")
