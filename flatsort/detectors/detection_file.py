"""A detector that reads the boxes of each frame from a detection file."""

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
        InputError: the file is missing or damaged, or the settings ask for classes.
    """
    if not argument:
        raise InputError("--detector file: needs a file: file:det.txt")
    if settings.classes != (PERSON,):
        raise InputError("--classes: a detection file has no classes: leave out --classes")
    rows = read_detections(Path(argument).expanduser(), math.inf)
    confident = rows.select(rows.confidences >= settings.min_confidence)
    # By default nothing is suppressed, because the program that wrote the file has done so.
    return DetectionTable(confident, settings.nms_overlap or 1.0)


class DetectionTable:
    """Looks detections up by frame number; invalid boxes are included.

    Args:
        rows: detections of all frames in any order; the rows of one frame keep their order.
        nms_overlap: IoU above which the less confident of two boxes is dropped; 1 drops none.
    """

    needs_images = False
    cache_key = None

    def __init__(self, rows: Rows, nms_overlap: float = 1.0) -> None:
        order = np.argsort(rows.frames, kind="stable")
        self._frames = rows.frames[order]
        self._boxes_tlwh = rows.boxes_tlwh[order]
        self._confidences = rows.confidences[order]
        self._nms_overlap = nms_overlap

    def __call__(self, frame: Frame) -> Detections:
        """Return the detections of the frame's number."""
        here = slice(*np.searchsorted(self._frames, [frame.number, frame.number + 1]))
        found = Detections(self._boxes_tlwh[here], self._confidences[here])
        if self._nms_overlap < 1:
            kept = suppress(found.boxes_tlwh, found.confidences, self._nms_overlap)
            found = found.select(np.sort(kept))
        return found
