"""Features that are kept between runs, so that no crop of a sequence is described twice."""

import hashlib
import json
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
from flatsort.messages import LOGGER
from flatsort.sources.recording import frame_facts

# Greatest number of rows in a file that the last run did not use; 50 MB for 128 columns. A run with
# other detections or another threshold may use them. The rows unused for longest are dropped first.
UNUSED_ROWS = 100_000
# Folders about which the user has been told that they cannot be written to.
_REPORTED: set[Path] = set()


@contextmanager
def open_cache(
    folder: Path | None, label: str, descriptor: Descriptor | None, sequence: Sequence
) -> Iterator["FeatureCache | None"]:
    """Open the cache of one descriptor's features of one sequence; save it when the block ends.

    Args:
        folder: the folder of all caches; None to keep nothing. It holds one file per sequence and
            label, ``LABEL/SEQUENCE-xxxxxxxx.npz``. New weights of the same name replace the file,
            so the folder does not grow with each training.
        label: the descriptor's name.
        descriptor: the descriptor that computes the features, or None.
        sequence: the sequence whose frames are described.

    Yields:
        The cache; None if the folder, the descriptor or the descriptor's ``cache_key`` is None.
    """
    key = None if descriptor is None or folder is None else descriptor.cache_key
    if key is None:
        yield None
        return
    cache = FeatureCache(_path(folder, label, sequence), _digest(key, sequence))
    try:
        yield cache
    finally:
        # Save even if an error ends the run: the next run then describes only the remaining boxes.
        cache.save()


def kept_features(
    folder: Path | None, label: str, descriptor: Descriptor, sequence: Sequence
) -> FeatureRows:
    """Read the features that the cache of :func:`open_cache` holds, with the same arguments.

    Returns:
        The rows; zero rows if the cache holds none.
    """
    key = None if folder is None else descriptor.cache_key
    if key is None:
        return FeatureRows.empty()
    return FeatureRows.read(_path(folder, label, sequence), _digest(key, sequence))


class FeatureCache:
    """The features of one sequence by one descriptor, found by frame and box.

    Args:
        path: the .npz file. If it is missing or damaged, or has another key, the cache is empty.
        key: a text for everything that the features depend on, except frame number and box.
    """

    def __init__(self, path: Path, key: str) -> None:
        self._path = path
        self._key = key
        self._kept = FeatureRows.read(path, key)
        self._by_frame = np.argsort(self._kept.frames, kind="stable")
        self._sorted_frames = self._kept.frames[self._by_frame]
        self._used = np.zeros(len(self._kept), bool)
        self._new: list[FeatureRows] = []

    def knows_any(self, frame: int, boxes_tlwh: NDArray[np.float32]) -> bool:
        """Return whether the file has features of any of the boxes (N, 4) of a frame."""
        return bool((self._find(frame, boxes_tlwh) >= 0).any())

    def look_up(
        self, frame: int, boxes_tlwh: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Look up the features of boxes in the file.

        Args:
            frame: frame number, from 1.
            boxes_tlwh: (N, 4), pixels.

        Returns:
            Features (K, D) of the K boxes that the file has, in the order of the boxes, and a mask
            (N,) that selects these boxes.
        """
        rows = self._find(frame, boxes_tlwh)
        known = rows >= 0
        self._used[rows[known]] = True
        return self._kept.features[rows[known]], known

    def add(
        self, frame: int, boxes_tlwh: NDArray[np.float32], features: NDArray[np.float32]
    ) -> None:
        """Add features (N, D) of boxes (N, 4) that the file does not have."""
        frames = np.full(len(boxes_tlwh), frame, np.int32)
        self._new.append(FeatureRows(frames, np.array(boxes_tlwh), np.array(features)))

    def save(self) -> None:
        """Write the file if there are new features.

        Rows that another run has written in the meantime are kept. If the file cannot be written, a
        note on stderr says so, once per folder.
        """
        if not self._new:
            return
        used = FeatureRows.join([*self._new, self._kept.select(self._used)])
        unused = [self._kept.select(~self._used), FeatureRows.read(self._path, self._key)]
        rows = FeatureRows.join([used, *unused]).select(slice(len(used) + UNUSED_ROWS))
        try:
            with atomic_path(self._path) as temporary:
                rows.write(temporary, self._key)
        except InputError as error:
            _report_once(self._path.parent, error)

    def _find(self, frame: int, boxes_tlwh: NDArray[np.float32]) -> NDArray[np.intp]:
        """Return the row (N,) of each box (N, 4) in the file; -1 if the file lacks the box."""
        rows = self._by_frame[slice(*np.searchsorted(self._sorted_frames, [frame, frame + 1]))]
        if len(rows) == 0:
            return np.full(len(boxes_tlwh), -1)
        same = (boxes_tlwh[:, None] == self._kept.boxes_tlwh[rows]).all(axis=2)
        return np.where(same.any(axis=1), rows[same.argmax(axis=1)], -1)


def _path(folder: Path, label: str, sequence: Sequence) -> Path:
    """Return the cache file; sequences of one name in different folders get different files."""
    place = hashlib.sha256(str(sequence.folder.resolve()).encode()).hexdigest()[:8]
    return folder / label / f"{sequence.name}-{place}.npz"


def _digest(descriptor_key: str, sequence: Sequence) -> str:
    """Return a text for everything that features depend on, except frame number and box."""
    facts = [descriptor_key, CUT_VERSION, cv2.__version__, *frame_facts(sequence)]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _report_once(folder: Path, error: InputError) -> None:
    """Tell the user that a folder cannot be written to, once for all sequences."""
    if folder not in _REPORTED:
        _REPORTED.add(folder)
        LOGGER.warning(f"features are not kept for the next run: {error}")
