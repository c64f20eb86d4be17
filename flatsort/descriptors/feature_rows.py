"""Features of boxes, in a file with one row per box."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from flatsort.files.damaged_arrays import DAMAGED
from flatsort.messages import LOGGER


@dataclass(frozen=True)
class FeatureRows:
    """Features of N boxes.

    Attributes:
        frames: (N,) int32, the frame number of each box, from 1.
        boxes_tlwh: (N, 4) float32, pixels.
        features: (N, D) float32.
    """

    frames: NDArray[np.int32]
    boxes_tlwh: NDArray[np.float32]
    features: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.frames)

    @classmethod
    def empty(cls) -> Self:
        """Return zero rows of zero columns."""
        return cls(np.empty(0, "i4"), np.empty((0, 4), "f4"), np.empty((0, 0), "f4"))

    @classmethod
    def read(cls, path: Path, key: str) -> Self:
        """Read a file that :meth:`write` wrote with the same key.

        Returns:
            The rows of the file; zero rows if the file is missing or damaged, or has another key.
            That is no error, because the features can be computed again. A note on stderr speaks of
            damage.
        """
        if not path.exists():
            return cls.empty()
        try:
            # The file is opened here because np.load(path) does not close a damaged file.
            with open(path, "rb") as handle, np.load(handle, allow_pickle=False) as file:
                if str(file["key"]) != key:
                    return cls.empty()
                rows = cls(file["frames"], file["boxes_tlwh"], file["features"])
            rows._check()
        except DAMAGED:
            LOGGER.warning(f"{path} is damaged: its features are computed again")
            return cls.empty()
        return rows

    def _check(self) -> None:
        """Check shapes, kinds and values.

        Raises:
            ValueError: the arrays are not those of features.
        """
        count, kinds = len(self.frames), [each.dtype.str for each in vars(self).values()]
        shapes_fit = self.boxes_tlwh.shape == (count, 4) and self.features.shape[:-1] == (count,)
        if not shapes_fit or kinds != ["<i4", "<f4", "<f4"]:
            raise ValueError("arrays of other shapes or kinds")
        if not np.isfinite(self.features).all():
            raise ValueError("features that are not finite")

    def write(self, path: Path, key: str) -> None:
        """Write the rows and a key to an .npz file; :meth:`read` verifies its checksums.

        Raises:
            OSError: the file cannot be written.
        """
        np.savez(path, key=np.array(key), **vars(self))

    @classmethod
    def join(cls, parts: Iterable[Self]) -> Self:
        """Join parts in order; of rows with the same frame and box, keep only the first."""
        parts = [part for part in parts if len(part)]
        if not parts:
            return cls.empty()
        rows = cls(
            np.concatenate([part.frames for part in parts]),
            np.concatenate([part.boxes_tlwh for part in parts]),
            np.concatenate([part.features for part in parts]),
        )
        # The boxes' bits count as integers here, so that frame and box fit into one array.
        frames_and_boxes = np.column_stack([rows.frames, rows.boxes_tlwh.view("i4")])
        return rows.select(np.sort(np.unique(frames_and_boxes, axis=0, return_index=True)[1]))

    def select(self, index: NDArray[np.intp] | NDArray[np.bool_] | slice) -> Self:
        """Return the rows that a NumPy index selects, in the order of the index."""
        return type(self)(self.frames[index], self.boxes_tlwh[index], self.features[index])
