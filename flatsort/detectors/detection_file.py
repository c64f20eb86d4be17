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

    Without --classes, the boxes of all classes are taken.

    Raises:
        InputError: the file is missing or damaged, or it has no classes and the settings ask for
            some.
    """
    if not argument:
        raise InputError("--detector file: needs a file: file:det.txt")
    rows = read_detections(Path(argument).expanduser(), math.inf)
    if settings.classes != (PERSON,):
        rows = _select_classes(rows, settings.classes)
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
        self._classes = rows.select(order).detector_classes
        self.class_names: dict[int, str] = {}
        self._nms_overlap = nms_overlap

    def __call__(self, frame: Frame) -> Detections:
        """Return the detections of the frame's number."""
        here = slice(*np.searchsorted(self._frames, [frame.number, frame.number + 1]))
        classes = None if self._classes is None else self._classes[here]
        found = Detections(self._boxes_tlwh[here], self._confidences[here], classes=classes)
        if self._nms_overlap < 1:
            kept = suppress(found.boxes_tlwh, found.confidences, self._nms_overlap)
            found = found.select(np.sort(kept))
        return found


def _select_classes(rows: Rows, words: tuple[str, ...]) -> Rows:
    """Return the rows of some classes, given by their numbers in column 8.

    Raises:
        InputError: a word is no number, or the file has no classes.
    """
    wrong = [word for word in words if not word.isdecimal()]
    if wrong or not (rows.classes >= 1).any():
        reason = "has no classes" if not wrong else "has numbers in column 8, not names"
        raise InputError(f"--classes {' '.join(words)}: {rows.path} {reason}")
    return rows.select(np.isin(rows.classes, [int(word) for word in words]))
