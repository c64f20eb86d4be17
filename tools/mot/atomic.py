"""Write a file whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from tools.errors import InputError


@contextmanager
def atomic_path(path: str | Path) -> Iterator[Path]:
    """A temporary path beside `path`, renamed to `path` when the block ends well.

    When the block raises, the temporary file is removed and whatever stood at `path` stays. Missing
    parent folders are made. Something that is no regular file (`/dev/stdout`) is yielded itself.

    Args:
        path: the file to write.

    Yields:
        The path to write to; it has the same suffix.

    Raises:
        InputError: the file cannot be written there, or the disk is full.
    """
    path = Path(path)
    if path.is_dir():
        raise InputError(f"{path}: cannot write here, it is a folder: give the name of a file")
    special = path.exists() and not path.is_file()
    target = path if special else path.with_name(f".{path.stem}.{os.getpid()}.tmp{path.suffix}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield target
        if not special:
            os.replace(target, path)
    except OSError as error:
        raise InputError(f"{path}: cannot write here: {error.strerror}") from error
    finally:
        if not special:
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
