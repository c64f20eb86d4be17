"""Features of the boxes of a result, taken from the run's cache or computed again."""

import numpy as np
from numpy.typing import NDArray

from flatsort.descriptors.descriptor import Descriptor
from flatsort.descriptors.feature_rows import FeatureRows
from flatsort.evaluation.reid.judged_boxes import Boxes
from flatsort.files.mot_files import Rows
from flatsort.sources.source import Frame
from flatsort.tracker.boxes import iou

_SAME_BOX_IOU = 0.7
"""Smallest IoU at which a track's box and a detection count as the same box. A track's box is the
smoothed box of its detection; boxes that overlap less may show different people."""


class BoxFeatures:
    """Collects the features of boxes: kept features at once, other features frame by frame.

    Args:
        rows: the boxes, at least one, in order of frames.
        descriptor: the descriptor, which must look at frames.
        kept: features that the run kept of its detections; may be empty.

    Attributes:
        boxes: the boxes.
        descriptor: the descriptor.
        wanted: the frames with boxes that have no kept features.
        reused: number of boxes that have kept features.
    """

    def __init__(self, rows: Rows, descriptor: Descriptor, kept: FeatureRows) -> None:
        self.boxes = Boxes(rows.frames, rows.boxes_tlwh, rows.ids)
        self.descriptor = descriptor
        self._known = _find_kept(self.boxes, kept)
        self._kept = kept
        self._computed: dict[int, NDArray[np.float32]] = {}
        unknown = self._known < 0
        self.reused = len(rows) - int(unknown.sum())
        self.wanted: frozenset[int] | None = frozenset(rows.frames[unknown].tolist())

    def see(self, frame: Frame) -> None:
        """Describe the boxes of this frame that have no kept features."""
        rows = np.flatnonzero((self.boxes.frames == frame.number) & (self._known < 0))
        self.descriptor.start_frame(frame.number)
        features = self.descriptor(frame.image, self.boxes.boxes_tlwh[rows].astype(np.float32))
        self._computed.update(zip(rows.tolist(), features, strict=True))

    def features(self) -> tuple[Boxes, NDArray[np.float32]]:
        """Return the boxes that have features, and these features (N, D).

        Call this after all wanted frames were seen. Boxes whose frame is missing in the footage are
        left out.
        """
        rows = [row for row, known in enumerate(self._known) if known >= 0 or row in self._computed]
        described = [
            self._kept.features[self._known[row]] if self._known[row] >= 0 else self._computed[row]
            for row in rows
        ]
        boxes = Boxes(self.boxes.frames[rows], self.boxes.boxes_tlwh[rows], self.boxes.ids[rows])
        return boxes, np.array(described, np.float32)


def _find_kept(boxes: Boxes, kept: FeatureRows) -> NDArray[np.intp]:
    """Return (N,) the kept row of each box, or -1.

    A box and a kept box belong together if each overlaps the other more than any other box, and
    their IoU is at least 0.7.
    """
    found = np.full(len(boxes), -1)
    order = np.argsort(kept.frames, kind="stable")
    frames = kept.frames[order]
    for frame in np.unique(boxes.frames):
        ours = np.flatnonzero(boxes.frames == frame)
        theirs = order[slice(*np.searchsorted(frames, [frame, frame + 1]))]
        if len(theirs) == 0:
            continue
        overlap = iou(boxes.boxes_tlwh[ours], kept.boxes_tlwh[theirs].astype(np.float64))
        best = overlap.argmax(axis=1)
        mutual = overlap.argmax(axis=0)[best] == np.arange(len(ours))
        near = overlap[np.arange(len(ours)), best] >= _SAME_BOX_IOU
        found[ours[mutual & near]] = theirs[best[mutual & near]]
    return found
