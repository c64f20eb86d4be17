"""Features kept between runs, so that no crop of a sequence is encoded twice."""

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from flatsort.descriptors.descriptor import Descriptor
from flatsort.descriptors.feature_rows import FeatureRows
from flatsort.errors import InputError
from flatsort.files.atomic import atomic_path
from flatsort.files.sequence import Sequence
from flatsort.images.crops import CUT_VERSION

# Rows that a run did not ask for, kept for another detector's or threshold's: 50 MB of 128 columns.
# Those asked for longest ago go first.
KEPT_ROWS = 100_000
_NOTED: set[Path] = set()


@contextmanager
def open_cache(
    folder: Path | None, label: str, descriptor: Descriptor | None, sequence: Sequence
) -> Iterator["FeatureCache | None"]:
    """The cache of a sequence's features by a descriptor; saved when the block ends.

    Args:
        folder: holds ``LABEL/SEQUENCE-xxxxxxxx.npz``: one file for each sequence and label, so that
            it does not grow with every training. None keeps nothing.
        label: the descriptor's name.
        descriptor: whose features; None, or one without a ``cache_key``, has none to keep.
        sequence: whose frames.

    Yields:
        The cache, or None.
    """
    key = None if descriptor is None or folder is None else descriptor.cache_key
    if key is None:
        yield None
        return
    cache = FeatureCache(_path(folder, label, sequence), _digest(key, sequence))
    try:
        yield cache
    finally:
        # Whatever ended the run: a full disk of the film's is no reason to encode again.
        cache.save()


def kept_features(
    folder: Path | None, label: str, descriptor: Descriptor, sequence: Sequence
) -> FeatureRows:
    """All that :func:`open_cache` would find of a sequence, to be looked at; maybe nothing."""
    key = None if folder is None else descriptor.cache_key
    if key is None:
        return FeatureRows.empty()
    return FeatureRows.read(_path(folder, label, sequence), _digest(key, sequence))


class FeatureCache:
    """The features of one sequence by one descriptor, by frame and box.

    Args:
        path: the file, .npz; it need not exist.
        key: of everything that features depend on besides frame number and box; a file with another
            key, or a damaged one, is as good as none.
    """

    def __init__(self, path: Path, key: str) -> None:
        self._path = path
        self._key = key
        self._kept = FeatureRows.read(path, key)
        self._by_frame = np.argsort(self._kept.frames, kind="stable")
        self._sorted_frames = self._kept.frames[self._by_frame]
        self._asked = np.zeros(len(self._kept), bool)
        self._new: list[FeatureRows] = []

    def knows_any(self, frame: int, boxes_tlwh: NDArray[np.float32]) -> bool:
        """Whether any of the boxes (N, 4) of a frame was kept."""
        return bool((self._find(frame, boxes_tlwh) >= 0).any())

    def look_up(
        self, frame: int, boxes_tlwh: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """What was kept of a frame.

        Args:
            frame: its number, from 1.
            boxes_tlwh: (N, 4), pixels.

        Returns:
            Features (K, D) of the boxes that are known, in their order, and (N,) which are.
        """
        rows = self._find(frame, boxes_tlwh)
        known = rows >= 0
        self._asked[rows[known]] = True
        return self._kept.features[rows[known]], known

    def add(
        self, frame: int, boxes_tlwh: NDArray[np.float32], features: NDArray[np.float32]
    ) -> None:
        """Keep the features (N, D) of boxes (N, 4) that were not known."""
        frames = np.full(len(boxes_tlwh), frame, np.int32)
        self._new.append(FeatureRows(frames, np.array(boxes_tlwh), np.array(features)))

    def save(self) -> None:
        """Write what is new, and what another run wrote meanwhile; where that fails, say so once.

        A run that embedded nothing leaves the file as it is.
        """
        if not self._new:
            return
        used = FeatureRows.join([*self._new, self._kept.select(self._asked)])
        others = [self._kept.select(~self._asked), FeatureRows.read(self._path, self._key)]
        rows = FeatureRows.join([used, *others]).select(slice(len(used) + KEPT_ROWS))
        try:
            with atomic_path(self._path) as temporary:
                rows.write(temporary, self._key)
        except InputError as error:
            _note(self._path.parent, error)

    def _find(self, frame: int, boxes_tlwh: NDArray[np.float32]) -> NDArray[np.intp]:
        """(N,) the row of each box, -1 for those that there are not."""
        rows = self._by_frame[slice(*np.searchsorted(self._sorted_frames, [frame, frame + 1]))]
        if len(rows) == 0:
            return np.full(len(boxes_tlwh), -1)
        same = (boxes_tlwh[:, None] == self._kept.boxes_tlwh[rows]).all(axis=2)
        return np.where(same.any(axis=1), rows[same.argmax(axis=1)], -1)


def _path(folder: Path, label: str, sequence: Sequence) -> Path:
    # Sequences of one name in different folders do not take turns at one file.
    place = hashlib.sha256(str(sequence.folder.resolve()).encode()).hexdigest()[:8]
    return folder / label / f"{sequence.name}-{place}.npz"


def _digest(descriptor_key: str, sequence: Sequence) -> str:
    """A word for all that the features of a box depend on, but for frame number and box."""
    facts = [descriptor_key, CUT_VERSION, cv2.__version__, *_frame_facts(sequence)]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _frame_facts(sequence: Sequence) -> Iterator[tuple[str, int, int]]:
    """Name, bytes and time of each frame that is there."""
    for number in range(1, sequence.length + 1):
        path = sequence.frame_path(number)
        try:
            status = os.stat(path)
        except OSError:
            continue
        yield path.name, status.st_size, status.st_mtime_ns


def _note(folder: Path, error: InputError) -> None:
    """Tell a person, once for all sequences."""
    if folder not in _NOTED:
        _NOTED.add(folder)
        print(f"note: features are not kept for the next run: {error}", file=sys.stderr)
