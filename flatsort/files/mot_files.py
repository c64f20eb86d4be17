"""MOTChallenge text files: detections, results and ground truth.

Each row is `frame, id, left, top, width, height, confidence, ...`, separated by commas. The readers
also accept spaces as separators (old files have them), Windows line ends, a byte-order mark and
blank lines. An empty file has no rows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from flatsort.errors import InputError
from flatsort.files.atomic import atomic_writer
from flatsort.files.box_units import refuse_fractions
from flatsort.files.number_table import ArrayTable, NumberTable, read_number_table
from flatsort.files.sequence import Layout

_BOX = ("frame", "identity", "left", "top", "width", "height")
"""The first columns of each kind of file."""


@dataclass(frozen=True)
class Rows:
    """The rows of a MOTChallenge file, in the file's order.

    Attributes:
        frames: (N,) int64, from 1.
        ids: (N,) int64; -1 in detections.
        boxes_tlwh: (N, 4) float64, left, top, width, height in pixels.
        confidences: (N,) float64; in ground truth a flag, 0 for rows that scoring ignores.
        classes: (N,) int64, class numbers, from 1: in ground truth those of MOT16, else those of
            the detector; -1 where the file has none.
        visibilities: (N,) float64 in [0, 1]; -1 where the file has none.
        path: the file.
    """

    frames: np.ndarray
    ids: np.ndarray
    boxes_tlwh: np.ndarray
    confidences: np.ndarray
    classes: np.ndarray
    visibilities: np.ndarray
    path: Path

    def __len__(self) -> int:
        return len(self.frames)

    def select(self, index: np.ndarray | slice) -> "Rows":
        """Return the rows at `index`: integers, a boolean mask or a slice."""
        return Rows(
            frames=self.frames[index],
            ids=self.ids[index],
            boxes_tlwh=self.boxes_tlwh[index],
            confidences=self.confidences[index],
            classes=self.classes[index],
            visibilities=self.visibilities[index],
            path=self.path,
        )

    @property
    def detector_classes(self) -> np.ndarray | None:
        """The class numbers from 0, as in Detections and Tracks; None if a row has no class."""
        return self.classes - 1 if len(self) and (self.classes >= 1).all() else None

    def by_frame(self, length: int) -> list[np.ndarray]:
        """Return one array of row numbers for each frame, 1 to ``length``, in the file's order."""
        order = np.argsort(self.frames, kind="stable")
        edges = np.searchsorted(self.frames[order], np.arange(1, length + 2))
        return np.split(order, edges)[1:-1]

    def by_identity(self) -> list[np.ndarray]:
        """Return the row numbers of each identity, in order of frames; identities ascend."""
        order = np.lexsort((self.frames, self.ids))
        edges = np.flatnonzero(np.diff(self.ids[order])) + 1
        return [own for own in np.split(order, edges) if len(own)]


def read_detections(path: str | Path, length: int) -> Rows:
    """Read a detection file, which has at least seven columns; the seventh is the confidence.

    Invalid boxes (not finite, or without width or height) stay: the tracker drops and counts them.

    Args:
        path: the file.
        length: the sequence's number of frames.

    Raises:
        InputError: a row is wrong; the message names file and line.
    """
    table = read_number_table(Path(path), (*_BOX, "confidence"))
    return _rows(table, length, table.values[:, 6], _classes_of(table.values))


def read_results(path: str | Path, length: int) -> Rows:
    """Read a tracker's results: at least six columns, and no identity twice in a frame.

    Args:
        path: the file.
        length: the sequence's number of frames.

    Raises:
        InputError: a row is wrong; the message names file and line.
    """
    table = read_number_table(Path(path), _BOX)
    values = table.values
    confidences = values[:, 6] if values.shape[1] > 6 else np.ones(len(values))
    rows = _rows(table, length, confidences, _classes_of(values))
    _check_boxes(table)
    _check_identities(table)
    return rows


def read_ground_truth(path: str | Path, length: int, layout: Layout) -> Rows:
    """Read ground truth. MOT15 has a flag only; later benchmarks add class and visibility.

    VisDrone has a class too, and then truncation and occlusion, which are left out.

    Args:
        path: the file.
        length: the sequence's number of frames.
        layout: the benchmark that defines the columns.

    Raises:
        InputError: a row is wrong; the message names file and line.
    """
    columns = (*_BOX, "flag") if layout == "MOT15" else (*_BOX, "flag", "class")
    table = read_number_table(Path(path), columns)
    values = table.values
    classes = visibilities = None
    if layout != "MOT15":
        table.check(_is_whole(values[:, 7]), "column 8 must be a class number")
        classes = values[:, 7].astype(np.int64)
        # With ten columns, as VisDrone has, the last two are truncation and occlusion.
        visibilities = values[:, 8] if values.shape[1] == 9 else None
    rows = _rows(table, length, values[:, 6], classes, visibilities)
    table.check(np.isfinite(values[:, 6]), "column 7 must be 0 or 1")
    _check_boxes(table)
    _check_identities(table)
    return rows


def rows_of(boxes: np.ndarray, name: str, length: int) -> Rows:
    """Return an array's rows, which must follow the rules of a result file.

    Args:
        boxes: (N, 6) frame (from 1), id, left, top, width, height, pixels.
        name: the array's name, for messages.
        length: the sequence's number of frames.

    Raises:
        InputError: a row is wrong; the message names the array and the row, counted from 0.
    """
    values = np.asarray(boxes, dtype=np.float64)
    if values.size == 0:
        values = values.reshape(0, 6)
    if values.ndim != 2 or values.shape[1] != 6:
        raise InputError(
            f"{name} has shape {values.shape}: give (N, 6), frame, id, left, top, width, height"
        )
    table = ArrayTable(name, values)
    rows = _rows(table, length, np.ones(len(values)))
    _check_boxes(table)
    _check_identities(table)
    return rows


def write_results(path: str | Path, rows: Iterable[Sequence[float]]) -> None:
    """Write results as SORT and DeepSORT do: `frame,id,left,top,width,height,1,-1,-1,-1`.

    The file appears complete or not at all.

    Args:
        path: the file; missing folders are made.
        rows: (frame, id, left, top, width, height) per box, in pixels, and the confidence and the
            class number, if they are not 1 and -1.

    Raises:
        InputError: the file cannot be written.
    """
    with atomic_writer(path) as handle:
        handle.writelines(result_line(*row) for row in rows)


def result_line(
    frame: float,
    identity: float,
    left: float,
    top: float,
    width: float,
    height: float,
    confidence: float = 1,
    class_number: int = -1,
) -> str:
    """Return one line of a result file with its line end; pixels have two decimals.

    Column 8 is the class number, from 1, and -1 if it is unknown.
    """
    box = f"{left:.2f},{top:.2f},{width:.2f},{height:.2f}"
    return f"{int(frame)},{int(identity)},{box},{confidence:g},{class_number},-1,-1\n"


def _rows(
    table: NumberTable,
    length: int,
    confidences: np.ndarray,
    classes: np.ndarray | None = None,
    visibilities: np.ndarray | None = None,
) -> Rows:
    values = table.values
    frames, ids = values[:, 0], values[:, 1]
    table.check(_is_whole(frames), "frame must be a whole number")
    table.check(frames >= 1, "frame below 1: frames are numbered from 1")
    table.check(
        frames <= length,
        f"frame beyond the sequence's last, {length}: the first image is always frame 1",
    )
    table.check(_is_whole(ids), "identity must be a whole number")
    refuse_fractions(values[:, 2:6], str(table.path))
    return Rows(
        frames=frames.astype(np.int64),
        ids=ids.astype(np.int64),
        boxes_tlwh=values[:, 2:6].copy(),
        confidences=confidences.copy(),
        classes=np.full(len(values), -1, np.int64) if classes is None else classes,
        visibilities=np.full(len(values), -1.0) if visibilities is None else visibilities.copy(),
        path=table.path,
    )


def _classes_of(values: np.ndarray) -> np.ndarray | None:
    """Return the class numbers (N,) of column 8; None if it is anything else, such as a place."""
    if values.shape[1] < 8 or not (_is_whole(values[:, 7]) & (values[:, 7] >= 1)).all():
        return None
    return values[:, 7].astype(np.int64)


def _is_whole(column: np.ndarray) -> np.ndarray:
    # From 2**53 on, float64 cannot represent every integer. NaN and infinity fail this test too.
    return (np.abs(column) < 2.0**53) & (column == np.round(column))


def _check_boxes(table: NumberTable) -> None:
    boxes_tlwh = table.values[:, 2:6]
    table.check(np.isfinite(boxes_tlwh).all(axis=1), "left, top, width, height must be finite")
    table.check((boxes_tlwh[:, 2:] >= 0).all(axis=1), "negative width or height")


def _check_identities(table: NumberTable) -> None:
    frames, ids = table.values[:, 0], table.values[:, 1]
    # Sorting makes rows of the same frame and identity neighbours; lexsort keeps the file's order.
    order = np.lexsort((ids, frames))
    earlier, later = order[:-1], order[1:]
    repeated = (frames[earlier] == frames[later]) & (ids[earlier] == ids[later])
    if not repeated.any():
        return
    row = int(later[repeated].min())
    first = int(earlier[repeated][np.argmin(later[repeated])])
    table.fail(
        row,
        f"identity {ids[row]:.0f} twice in frame {frames[row]:.0f} (first on {table.place(first)})",
    )
