"""Which boxes a descriptor is judged by: labelled ones to score it, detected ones to set a gate."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.errors import InputError
from flatsort.evaluation.tracks.preprocessing import PEDESTRIAN
from flatsort.files.mot_files import Rows, read_detections, read_ground_truth
from flatsort.files.sequence import Sequence
from flatsort.training.crop_set import CropRule, CropSet

MIN_HEIGHT_PX = 40.0
MIN_VISIBILITY = 0.3


@dataclass(frozen=True)
class Boxes:
    """Boxes of one sequence, by frame.

    Attributes:
        frames: (N,) int64, ascending.
        boxes_tlwh: (N, 4) float64, pixels.
        ids: (N,) int64, who is in it; all -1 for detections.
    """

    frames: NDArray[np.int64]
    boxes_tlwh: NDArray[np.float64]
    ids: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.frames)

    def as_crop_set(self) -> CropSet:
        """The same for code that also knows images; here there are none, (N, 0)."""
        return CropSet(
            images=np.empty((len(self), 0), np.uint8),
            sequences=np.zeros(len(self), np.int64),
            frames=self.frames,
            boxes_tlwh=self.boxes_tlwh,
        )


def labelled_boxes(sequence: Sequence) -> Boxes:
    """Flagged pedestrians of every second frame that are large enough and can be seen.

    Frames are 1, 3, 5, ...; boxes at least 40 px high and more than 0.3 visible. Where the ground
    truth has no classes (MOT15) or no visibility, those rules are left out.

    Raises:
        InputError: the sequence has no ground truth, or no box of it is kept.
    """
    if not sequence.has_ground_truth:
        raise InputError(
            f"{sequence.ground_truth_path}: no ground truth, which a descriptor is judged by: "
            "name another --seq"
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
            f"more than {MIN_VISIBILITY:g} visible: name another --seq"
        )
    return _by_frame(rows.select(keep))


def detected_boxes(sequence: Sequence, detections: str) -> Boxes:
    """The detections of all frames that training would cut crops of; nobody is named in them.

    Args:
        sequence: a MOT-layout folder.
        detections: a file in its det/.

    Raises:
        InputError: no such file, or it is malformed.
    """
    rows = read_detections(sequence.find_detections(detections), sequence.length)
    return _by_frame(rows.select(CropRule().keeps(rows)))


def _by_frame(rows: Rows) -> Boxes:
    order = np.argsort(rows.frames, kind="stable")
    return Boxes(rows.frames[order], rows.boxes_tlwh[order], rows.ids[order])
