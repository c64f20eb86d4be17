"""Read the edits file that the page of a run saves: corrections of identities, each at a frame.

{"results": "walk.txt", "sha256": "...", "edits": [
  {"kind": "swap", "frame": 120, "ids": [3, 7]},
  {"kind": "merge", "frame": 200, "ids": [4, 9]},
  {"kind": "split", "frame": 80, "ids": [5]},
  {"kind": "false", "frame": 90, "ids": [6]}]}
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flatsort.errors import InputError
from flatsort.files.json_values import read_json
from flatsort.files.seqinfo import LARGEST

KINDS = {"swap": 2, "merge": 2, "split": 1, "false": 1}
"""Kind of an edit -> number of its tracks."""
_ADVICE = "save one on the page of the run"


@dataclass(frozen=True)
class Edit:
    """One correction. Tracks have the identities that they have in the results, before all edits.

    Attributes:
        kind: "swap": from the frame on, two tracks have each other's identity. "merge": the parts
            of two tracks that are nearest to the frame show one person. "split": from the frame on,
            a track shows somebody else. "false": the part of a track that is nearest to the frame
            shows nobody. Swaps and splits divide tracks into parts.
        frame: number of the frame.
        ids: the tracks.
    """

    kind: str
    frame: int
    ids: tuple[int, ...]

    def words(self) -> str:
        """Return the edit as text."""
        return f"{self.kind} {' and '.join(map(str, self.ids))} in frame {self.frame}"

    def facts(self) -> dict[str, Any]:
        """Return the edit as it stands in files."""
        return {"kind": self.kind, "frame": self.frame, "ids": list(self.ids)}


@dataclass(frozen=True)
class Edits:
    """The edits of one file.

    Attributes:
        path: the file.
        digest: SHA-256 of the result file whose tracks the edits name.
        edits: the edits.
    """

    path: Path
    digest: str
    edits: tuple[Edit, ...]


def read_edits(path: Path) -> Edits:
    """Read an edits file.

    Raises:
        InputError: the file cannot be read, or an edit is wrong; the message names its number.
    """
    try:
        content = read_json(path, _ADVICE)
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file: {_ADVICE}") from error
    known = content if isinstance(content, dict) else {}
    digest, found = known.get("sha256"), known.get("edits")
    if not isinstance(digest, str) or not isinstance(found, list):
        raise InputError(f"{path}: not an edits file: {_ADVICE}")
    edits = tuple(_edit(path, number, each) for number, each in enumerate(found, 1))
    if not edits:
        raise InputError(f"{path} has no edits: mark some on the page of the run")
    return Edits(path, digest, edits)


def _edit(path: Path, number: int, values: Any) -> Edit:
    """Return one edit of a file, checked."""
    kind = values.get("kind") if isinstance(values, dict) else None
    if not isinstance(kind, str) or kind not in KINDS:
        raise InputError(f"{path}, edit {number}: the kind must be one of {', '.join(KINDS)}")
    frame, ids = values.get("frame"), values.get("ids")
    if not _is_whole(frame) or frame < 1:
        raise InputError(f"{path}, edit {number}: the frame must be a whole number from 1")
    if not isinstance(ids, list) or not all(map(_is_whole, ids)) or len(set(ids)) != KINDS[kind]:
        raise InputError(
            f"{path}, edit {number}: a {kind} has {KINDS[kind]} track(s) in ids, different ones"
        )
    return Edit(kind, frame, tuple(ids))


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST
