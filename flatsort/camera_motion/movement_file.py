"""Camera movements from a file, which another program measured."""

from math import sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flatsort.errors import InputError
from flatsort.files.number_table import NumberTable, read_number_table
from flatsort.sources.source import Frame
from flatsort.tracker import CameraMovement

FILE_UNCERTAINTY = 1.5
"""Uncertainty of a file's movement, in pixels, because the files state none.

It is about the uncertainty that optical flow measures on the moving cameras of MOT16 at
1920 x 1080. The tracks of MOT16 hardly depend on it from 0.8 to 3."""

_COLUMNS = "frame a b tx c d ty"


class MovementFile:
    """The movements in a file of rows `frame a b tx c d ty`, one row per frame.

    Frames are numbered from 0. A point (x, y) of the frame before is at (a x + b y + tx,
    c x + d y + ty) in pixels of the footage. BoT-SORT and UCMCTrack write such files.

    Args:
        path: the file.
        length: number of frames of the footage; None if unknown.

    Raises:
        InputError: the file is missing or a row is wrong; the message names file and line.
    """

    needs_images = False

    def __init__(self, path: Path, length: int | None = None) -> None:
        table = read_number_table(path, ("frame", "a", "b", "tx", "c", "d", "ty"))
        self._path = path
        self._movements = _read_movements(table)
        self._last = 0
        if length is not None and len(self._movements) != length:
            raise InputError(
                f"{path}: {len(self._movements)} rows for {length} frames: give the file of this "
                "footage"
            )

    def __call__(self, frame: Frame, boxes_tlwh: NDArray[np.float64]) -> CameraMovement | None:
        """Return the movement since the frame of the last call; ``boxes_tlwh`` is ignored.

        Raises:
            InputError: the file has no row for the frame.
        """
        if frame.number > len(self._movements):
            raise InputError(
                f"{self._path}: no row for frame {frame.number}: the last row is frame "
                f"{len(self._movements)}; give the file of this footage"
            )
        since = self._movements[self._last : frame.number]
        is_first, self._last = self._last == 0, frame.number
        return None if is_first else _chained(since)


def _read_movements(table: NumberTable) -> list[CameraMovement]:
    values = table.values[:, :7]
    table.check(values[:, 0] == np.arange(len(values)), "frames must count 0, 1, 2 and so on")
    if len(values) and table.values.shape[1] > 7:
        table.fail(0, f"{table.values.shape[1]} columns, the seven {_COLUMNS} are needed")
    movements = []
    for row, numbers in enumerate(values):
        try:
            movements.append(CameraMovement(numbers[1:].reshape(2, 3), FILE_UNCERTAINTY))
        except ValueError as error:
            table.fail(row, f"not a movement of a camera: {error}")
    return movements


def _chained(movements: list[CameraMovement]) -> CameraMovement:
    """Return the movement of frames in a row; their errors add up like independent ones."""
    whole = np.eye(3)
    for movement in movements:
        whole = np.vstack([movement.matrix, (0, 0, 1)]) @ whole
    return CameraMovement(whole[:2], FILE_UNCERTAINTY * sqrt(len(movements)))
