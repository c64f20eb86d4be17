"""Write a file whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from tools.errors import InputError


@contextmanager
def atomic_writer(path: str | Path) -> Iterator[TextIO]:
    """Open a temporary file beside `path`; rename it to `path` when the block ends well.

    When the block raises, the temporary file is removed and whatever stood at `path` stays. Missing
    parent folders are made. Something that is no regular file (`/dev/stdout`) is written directly.

    Args:
        path: the file to write.

    Yields:
        A text handle, UTF-8 with plain line feeds.

    Raises:
        InputError: the file cannot be written there.
    """
    path = Path(path)
    if path.is_dir():
        raise InputError(f"{path}: cannot write here, it is a folder: give the name of a file")
    special = path.exists() and not path.is_file()
    target = path if special else path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle = open(target, "w", encoding="utf-8", newline="\n")  # noqa: SIM115
    except OSError as error:
        raise InputError(f"{path}: cannot write here: {error.strerror}") from error
    try:
        with handle:
            yield handle
        if not special:
            os.replace(target, path)
    except BaseException:
        if not special:
            target.unlink(missing_ok=True)
        raise


def replace_file(path: str | Path, data: bytes) -> None:
    """Write bytes to `path`, whole or not at all; missing parent folders are made.

    Raises:
        InputError: the file cannot be written there.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(data)
        os.replace(temporary, path)
    except OSError as error:
        # Where the parent is a file there is nothing to remove, and looking would fail too.
        with suppress(OSError):
            temporary.unlink()
        raise InputError(f"{path}: cannot write here: {error.strerror}") from error
