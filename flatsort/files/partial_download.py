"""The unfinished file of a download, and the notes that are needed to continue it."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from flatsort.files.json_values import parse_json


def part_path(path: Path) -> Path:
    """Return the file that holds the bytes of `path` until the download is complete."""
    return path.with_name(path.name + ".part")


class Part:
    """NAME.part, and beside it NAME.part.json with the file's address and HTTP validator.

    Args:
        path: the .part file; an earlier run may have left it.
        url: the address from which the rest is downloaded.

    Attributes:
        answered: whether the server has answered in this run.
    """

    def __init__(self, path: Path, url: str) -> None:
        self.path = path
        self.url = url
        self.answered = False
        self._notes = path.with_name(path.name + ".json")

    def size(self) -> int:
        """Return the number of bytes on disk."""
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0

    def resumable(self) -> tuple[int, str]:
        """Return the number of bytes to continue from, and the validator of their file.

        Returns:
            (0, "") if the bytes came from another address or if the server named no validator:
            then the rest may belong to another file.
        """
        url, validator = self._read_notes()
        if url != self.url or not validator or not self.size():
            return 0, ""
        return self.size(), validator

    def open_at(self, offset: int, headers: Mapping[str, str]) -> BinaryIO:
        """Open the .part file for writing at a byte; at byte 0, write new notes first.

        Raises:
            OSError: the file cannot be written.
        """
        if not offset:
            # This order never leaves old bytes beside a new validator.
            self.remove()
            notes = {"url": self.url, "validator": _validator(headers)}
            self._notes.write_text(json.dumps(notes), encoding="utf-8")
        file = self.path.open("r+b" if offset else "wb")
        file.seek(offset)
        file.truncate()
        return file

    def finish(self, path: Path) -> None:
        """Rename the complete .part file and remove the notes.

        Raises:
            OSError: the file cannot be renamed.
        """
        os.replace(self.path, path)
        self._notes.unlink(missing_ok=True)

    def remove_if_useless(self) -> None:
        """Remove a .part file that cannot be continued: it is empty or has no validator."""
        url, validator = self._read_notes()
        if not self.size() or (url and not validator):
            self.remove()

    def remove(self) -> None:
        """Remove the .part file and its notes."""
        self.path.unlink(missing_ok=True)
        self._notes.unlink(missing_ok=True)

    def _read_notes(self) -> tuple[str, str]:
        """Return address and validator; both are empty if the notes are missing or damaged."""
        try:
            notes = parse_json(self._notes.read_text(encoding="utf-8"))
            url, validator = str(notes["url"]), str(notes["validator"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return "", ""
        # An HTTP header can carry printable ASCII only.
        return url, validator if validator.isascii() and validator.isprintable() else ""


def _validator(headers: Mapping[str, str]) -> str:
    """Return the value for If-Range: a strong ETag, else the date of the last change, else ""."""
    tag = headers.get("ETag", "")
    return tag if tag.startswith('"') else headers.get("Last-Modified", "")
