"""The unfinished file of a download, and what must be known to go on with it."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO


def part_path(path: Path) -> Path:
    """Where the bytes of `path` are while it is not whole."""
    return path.with_name(path.name + ".part")


class Part:
    """NAME.part, with NAME.part.json beside it: the address it is from and its validator there.

    Args:
        path: the .part file, which may be there from before.
        url: where the rest would come from.

    Attributes:
        answered: whether the server has been reached in this run.
    """

    def __init__(self, path: Path, url: str):
        self.path = path
        self.url = url
        self.answered = False
        self._notes = path.with_name(path.name + ".json")

    def size(self) -> int:
        """How many bytes are there."""
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0

    def resumable(self) -> tuple[int, str]:
        """How many bytes can be gone on from, and the validator of the file they are of.

        (0, "") where the file came from another address, or its server named no validator: then
        nothing tells whether the rest belongs to the same file.
        """
        url, validator = self._read_notes()
        if url != self.url or not validator or not self.size():
            return 0, ""
        return self.size(), validator

    def open_at(self, offset: int, headers: Mapping[str, str]) -> BinaryIO:
        """Open for writing from a byte on, noting first whose bytes they will be.

        Raises:
            OSError: it cannot be written.
        """
        if not offset:
            # In this order no moment has the old bytes beside the new validator.
            self.remove()
            notes = {"url": self.url, "validator": _validator(headers)}
            self._notes.write_text(json.dumps(notes), encoding="utf-8")
        file = self.path.open("r+b" if offset else "wb")
        file.seek(offset)
        file.truncate()
        return file

    def finish(self, path: Path) -> None:
        """Give the whole file its name.

        Raises:
            OSError: it cannot be renamed.
        """
        os.replace(self.path, path)
        self._notes.unlink(missing_ok=True)

    def remove_if_useless(self) -> None:
        """Remove what nobody could go on from: it is empty, or its server named no validator."""
        url, validator = self._read_notes()
        if not self.size() or (url and not validator):
            self.remove()

    def remove(self) -> None:
        """Remove both files."""
        self.path.unlink(missing_ok=True)
        self._notes.unlink(missing_ok=True)

    def _read_notes(self) -> tuple[str, str]:
        """Address and validator; empty where there are no notes or they are damaged."""
        try:
            notes = json.loads(self._notes.read_text(encoding="utf-8"))
            url, validator = str(notes["url"]), str(notes["validator"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return "", ""
        # Anything else could not be sent in a header.
        return url, validator if validator.isascii() and validator.isprintable() else ""


def _validator(headers: Mapping[str, str]) -> str:
    """What If-Range takes: a strong ETag, else the date of the last change, else nothing."""
    tag = headers.get("ETag", "")
    return tag if tag.startswith('"') else headers.get("Last-Modified", "")
