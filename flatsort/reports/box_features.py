"""Features of the boxes of a result, read from the cache of the run or computed again."""

import numpy as np
from numpy.typing import NDArray

from flatsort.descriptors.descriptor import Descriptor
from flatsort.descriptors.feature_rows import FeatureRows
from flatsort.evaluation.reid.judged_boxes import Boxes
from flatsort.files.mot_files import Rows
from flatsort.sources.source import Frame
from flatsort.tracker.boxes import iou

_SAME_BOX_IOU = 0.7
"""Least IoU of a track's box and a detection that count as the same box. A track's box is its
detection's, smoothed; with less overlap they may show different people."""


class BoxFeatures:
    """Collects the features of boxes: kept ones at once, the others as their frames go by.

    Args:
        rows: the boxes, at least one, in order of frames.
        descriptor: one that looks at frames.
        kept: features that the run kept of its detections; may be empty.

    Attributes:
        boxes: the boxes.
        descriptor: the descriptor given.
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

        Call this after all wanted frames were seen. Boxes of frames that the footage does not have
        are left out.
        """
        rows = [row for row, known in enumerate(self._known) if known >= 0 or row in self._computed]
        described = [
            self._kept.features[self._known[row]] if self._known[row] >= 0 else self._computed[row]
            for row in rows
        ]
        boxes = Boxes(self.boxes.frames[rows], self.boxes.boxes_tlwh[rows], self.boxes.ids[rows])
        return boxes, np.array(described, np.float32)


def _find_kept(boxes: Boxes, kept: FeatureRows) -> NDArray[np.intp]:
    """Return (N,) the kept row of each box, -1 if there is none.

    A box and a kept box belong together if they overlap each other more than any other box.
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
