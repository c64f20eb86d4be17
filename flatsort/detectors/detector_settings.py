"""The settings of all detectors, and the selection of boxes by them."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from flatsort.errors import InputError
from flatsort.tracker import Detections

PERSON = "person"


@dataclass(frozen=True)
class DetectorSettings:
    """Settings of a detector.

    Attributes:
        classes: names of the classes to find, or their numbers in the detector.
        min_confidence: boxes of lower confidence are left out.
        nms_overlap: if the IoU of two boxes exceeds this, the less confident box is left out, even
            if their classes differ. None is the detector's own default; 1 suppresses nothing.

    Raises:
        InputError: a value is out of range.
    """

    classes: tuple[str, ...] = (PERSON,)
    min_confidence: float = 0.3
    nms_overlap: float | None = None

    def __post_init__(self) -> None:
        if not self.classes:
            raise InputError("--classes: give at least one class, such as person")
        if not math.isfinite(self.min_confidence):
            raise InputError(f"--min-confidence {self.min_confidence}: give a finite number")
        if self.nms_overlap is not None and not 0 < self.nms_overlap <= 1:
            raise InputError(
                f"--detector-nms {self.nms_overlap}: give a number above 0 and at most 1 (1 "
                "suppresses nothing)"
            )

    def class_numbers(self, names: dict[int, str], detector: str) -> list[int]:
        """Return the numbers of the classes to find.

        Args:
            names: names of the detector's classes by number; empty if the detector has no names.
            detector: name of the detector, for messages.

        Raises:
            InputError: the detector does not know a class.
        """
        by_name = {name.lower(): number for number, name in names.items()}
        numbers = []
        for word in self.classes:
            number = int(word) if word.isdecimal() else by_name.get(word.lower())
            if number is None or (names and number not in names):
                known = ", ".join(names.values()) or "no names, so give numbers: --classes 0"
                raise InputError(f"--classes {word}: {detector} knows {known}")
            numbers.append(number)
        return numbers

    def select(
        self,
        boxes_tlwh: NDArray[np.floating],
        confidences: NDArray[np.floating],
        default_overlap: float,
        classes: NDArray[np.integer] | None = None,
    ) -> Detections:
        """Return the boxes that pass the settings, most confident first.

        Invalid boxes, boxes below the minimum confidence and suppressed boxes are left out.

        Args:
            boxes_tlwh: (N, 4) pixels.
            confidences: (N,).
            default_overlap: the detector's own ``nms_overlap``, for settings without one.
            classes: (N,) class numbers; None if they are unknown.
        """
        overlap = default_overlap if self.nms_overlap is None else self.nms_overlap
        # A network in half precision may overflow.
        usable = np.isfinite(boxes_tlwh).all(axis=1) & (boxes_tlwh[:, 2:] > 0).all(axis=1)
        rows = np.flatnonzero(usable & (confidences >= self.min_confidence))
        kept = rows[suppress(boxes_tlwh[rows], confidences[rows], overlap)]
        known = None if classes is None else classes[kept]
        return Detections(boxes_tlwh[kept], confidences[kept], classes=known)


def suppress(
    boxes_tlwh: NDArray[np.floating], confidences: NDArray[np.floating], overlap: float
) -> NDArray[np.intp]:
    """Return the rows that survive greedy non-maximum suppression, most confident first.

    A box is suppressed if its IoU with a more confident surviving box exceeds ``overlap``.
    """
    order = np.argsort(-confidences, kind="stable")
    # Ranks replace confidences, because OpenCV drops boxes with scores below 0, which detections of
    # other programs may have.
    ranks = np.arange(len(order), 0, -1, dtype=float)
    kept = cv2.dnn.NMSBoxes(boxes_tlwh[order].tolist(), ranks.tolist(), 0.0, overlap)
    return order[np.asarray(kept, np.intp).reshape(-1)]
