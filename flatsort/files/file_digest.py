"""Tell whether a file is the one that was meant: its SHA-256."""

import hashlib
from pathlib import Path

from flatsort.errors import InputError


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file as hexadecimal text.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path}: cannot read: {error.strerror}") from error
