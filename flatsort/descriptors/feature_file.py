"""Features from a file in DeepSORT's format: an array of N x (10 MOT columns + D)."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flatsort.descriptors.descriptor import Descriptor
from flatsort.errors import InputError
from flatsort.files.damaged_arrays import DAMAGED
from flatsort.files.sequence import Sequence
from flatsort.tracker import AppearanceMetric

MOT_COLUMNS = 10
# Largest difference of a coordinate, in pixels, at which two boxes count as the same. The features
# file has float32 coordinates, and the detection file has one or two decimals.
TOLERANCE_PX = 0.5
# The gate that DeepSORT's authors tuned on MOT16 for their network mars-small128.
MARS_METRIC = AppearanceMetric("cosine", gate=0.2)


def create(argument: str, sequence: Sequence | None) -> "FeatureTable":
    """Open ``features:FILE.npy``.

    Args:
        argument: the file. If there is no such file and the name is relative, the sequence's det/
            folder is searched too.
        sequence: the sequence whose boxes will be described, or None.

    Raises:
        InputError: the file is missing, or is not a features file.
    """
    if not argument:
        raise InputError("--descriptor features: needs a file: features:FILE.npy")
    given = path = Path(argument).expanduser()
    if sequence is not None and not path.is_file() and not path.is_absolute():
        path = sequence.folder / "det" / path
    if not path.is_file():
        nor = "" if path == given else f", nor {path}"
        raise InputError(f"{argument}: no such features file{nor}")
    return read_features(path)


class FeatureTable(Descriptor):
    """Features that are looked up by frame and box, without images.

    Args:
        frames: (N,), the frame number of each row, from 1.
        boxes_tlwh: (N, 4), pixels.
        features: (N, D).
        metric: the metric that suits the features.
        name: the origin of the features, a file or a descriptor, for error messages.
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
        """Set the frame to which the next boxes belong."""
        self._frame_number = frame_number

    def __call__(
        self, frame: NDArray[np.uint8] | None, boxes_tlwh: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Return, for each box (N, 4), the features (N, D) of the nearest box in the same frame.

        Raises:
            InputError: no box in the file is near enough, because the file was made from other
                detections.
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
                f"{self._frame_number}: use the detections that the features were computed from"
            )
        return self._features[start + distance.argmin(axis=1)]


def read_features(path: Path) -> FeatureTable:
    """Read a features file.

    Args:
        path: an .npy file of shape (N, 10 + D), as nwojke/deep_sort writes it. The columns are
            frame, id, left, top, width, height, confidence and three unused ones, then the feature.

    Raises:
        InputError: the file does not have this form, or a value is not finite.
    """
    try:
        table = np.load(path, allow_pickle=False)
    except DAMAGED as error:
        raise InputError(f"{path}: not a NumPy array file: {error}") from error
    if not isinstance(table, np.ndarray):
        raise InputError(f"{path}: not a NumPy array file but an archive: save one array as .npy")
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
