"""How the people of a result look to the descriptor that tracked them."""

import numpy as np
from numpy.typing import NDArray

from flatsort.descriptors.descriptor import Descriptor
from flatsort.descriptors.feature_rows import FeatureRows
from flatsort.evaluation.reid.judged_boxes import Boxes
from flatsort.files.mot_files import Rows
from flatsort.sources.source import Frame
from flatsort.tracker.boxes import iou

_SAME_BOX_IOU = 0.7
"""A track's box is its detection's, smoothed; below, the two may be different people."""


class Appearance:
    """Features of boxes: those that the run kept, and of the rest as their frames go by.

    Args:
        rows: the boxes, at least one, by frame.
        descriptor: looks at frames.
        kept: features of the detections that the tracks were made from, or of none.

    Attributes:
        boxes: the boxes.
        descriptor: as given.
        wanted: the frames of boxes that nothing was kept of.
        reused: number of boxes whose features were kept.
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
        """Describe the boxes of this frame that nothing was kept of."""
        rows = np.flatnonzero((self.boxes.frames == frame.number) & (self._known < 0))
        self.descriptor.start_frame(frame.number)
        features = self.descriptor(frame.image, self.boxes.boxes_tlwh[rows].astype(np.float32))
        self._computed.update(zip(rows.tolist(), features, strict=True))

    def features(self) -> tuple[Boxes, NDArray[np.float32]]:
        """The boxes that were described and (N, D), once the frames that are wanted were seen.

        Boxes of frames that the footage leaves out are not among them.
        """
        rows = [row for row, known in enumerate(self._known) if known >= 0 or row in self._computed]
        described = [
            self._kept.features[self._known[row]] if self._known[row] >= 0 else self._computed[row]
            for row in rows
        ]
        boxes = Boxes(self.boxes.frames[rows], self.boxes.boxes_tlwh[rows], self.boxes.ids[rows])
        return boxes, np.array(described, np.float32)


def _find_kept(boxes: Boxes, kept: FeatureRows) -> NDArray[np.intp]:
    """(N,) the kept row of each box, -1 where there is none.

    A box and a kept one belong together if neither overlaps another one more.
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
