"""The files that a unit reads: recognise them on another machine, or carry them there."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flatsort.errors import InputError

MOST_CARRIED = 1 << 30
"""Greatest size in bytes of the files that are sent with a unit, 1 GiB: the scheduler and the
worker hold them in memory."""
_COMPARED = 1 << 20
"""Bytes at the beginning of each file that are compared, 1 MiB: all of an image or a table, and
enough to tell two videos of the same size apart."""


@dataclass(frozen=True)
class Input:
    """A file, or some files of a folder, that a unit reads.

    Attributes:
        root: absolute path of the file or folder.
        names: paths of the files in the folder, relative to it; empty for a file.
    """

    root: Path
    names: tuple[str, ...] = ()

    @property
    def files(self) -> dict[str, Path]:
        """Relative name -> path of each file; the name of a single file is its own."""
        if not self.names:
            return {self.root.name: self.root}
        return {name: self.root / name for name in self.names}


def fingerprint(found: Input) -> str | None:
    """Return a text that differs between two versions of the files; None if a file is missing.

    It covers the name, the size and the first mebibyte of each file.
    """
    digest = hashlib.sha256()
    try:
        for name, path in found.files.items():
            with open(path, "rb") as file:
                digest.update(f"{name}\0{os.fstat(file.fileno()).st_size}\0".encode())
                digest.update(file.read(_COMPARED))
    except OSError:
        return None
    return digest.hexdigest()


def pack_all(inputs: list[Input]) -> dict[Path, dict[str, bytes]]:
    """Return the content of the files of all inputs: root -> relative name -> content.

    Raises:
        InputError: the files are too large to be sent.
        OSError: a file cannot be read.
    """
    sizes = {
        found.root: sum(path.stat().st_size for path in found.files.values()) for found in inputs
    }
    total = sum(sizes.values())
    if total > MOST_CARRIED:
        largest = max(sizes, key=lambda root: sizes[root])
        raise InputError(
            f"{largest}: {total / 2**30:.1f} GiB are too much to send to a worker: put it on "
            "storage that all workers see at the same path"
        )
    return {
        found.root: {name: path.read_bytes() for name, path in found.files.items()}
        for found in inputs
    }


def unpack(found: Input, content: Mapping[str, bytes], folder: Path) -> Path:
    """Write the files of an input into a folder.

    Returns:
        The path that takes the place of the input's root; its last part has the same name.
    """
    place = folder / found.root.name
    base = place if found.names else folder
    for name, data in content.items():
        path = base / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return place


def files_in(folder: Path) -> dict[str, bytes]:
    """Return the content of all files in a folder and its subfolders, by their relative paths."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
