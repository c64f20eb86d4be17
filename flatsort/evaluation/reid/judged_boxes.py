"""The boxes of an evaluation: labelled ones for the scores, detected ones for the gates."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.errors import InputError
from flatsort.evaluation.tracks.preprocessing import PEDESTRIAN
from flatsort.files.mot_files import Rows, read_detections, read_ground_truth
from flatsort.files.sequence import Sequence
from flatsort.training.crop_set import CropRule, CropSet

MIN_HEIGHT_PX = 40.0
"""Smallest height of a labelled box in pixels; smaller people have too few pixels to compare."""
MIN_VISIBILITY = 0.3
"""A labelled box is kept if its visibility, from 0 to 1, is above this."""


@dataclass(frozen=True)
class Boxes:
    """Boxes of one sequence, in the order of the frames.

    Attributes:
        frames: (N,) int64, ascending.
        boxes_tlwh: (N, 4) float64: left, top, width, height in pixels.
        ids: (N,) int64, the person in each box; all -1 for detections.
    """

    frames: NDArray[np.int64]
    boxes_tlwh: NDArray[np.float64]
    ids: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.frames)

    def as_crop_set(self) -> CropSet:
        """Convert to a crop set without images: its images are (N, 0)."""
        return CropSet(
            images=np.empty((len(self), 0), np.uint8),
            sequences=np.zeros(len(self), np.int64),
            frames=self.frames,
            boxes_tlwh=self.boxes_tlwh,
        )


def labelled_boxes(sequence: Sequence) -> Boxes:
    """Choose the flagged pedestrians of odd frames that are large enough and visible.

    Boxes are at least 40 px high, and their visibility is above 0.3. Ground truth without classes
    (MOT15) skips the rule on the class; ground truth without visibilities skips that rule.

    Raises:
        InputError: the sequence has no ground truth, or no box is kept.
    """
    if not sequence.has_ground_truth:
        raise InputError(
            f"{sequence.ground_truth_path}: no ground truth to judge a descriptor by: name "
            "another sequence"
        )
    rows = read_ground_truth(sequence.ground_truth_path, sequence.length, sequence.layout)
    keep = (
        (rows.confidences >= 0.99)
        & (rows.frames % 2 == 1)
        & (rows.boxes_tlwh[:, 3] >= MIN_HEIGHT_PX)
        & (rows.boxes_tlwh[:, 2] > 0)
    )
    if sequence.layout != "MOT15":
        keep &= rows.classes == PEDESTRIAN
    if (rows.visibilities >= 0).any():
        keep &= rows.visibilities > MIN_VISIBILITY
    if not keep.any():
        raise InputError(
            f"{rows.path}: no flagged pedestrian in an odd frame is {MIN_HEIGHT_PX:g} px high and "
            f"more than {MIN_VISIBILITY:g} visible: name another sequence"
        )
    return _by_frame(rows.select(keep))


def detected_boxes(sequence: Sequence, detections: str) -> Boxes:
    """Read the detections, of all frames, that training would cut crops from; all ids are -1.

    Args:
        sequence: a sequence with detections.
        detections: a file in the sequence's det/.

    Raises:
        InputError: the file is missing or malformed.
    """
    rows = read_detections(sequence.find_detections(detections), sequence.length)
    return _by_frame(rows.select(CropRule().keeps(rows)))


def _by_frame(rows: Rows) -> Boxes:
    order = np.argsort(rows.frames, kind="stable")
    return Boxes(rows.frames[order], rows.boxes_tlwh[order], rows.ids[order])
