"""Apply edits to tracks: cut them into parts, and join the parts that show one person."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from flatsort.correction.edits import Edit
from flatsort.errors import InputError
from flatsort.files.mot_files import Rows


def apply_edits(rows: Rows, edits: Sequence[Edit], where: str) -> Rows:
    """Return the boxes with corrected identities, without false tracks.

    All edits name the tracks as they are in `rows`, so their order does not matter. People who are
    joined get the identity of their first part. A part that a split has cut off gets a new one.

    Args:
        rows: the results; each identity once per frame.
        edits: the edits.
        where: name of the edits file, for messages.

    Raises:
        InputError: an edit names no track, two edits contradict each other, or a person would be
            in one frame twice; the message names the edit.
    """
    ids, kept = corrected_identities(rows, edits, where)
    return replace(rows, ids=ids).select(np.flatnonzero(kept))


def corrected_identities(
    rows: Rows, edits: Sequence[Edit], where: str
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return (N,) the corrected identity of each row, and (N,) whether it shows somebody.

    Args and errors are those of :func:`apply_edits`.
    """
    parts = _Parts(rows, edits, where)
    for number, edit in enumerate(edits, 1):
        if edit.kind == "swap":
            parts.swap(number, edit)
        elif edit.kind == "merge":
            parts.merge(number, edit)
        elif edit.kind == "false":
            parts.remove(edit)
    return parts.identities()


class _Parts:
    """The parts of all tracks, and which of them show one person.

    Args:
        rows: the results.
        edits: the edits; swaps and splits cut tracks.
        where: name of the edits file, for messages.
    """

    def __init__(self, rows: Rows, edits: Sequence[Edit], where: str) -> None:
        self._rows, self._where = rows, where
        self._cuts: dict[int, list[int]] = {}
        known = set(rows.ids.tolist())
        for number, edit in enumerate(edits, 1):
            for identity in edit.ids:
                if identity not in known:
                    self._fail(number, edit, f"the results have no track {identity}")
                cuts = self._cuts.setdefault(identity, [])
                if edit.kind in ("swap", "split"):
                    if edit.frame in cuts:
                        self._fail(number, edit, f"another edit cuts track {identity} there")
                    cuts.append(edit.frame)
        self._part_of = np.zeros(len(rows), np.int64)
        """Number of the part of each row, within its track."""
        for identity, cuts in self._cuts.items():
            own = rows.ids == identity
            self._part_of[own] = np.searchsorted(sorted(cuts), rows.frames[own], side="right")
        self._joined: dict[tuple[int, int], tuple[int, int]] = {}
        self._false: set[tuple[int, int]] = set()

    def swap(self, number: int, edit: Edit) -> None:
        """Join the part of each track before the frame with the other track's part after it."""
        one, other = edit.ids
        changed = False
        for before, after in ((one, other), (other, one)):
            index = [np.searchsorted(sorted(self._cuts[each]), edit.frame) for each in edit.ids]
            places = dict(zip(edit.ids, map(int, index), strict=True))
            first, second = (before, places[before]), (after, places[after] + 1)
            if len(self._rows_of(first)) and len(self._rows_of(second)):
                self._join(number, edit, first, second)
                changed = True
        if not changed:
            self._fail(number, edit, "neither track goes on as the other one there")

    def merge(self, number: int, edit: Edit) -> None:
        """Join the parts of two tracks that are nearest to the frame."""
        self._join(number, edit, *(self._nearest(each, edit.frame) for each in edit.ids))

    def remove(self, edit: Edit) -> None:
        """Remove the part of a track that is nearest to the frame."""
        self._false.add(self._nearest(edit.ids[0], edit.frame))

    def identities(self) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return (N,) the identity of each row, and (N,) whether the row stays."""
        rows = self._rows
        keys = list(zip(rows.ids.tolist(), self._part_of.tolist(), strict=True))
        kept = np.array([key not in self._false for key in keys], bool)
        first: dict[tuple[int, int], tuple[int, tuple[int, int]]] = {}
        for key, frame in zip(keys, rows.frames.tolist(), strict=True):
            root = self._root(key)
            first[root] = min(first.get(root, (frame, key)), (frame, key))
        names: dict[tuple[int, int], int] = {}
        taken: set[int] = set()
        following = int(rows.ids.max(initial=0)) + 1
        # The earliest part of a person gives the identity; a second person of that name is new.
        for root, (_, (identity, _)) in sorted(first.items(), key=lambda item: item[1]):
            if identity in taken:
                identity, following = following, following + 1
            names[root] = identity
            taken.add(identity)
        ids = np.array([names[self._root(key)] for key in keys], np.int64)
        return ids, kept

    def _rows_of(self, part: tuple[int, int]) -> NDArray[np.intp]:
        return np.flatnonzero((self._rows.ids == part[0]) & (self._part_of == part[1]))

    def _nearest(self, identity: int, frame: int) -> tuple[int, int]:
        """Return the part of a track whose boxes are nearest to a frame."""
        own = np.flatnonzero(self._rows.ids == identity)
        nearest = own[np.argmin(np.abs(self._rows.frames[own] - frame))]
        return identity, int(self._part_of[nearest])

    def _join(self, number: int, edit: Edit, one: tuple[int, int], other: tuple[int, int]) -> None:
        """Say that two parts show one person, who is in no frame twice."""
        roots = [self._root(part) for part in (one, other)]
        if roots[0] == roots[1]:
            return
        frames = [
            np.concatenate([self._rows.frames[self._rows_of(part)] for part in self._group(root)])
            for root in roots
        ]
        common = np.intersect1d(*frames)
        if len(common):
            self._fail(number, edit, f"the person would be in frame {common[0]} twice")
        self._joined[roots[1]] = roots[0]

    def _group(self, root: tuple[int, int]) -> list[tuple[int, int]]:
        return [root, *(part for part in self._joined if self._root(part) == root)]

    def _root(self, part: tuple[int, int]) -> tuple[int, int]:
        while part in self._joined:
            part = self._joined[part]
        return part

    def _fail(self, number: int, edit: Edit, reason: str) -> None:
        raise InputError(f"{self._where}, edit {number} ({edit.words()}): {reason}")
