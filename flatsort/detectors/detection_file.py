"""Boxes that were found before, by frame number."""

import math
from pathlib import Path

import numpy as np

from flatsort.detectors.detector_settings import PERSON, DetectorSettings, suppress
from flatsort.errors import InputError
from flatsort.files.mot_files import Rows, read_detections
from flatsort.sources.source import Frame
from flatsort.tracker import Detections


def create(argument: str, settings: DetectorSettings) -> "DetectionTable":
    """Open ``file:FILE``, a detection file in MOTChallenge's format.

    Raises:
        InputError: no such file, a damaged one, or settings that it cannot follow.
    """
    if not argument:
        raise InputError("--detector file: needs a file: file:det.txt")
    if settings.classes != (PERSON,):
        raise InputError("--classes: a detection file does not tell classes: leave it out")
    rows = read_detections(Path(argument), math.inf)
    confident = rows.select(rows.confidences >= settings.min_confidence)
    # Whoever wrote the file has suppressed what there was to suppress.
    return DetectionTable(confident, settings.nms_overlap or 1.0)


class DetectionTable:
    """Looks detections up by frame number; boxes that are none are among them.

    Args:
        rows: of all frames, in any order; those of one frame keep theirs.
        nms_overlap: IoU above which the less confident of two boxes is left out; 1 for none.
    """

    needs_images = False

    def __init__(self, rows: Rows, nms_overlap: float = 1.0) -> None:
        order = np.argsort(rows.frames, kind="stable")
        self._frames = rows.frames[order]
        self._boxes_tlwh = rows.boxes_tlwh[order]
        self._confidences = rows.confidences[order]
        self._nms_overlap = nms_overlap

    def __call__(self, frame: Frame) -> Detections:
        """The rows of the frame's number."""
        here = slice(*np.searchsorted(self._frames, [frame.number, frame.number + 1]))
        found = Detections(self._boxes_tlwh[here], self._confidences[here])
        if self._nms_overlap < 1:
            kept = suppress(found.boxes_tlwh, found.confidences, self._nms_overlap)
            found = found.select(np.sort(kept))
        return found
