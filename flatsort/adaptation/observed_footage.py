"""The boxes found in footage, stored in pieces on disk so that a killed run can continue."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flatsort.adaptation.schedule import Effort
from flatsort.errors import InputError
from flatsort.evaluation.verdict.detected_boxes import DetectedBoxes
from flatsort.files.atomic import atomic_path
from flatsort.files.json_values import as_dataclass, parse_json
from flatsort.training.crop_set import CropSet


@dataclass(frozen=True)
class Footage:
    """F processed frames, and the M boxes found in them, sorted by frame.

    Attributes:
        numbers: (F,) int64, the processed frames, ascending; other frames were skipped.
        sizes: (F, 2) int64, width and height of each frame in pixels.
        frames: (M,) int64, the frame of each box, ascending.
        boxes_tlwh: (M, 4) float64, left, top, width, height in pixels.
        confidences: (M,) float64, on the detector's own scale.
        images: (M, size, size, 3) uint8 RGB, the crops of the boxes.
        features: (M, D) float32, features by the old descriptor.
    """

    numbers: NDArray[np.int64]
    sizes: NDArray[np.int64]
    frames: NDArray[np.int64]
    boxes_tlwh: NDArray[np.float64]
    confidences: NDArray[np.float64]
    images: NDArray[np.uint8]
    features: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.frames)

    def crop_set(self) -> CropSet:
        """Return the boxes as the crops of one sequence, for training."""
        return CropSet(self.images, np.zeros(len(self), np.int64), self.frames, self.boxes_tlwh)

    def boxes(self) -> DetectedBoxes:
        """Return the boxes as the input of trackers."""
        return DetectedBoxes(self.numbers, self.frames, self.boxes_tlwh, self.confidences)

    def select(self, rows: NDArray[np.bool_]) -> "Footage":
        """Return all frames, but only the boxes where ``rows`` (M,) is true."""
        kept = {
            name: getattr(self, name)[rows]
            for name in ("frames", "boxes_tlwh", "confidences", "images", "features")
        }
        return Footage(self.numbers, self.sizes, **kept)

    def bursts(self) -> list[NDArray[np.int64]]:
        """Return the frame numbers of each stretch of consecutive frames."""
        return np.split(self.numbers, np.flatnonzero(np.diff(self.numbers) > 1) + 1)


def join(pieces: list[Footage]) -> Footage:
    """Join pieces in order; an empty list gives footage without frames."""
    return Footage(
        numbers=_joined([piece.numbers for piece in pieces], np.empty(0, np.int64)),
        sizes=_joined([piece.sizes for piece in pieces], np.empty((0, 2), np.int64)),
        frames=_joined([piece.frames for piece in pieces], np.empty(0, np.int64)),
        boxes_tlwh=_joined([piece.boxes_tlwh for piece in pieces], np.empty((0, 4))),
        confidences=_joined([piece.confidences for piece in pieces], np.empty(0)),
        images=_joined([piece.images for piece in pieces], np.empty((0, 0, 0, 3), np.uint8)),
        features=_joined([piece.features for piece in pieces], np.empty((0, 0), np.float32)),
    )


@dataclass(frozen=True)
class CollectingProgress:
    """How far collecting has come.

    Attributes:
        effort: work done so far.
        position: number of the last processed frame; 0 for none.
        is_over: whether collecting has ended.
    """

    effort: Effort
    position: int = 0
    is_over: bool = False


class FootageStore:
    """Keeps pieces of footage in a folder; each piece is written whole or not at all.

    Args:
        folder: the folder; the first piece creates it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def progress(self) -> CollectingProgress:
        """Return the progress at the last piece.

        Raises:
            InputError: the last piece is damaged.
        """
        paths = self._paths()
        if not paths:
            return CollectingProgress(Effort())
        text = str(_load(paths[-1], ["standing"])["standing"])
        try:
            return as_dataclass(CollectingProgress, parse_json(text))
        except ValueError as error:
            raise _damaged(paths[-1]) from error

    def add(self, piece: Footage, progress: CollectingProgress) -> None:
        """Store another piece, which may have no frames, and the progress after it.

        Raises:
            InputError: the piece cannot be written.
        """
        path = self._folder / f"{len(self._paths()) + 1:06d}.npz"
        arrays = {field.name: getattr(piece, field.name) for field in fields(Footage)}
        with atomic_path(path) as temporary:
            np.savez(temporary, **arrays, standing=json.dumps(asdict(progress)))

    def load(self) -> Footage:
        """Return all pieces as one.

        Raises:
            InputError: a piece is damaged.
        """
        names = [field.name for field in fields(Footage)]
        return join([Footage(**_load(path, names)) for path in self._paths()])

    def _paths(self) -> list[Path]:
        return sorted(self._folder.glob("[0-9]*.npz"))


def _load(path: Path, names: Iterable[str]) -> dict[str, NDArray]:
    try:
        with path.open("rb") as file, np.load(file) as piece:
            return {name: piece[name] for name in names}
    except Exception as error:
        # numpy raises many kinds of error on a damaged archive.
        raise _damaged(path) from error


def _damaged(path: Path) -> InputError:
    return InputError(f"{path} is damaged: remove {path.parent.parent} to start again")


def _joined(arrays: list[NDArray], empty: NDArray) -> NDArray:
    # A piece without boxes has neither the length of features nor the size of crops: leave it out.
    filled = [array for array in arrays if len(array)]
    return np.concatenate(filled) if filled else empty
