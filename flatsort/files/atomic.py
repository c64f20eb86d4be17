"""Write files that appear complete or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TextIO

from flatsort.errors import InputError
from flatsort.reid_vae.whole_file import whole_file


@contextmanager
def atomic_path(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`, and rename it to `path` when the block ends.

    If the block raises, the temporary file is removed and an older file at `path` stays. After a
    kill, the next process that writes into the folder removes the temporary file. Missing parent
    folders are made. If `path` is a symbolic link, the file that it points to is replaced. If
    `path` is a device such as `/dev/stdout`, the device itself is yielded.

    Args:
        path: the file to write.

    Yields:
        The path to write to; its suffix is that of `path`.

    Raises:
        InputError: the file cannot be written, or the disk is full.
    """
    path = Path(path)
    check_writable(path)
    is_device = path.is_relative_to("/dev") or (path.exists() and not path.is_file())
    final = path.resolve() if path.is_symlink() and not is_device else path
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        with nullcontext(final) if is_device else whole_file(final) as target:
            yield target
    except OSError as error:
        raise InputError(f"{path}: cannot write here: {error.strerror}") from error


@contextmanager
def atomic_writer(path: str | Path) -> Iterator[TextIO]:
    """Yield a text handle (UTF-8, line feeds) to a file that :func:`atomic_path` puts in place.

    Bytes of file names that are not UTF-8 are written as codes with a backslash.

    Raises:
        InputError: the file cannot be written, or the disk is full.
    """
    with (
        atomic_path(path) as temporary,
        open(temporary, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as handle,
    ):
        yield handle


def check_writable(path: Path) -> None:
    """Check that a file can be written, before a command spends time on its content.

    Nothing is written.

    Raises:
        InputError: the file cannot be written.
    """
    if path.is_relative_to("/dev"):
        return
    reason = None
    nearest = next(parent for parent in path.parents if parent.exists())
    if path.is_dir():
        reason = "it is a folder; give the name of a file"
    elif not nearest.is_dir():
        reason = f"{nearest} is not a folder"
    elif not os.access(nearest, os.W_OK | os.X_OK):
        reason = f"you have no permission to write to {nearest}"
    if reason:
        raise InputError(f"{path}: cannot write here: {reason}")
