"""Features in a file, row by row, each with its frame and box."""

import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

# What a flipped bit makes of an archive; the last two: a compression or encryption that is none.
DAMAGED = (
    OSError,
    ValueError,
    TypeError,
    KeyError,
    EOFError,
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
)


@dataclass(frozen=True)
class FeatureRows:
    """Features of boxes.

    Attributes:
        frames: (N,) int32, from 1.
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
        """No rows, of no width."""
        return cls(np.empty(0, "i4"), np.empty((0, 4), "f4"), np.empty((0, 0), "f4"))

    @classmethod
    def read(cls, path: Path, key: str) -> Self:
        """The rows of a file written with the same key; none if it is another's, damaged or absent.

        A damaged file is no error: what it held can be computed anew.
        """
        try:
            # NumPy leaves a damaged file open that it opened itself.
            with open(path, "rb") as handle, np.load(handle, allow_pickle=False) as file:
                if str(file["key"]) != key:
                    return cls.empty()
                rows = cls(file["frames"], file["boxes_tlwh"], file["features"])
        except DAMAGED:
            return cls.empty()
        count, kinds = len(rows.frames), [each.dtype.str for each in vars(rows).values()]
        shapes_fit = rows.boxes_tlwh.shape == (count, 4) and rows.features.shape[:-1] == (count,)
        return rows if shapes_fit and kinds == ["<i4", "<f4", "<f4"] else cls.empty()

    def write(self, path: Path, key: str) -> None:
        """Write an .npz file, whose checksums :meth:`read` verifies.

        Raises:
            OSError: it cannot be written there.
        """
        np.savez(path, key=np.array(key), **vars(self))

    @classmethod
    def join(cls, parts: Iterable[Self]) -> Self:
        """All rows, in order; of those with the same frame and box only the first."""
        parts = [part for part in parts if len(part)]
        if not parts:
            return cls.empty()
        rows = cls(
            np.concatenate([part.frames for part in parts]),
            np.concatenate([part.boxes_tlwh for part in parts]),
            np.concatenate([part.features for part in parts]),
        )
        place = np.column_stack([rows.frames, rows.boxes_tlwh.view("i4")])
        return rows.select(np.sort(np.unique(place, axis=0, return_index=True)[1]))

    def select(self, index: NDArray[np.intp] | NDArray[np.bool_] | slice) -> Self:
        """The rows at a NumPy index, in its order."""
        return type(self)(self.frames[index], self.boxes_tlwh[index], self.features[index])
