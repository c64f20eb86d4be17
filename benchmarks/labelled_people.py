"""The labelled person in each box."""

from collections.abc import Sequence as Items

import numpy as np
from numpy.typing import NDArray

from flatsort.evaluation.tracks.preprocessing import is_scored
from flatsort.files.mot_files import Rows, read_ground_truth
from flatsort.files.sequence import Sequence
from flatsort.tracker.boxes import iou
from flatsort.training.crop_set import CropSet

NOBODY = -1
"""The person of a box that shows no labelled person."""
_LEAST_IOU = 0.5
"""IoU from which a box shows a labelled person: the benchmark's own."""


def people_of_boxes(
    frames: NDArray[np.int64], boxes_tlwh: NDArray[np.float64], truth: Rows
) -> NDArray[np.int64]:
    """Return the labelled person (N,) with the largest IoU with each box, or NOBODY.

    Args:
        frames: (N,) frame of each box.
        boxes_tlwh: (N, 4) left, top, width, height in pixels.
        truth: the labelled boxes; two boxes of one frame may show the same person.
    """
    people = np.full(len(frames), NOBODY)
    for frame in np.unique(frames).tolist():
        here, there = np.flatnonzero(frames == frame), truth.select(truth.frames == frame)
        if len(there):
            overlaps = iou(boxes_tlwh[here], there.boxes_tlwh)
            ids = there.ids[overlaps.argmax(axis=1)]
            people[here] = np.where(overlaps.max(axis=1) >= _LEAST_IOU, ids, NOBODY)
    return people


def people_of_crops(crops: CropSet, sequences: Items[Sequence]) -> NDArray[np.int64]:
    """Return the labelled person (M,) of each crop, numbered from 0 over all sequences, or NOBODY.

    Rows that scoring ignores, such as reflections and seated people, are nobody.

    Args:
        crops: M crops.
        sequences: the sequences that ``crops.sequences`` counts, with ground truth.

    Raises:
        InputError: a sequence's ground truth is missing or malformed.
    """
    people = np.full(len(crops), NOBODY)
    for number, sequence in enumerate(sequences):
        truth = read_ground_truth(sequence.ground_truth_path, sequence.length, sequence.layout)
        rows = crops.sequences == number
        scored = truth.select(is_scored(truth, sequence.layout))
        people[rows] = people_of_boxes(crops.frames[rows], crops.boxes_tlwh[rows], scored)
    known = people != NOBODY
    pairs = np.column_stack([crops.sequences, people])[known]
    people[known] = np.unique(pairs, axis=0, return_inverse=True)[1].ravel()
    return people
