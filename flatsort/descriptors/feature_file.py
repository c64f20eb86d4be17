"""Features computed before, in DeepSORT's format: N x (10 MOT columns + D)."""

import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flatsort.descriptors.descriptor import Descriptor
from flatsort.errors import InputError
from flatsort.files.sequence import Sequence
from flatsort.tracker import AppearanceMetric

MOT_COLUMNS = 10
# Features files hold float32 and text files one or two decimals of the same box.
TOLERANCE_PX = 0.5
# mars-small128's own gate, which DeepSORT's authors tuned on MOT16.
MARS_METRIC = AppearanceMetric("cosine", gate=0.2)


def create(argument: str, sequence: Sequence | None) -> "FeatureTable":
    """Open ``features:FILE.npy``; a relative name is looked up in the sequence's det/ too."""
    if not argument:
        raise InputError("--descriptor features: needs a file: features:FILE.npy")
    path = Path(argument)
    if sequence is not None and not path.is_file() and not path.is_absolute():
        path = sequence.folder / "det" / path
    if not path.is_file():
        nor = "" if path == Path(argument) else f", nor {path}"
        raise InputError(f"{argument}: no such features file{nor}")
    return read_features(path)


class FeatureTable(Descriptor):
    """Looks features up by frame and box; images are not needed.

    Args:
        frames: (N,) frame number of each row.
        boxes_tlwh: (N, 4), pixels.
        features: (N, D).
        metric: the distance they are meant for.
        name: of the file or descriptor they are from, for messages.
    """

    needs_images = False

    def __init__(
        self,
        frames: NDArray[np.int64],
        boxes_tlwh: NDArray[np.float64],
        features: NDArray[np.float32],
        metric: AppearanceMetric,
        name: str,
    ) -> None:
        self.metric = metric
        self._name = name
        order = np.argsort(frames, kind="stable")
        self._frames = frames[order]
        self._boxes_tlwh = boxes_tlwh[order]
        self._features = features[order]
        self._frame_number = 0

    def start_frame(self, frame_number: int) -> None:
        """Remember which frame's rows the next boxes are among."""
        self._frame_number = frame_number

    def __call__(
        self, frame: NDArray[np.uint8] | None, boxes_tlwh: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Features (N, D) of the stored boxes nearest to ``boxes_tlwh`` (N, 4).

        Raises:
            InputError: a box is not in the file: it was made from other detections.
        """
        start, stop = np.searchsorted(self._frames, [self._frame_number, self._frame_number + 1])
        if len(boxes_tlwh) == 0:
            return np.empty((0, self._features.shape[1]), np.float32)
        distance = np.full((len(boxes_tlwh), max(1, stop - start)), np.inf)
        if stop > start:
            difference = boxes_tlwh[:, None] - self._boxes_tlwh[None, start:stop]
            distance = np.abs(difference).max(axis=2)
        if (distance.min(axis=1) > TOLERANCE_PX).any():
            box = boxes_tlwh[int(np.argmax(distance.min(axis=1)))]
            raise InputError(
                f"{self._name}: no features for the box {np.round(box, 1).tolist()} of frame "
                f"{self._frame_number}: give the detections it was made from"
            )
        return self._features[start + distance.argmin(axis=1)]


def read_features(path: Path) -> FeatureTable:
    """Open a file of features.

    Args:
        path: an .npy file of shape (N, 10 + D): frame, id, left, top, width, height, confidence
            and three unused columns, then the feature, as nwojke/deep_sort writes it.

    Raises:
        InputError: the file is no such array.
    """
    try:
        table = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(f"{path}: not a NumPy array file: {error}") from error
    if not isinstance(table, np.ndarray):
        raise InputError(f"{path}: not a NumPy array file but an archive: save one array, .npy")
    if table.dtype.kind not in "fiu":
        raise InputError(f"{path}: its values are {table.dtype}, not numbers")
    if table.ndim != 2 or table.shape[1] <= MOT_COLUMNS:
        raise InputError(
            f"{path}: its shape is {table.shape}, not (N, {MOT_COLUMNS} + D): "
            "it must hold MOT columns and features"
        )
    if not np.isfinite(table).all():
        row = int(np.flatnonzero(~np.isfinite(table).all(axis=1))[0])
        raise InputError(f"{path}, row {row + 1}: not finite")
    return FeatureTable(
        frames=table[:, 0].astype(np.int64),
        boxes_tlwh=table[:, 2:6].astype(np.float64),
        features=table[:, MOT_COLUMNS:].astype(np.float32),
        metric=MARS_METRIC,
        name=str(path),
    )
