"""The boxes that a detector found in footage: the input of every tracker in a trial."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flatsort.files.mot_files import Rows
from flatsort.tracker.boxes import iou


@dataclass(frozen=True)
class DetectedBoxes:
    """F frames and the N boxes found in them, sorted by frame.

    Attributes:
        numbers: (F,) int64, the frame numbers, ascending; a gap ends a stretch of footage.
        frames: (N,) int64, the frame number of each box, ascending.
        boxes_tlwh: (N, 4) float64, left, top, width, height in pixels.
        confidences: (N,) float64, on the detector's own scale.
    """

    numbers: NDArray[np.int64]
    frames: NDArray[np.int64]
    boxes_tlwh: NDArray[np.float64]
    confidences: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.frames)

    @cached_property
    def rows(self) -> list[NDArray[np.int64]]:
        """The rows of the boxes of each of the F frames."""
        bounds = np.searchsorted(self.frames, self.numbers)
        return np.split(np.arange(len(self)), bounds[1:])

    @cached_property
    def stretches(self) -> list[range]:
        """The indices into ``numbers`` of each stretch of consecutive frames."""
        ends = [*(np.flatnonzero(np.diff(self.numbers) > 1) + 1).tolist(), len(self.numbers)]
        starts = [0, *ends[:-1]]
        return [range(*bounds) for bounds in zip(starts, ends, strict=True)]

    @cached_property
    def centres(self) -> NDArray[np.float64]:
        """The centres (N, 2) of the boxes in pixels."""
        return self.boxes_tlwh[:, :2] + self.boxes_tlwh[:, 2:] / 2

    def as_tracks(self, chosen: NDArray[np.int64], ids: NDArray[np.int64]) -> Rows:
        """Return some of the boxes as the rows of a tracker's results.

        Args:
            chosen: (M,) rows of the boxes.
            ids: (M,) the identity of each.
        """
        return Rows(
            frames=self.frames[chosen],
            ids=ids,
            boxes_tlwh=self.boxes_tlwh[chosen],
            confidences=self.confidences[chosen],
            classes=np.full(len(ids), -1),
            visibilities=np.full(len(ids), -1.0),
            path=Path("footage"),
        )

    def apart_from(self, rows: NDArray[np.int64], overlap: float) -> NDArray[np.int64]:
        """Return the rows of all other boxes in the same frames.

        Args:
            rows: boxes, at most one per frame.
            overlap: a box with this IoU or more with the frame's given box is left out: it may be
                a second box of the same person.
        """
        found = []
        for row, index in zip(
            rows.tolist(), np.searchsorted(self.numbers, self.frames[rows]).tolist(), strict=True
        ):
            near = self.rows[index]
            shared = iou(self.boxes_tlwh[row : row + 1], self.boxes_tlwh[near])[0]
            found.append(near[shared < overlap])
        return np.concatenate(found)
