"""A detector that reads the boxes of each frame from a detection file."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from flatsort.detectors.box_corners import corners_note
from flatsort.detectors.detector_settings import PERSON, DetectorSettings, suppress
from flatsort.detectors.frame_numbers import fit_frames, outside_note
from flatsort.errors import InputError
from flatsort.exchange.foreign_boxes import ForeignBoxes
from flatsort.exchange.registry import read_boxes
from flatsort.files.box_units import confidence_note
from flatsort.files.mot_files import Rows
from flatsort.files.sequence import Sequence
from flatsort.sources.source import Frame, Source
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
    # By default nothing is suppressed, because the program that wrote the file has done so.
    overlap = settings.nms_overlap or 1.0
    names, is_relative = found.class_names, found.is_relative
    return DetectionTable(rows, overlap, names, is_relative, settings.min_confidence)


class DetectionTable:
    """Looks detections up by frame number; invalid boxes are included.

    Args:
        rows: detections of all frames in any order; the rows of one frame keep their order.
        nms_overlap: IoU above which the less confident of two boxes is dropped; 1 drops none.
        class_names: number -> name of the classes, from 0.
        is_relative: whether the boxes are fractions of the picture, whose size must be known.
        min_confidence: boxes of lower confidence are left out.
    """

    cache_key = None

    def __init__(
        self,
        rows: Rows,
        nms_overlap: float = 1.0,
        class_names: Mapping[int, str] | None = None,
        is_relative: bool = False,
        min_confidence: float = -np.inf,
    ) -> None:
        self.needs_images = self._is_relative = is_relative
        self.class_names = dict(class_names or {})
        self._rows = _in_order(rows)
        self._classes = self._rows.detector_classes
        self._nms_overlap, self._min_confidence = nms_overlap, min_confidence
        self._frames_note: str | None = None

    def __call__(self, frame: Frame) -> Detections:
        """Return the detections of the frame's number, in pixels."""
        here = slice(*np.searchsorted(self._rows.frames, [frame.number, frame.number + 1]))
        classes = None if self._classes is None else self._classes[here]
        boxes_tlwh = self._rows.boxes_tlwh[here]
        if self._is_relative:
            height, width = frame.image.shape[:2]
            boxes_tlwh = boxes_tlwh * np.array([width, height, width, height])
        found = Detections(boxes_tlwh, self._rows.confidences[here], classes=classes)
        # Boxes without a confidence stay: the tracker drops and counts them.
        found = found.select(~(found.confidences < self._min_confidence))
        if self._nms_overlap < 1:
            kept = suppress(found.boxes_tlwh, found.confidences, self._nms_overlap)
            found = found.select(np.sort(kept))
        return found

    def fit(self, footage: Sequence | Source) -> None:
        """Number the frames from 1 if they have the numbers of the images' names.

        Raises:
            InputError: the footage is a folder of images, and no box lies in one of its frames.
        """
        rows, self._frames_note = fit_frames(self._rows, footage)
        self._rows = _in_order(rows)

    def notes(self, size: tuple[int, int] | None, last: int | None) -> list[str]:
        """Return sentences on boxes that do not seem to fit the footage.

        Args:
            size: width and height of the pictures in pixels; None if they are unknown.
            last: number of the footage's last frame; None if it is unknown.
        """
        rows = self._rows
        notes = [
            self._frames_note,
            None if last is None else outside_note(rows, last),
            confidence_note(rows.confidences, rows.path.name),
        ]
        if size is not None and not self._is_relative:
            notes.append(corners_note(rows.boxes_tlwh, size))
        return [note for note in notes if note]


def _in_order(rows: Rows) -> Rows:
    """Return the rows in order of frames; those of one frame keep their order."""
    return rows.select(np.argsort(rows.frames, kind="stable"))


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
