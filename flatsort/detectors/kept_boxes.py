"""The boxes of a recording's frames, in memory and in a file."""

from collections.abc import Iterable
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from flatsort.files.damaged_arrays import DAMAGED
from flatsort.tracker import Detections

_NO_CLASS = -1
"""Number in the file for boxes without a class."""


class DamagedBoxes(Exception):
    """A file of boxes cannot be read."""


class KeptBoxes:
    """The detections of frames, by frame number."""

    def __init__(self) -> None:
        self._frames: dict[int, Detections] = {}

    def __len__(self) -> int:
        return len(self._frames)

    def get(self, number: int) -> Detections | None:
        """Return the detections of a frame; None if the frame is unknown."""
        return self._frames.get(number)

    def add(self, number: int, found: Detections) -> None:
        """Add the detections of a frame."""
        self._frames[number] = Detections(
            found.boxes_tlwh, found.confidences, classes=found.classes
        )

    def has_all(self, numbers: Iterable[int]) -> bool:
        """Return whether the frames with these numbers are known."""
        return all(number in self._frames for number in numbers)

    @classmethod
    def read(cls, path: Path, key: str) -> Self:
        """Read a file that :meth:`write` wrote with the same key.

        Returns:
            The boxes; none if the file is missing or has another key.

        Raises:
            DamagedBoxes: the file is damaged.
        """
        kept = cls()
        if not path.exists():
            return kept
        try:
            # The file is opened here because np.load(path) does not close a damaged file.
            with open(path, "rb") as handle, np.load(handle, allow_pickle=False) as file:
                if str(file["key"]) != key:
                    return kept
                numbers, counts = file["numbers"].tolist(), file["counts"]
                boxes, confidences, classes = (
                    file[name] for name in ("boxes_tlwh", "confidences", "classes")
                )
            ends = np.cumsum(counts, dtype=np.int64)[:-1]
            parts = (np.split(each, ends) for each in (boxes, confidences, classes))
            if len(boxes) != counts.sum():
                raise ValueError
            for number, box, sure, named in zip(numbers, *parts, strict=True):
                known = None if (named == _NO_CLASS).any() else named
                kept.add(number, Detections(box, sure, classes=known))
        except DAMAGED as error:
            raise DamagedBoxes from error
        return kept

    def write(self, path: Path, key: str) -> None:
        """Write the boxes and a key to an .npz file; :meth:`read` verifies its checksums.

        Raises:
            OSError: the file cannot be written.
        """
        found = list(self._frames.values())
        np.savez(
            path,
            key=np.array(key),
            numbers=np.array(list(self._frames), np.int64),
            counts=np.array([len(each) for each in found], np.int64),
            boxes_tlwh=np.concatenate([each.boxes_tlwh for each in found]),
            confidences=np.concatenate([each.confidences for each in found]),
            classes=np.concatenate([_classes(each) for each in found]),
        )


def _classes(found: Detections) -> NDArray[np.int64]:
    """Return the class of each box, _NO_CLASS without one."""
    return np.full(len(found), _NO_CLASS) if found.classes is None else found.classes
