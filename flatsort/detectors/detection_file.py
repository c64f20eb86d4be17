"""A detector that reads the boxes of each frame from a detection file."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from flatsort.detectors.box_corners import corners_note
from flatsort.detectors.detector_settings import PERSON, DetectorSettings, suppress
from flatsort.errors import InputError
from flatsort.exchange.foreign_boxes import ForeignBoxes
from flatsort.exchange.registry import read_boxes
from flatsort.files.mot_files import Rows
from flatsort.sources.source import Frame
from flatsort.tracker import Detections


def create(argument: str, settings: DetectorSettings) -> "DetectionTable":
    """Open ``file:FILE``, boxes of any format that :mod:`flatsort.exchange` reads.

    Without --classes, the boxes of all classes are taken.

    Raises:
        InputError: the file is missing or damaged, or it lacks classes that the settings ask for.
    """
    if not argument:
        raise InputError("--detector file: needs a file: file:det.txt")
    found = read_boxes(Path(argument).expanduser())
    rows = found.rows
    if settings.classes != (PERSON,):
        rows = _select_classes(found, settings)
    confident = rows.select(rows.confidences >= settings.min_confidence)
    # By default nothing is suppressed, because the program that wrote the file has done so.
    overlap = settings.nms_overlap or 1.0
    return DetectionTable(confident, overlap, found.class_names, found.is_relative)


class DetectionTable:
    """Looks detections up by frame number; invalid boxes are included.

    Args:
        rows: detections of all frames in any order; the rows of one frame keep their order.
        nms_overlap: IoU above which the less confident of two boxes is dropped; 1 drops none.
        class_names: number -> name of the classes, from 0.
        is_relative: whether the boxes are fractions of the picture, whose size must be known.
    """

    cache_key = None

    def __init__(
        self,
        rows: Rows,
        nms_overlap: float = 1.0,
        class_names: Mapping[int, str] | None = None,
        is_relative: bool = False,
    ) -> None:
        self.needs_images = self._is_relative = is_relative
        self.class_names = dict(class_names or {})
        order = np.argsort(rows.frames, kind="stable")
        self._frames = rows.frames[order]
        self._boxes_tlwh = rows.boxes_tlwh[order]
        self._confidences = rows.confidences[order]
        self._classes = rows.select(order).detector_classes
        self._nms_overlap = nms_overlap

    def __call__(self, frame: Frame) -> Detections:
        """Return the detections of the frame's number, in pixels."""
        here = slice(*np.searchsorted(self._frames, [frame.number, frame.number + 1]))
        classes = None if self._classes is None else self._classes[here]
        boxes_tlwh = self._boxes_tlwh[here]
        if self._is_relative:
            height, width = frame.image.shape[:2]
            boxes_tlwh = boxes_tlwh * np.array([width, height, width, height])
        found = Detections(boxes_tlwh, self._confidences[here], classes=classes)
        if self._nms_overlap < 1:
            kept = suppress(found.boxes_tlwh, found.confidences, self._nms_overlap)
            found = found.select(np.sort(kept))
        return found

    def corners_note(self, size: tuple[int, int]) -> str | None:
        """Return a sentence if the boxes look like corners, in pictures of this size in pixels."""
        return None if self._is_relative else corners_note(self._boxes_tlwh, size)


def _select_classes(found: ForeignBoxes, settings: DetectorSettings) -> Rows:
    """Return the rows of some classes, given by their names, or by their numbers in column 8.

    Raises:
        InputError: the file has no classes, or not these ones.
    """
    rows, words = found.rows, settings.classes
    if len(rows) and not (rows.classes >= 1).any():
        raise InputError(f"--classes {' '.join(words)}: {rows.path} has no classes")
    if found.class_names:
        numbers = settings.class_numbers(found.class_names, str(rows.path))
        return rows.select(np.isin(rows.classes - 1, numbers))
    if not all(word.isdecimal() for word in words):
        raise InputError(
            f"--classes {' '.join(words)}: {rows.path} has numbers of classes, no names"
        )
    return rows.select(np.isin(rows.classes, [int(word) for word in words]))
