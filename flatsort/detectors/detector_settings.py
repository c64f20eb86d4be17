"""What every detector is told, and what it does about it."""

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
    """What to find.

    Attributes:
        classes: names of the classes to find, or numbers as the detector counts them.
        min_confidence: boxes below are left out.
        nms_overlap: of two boxes whose IoU exceeds it the less confident one is left out, whatever
            their classes; None for the detector's own default, 1 for none.

    Raises:
        InputError: a value is out of range.
    """

    classes: tuple[str, ...] = (PERSON,)
    min_confidence: float = 0.3
    nms_overlap: float | None = None

    def __post_init__(self) -> None:
        if not self.classes:
            raise InputError("--classes: name one at least, such as person")
        if not math.isfinite(self.min_confidence):
            raise InputError(f"--min-confidence {self.min_confidence}: it must be a number")
        if self.nms_overlap is not None and not 0 < self.nms_overlap <= 1:
            raise InputError(
                f"--detector-nms {self.nms_overlap}: it must be above 0 and at most 1, which "
                "suppresses nothing"
            )

    def class_numbers(self, names: dict[int, str], detector: str) -> list[int]:
        """The numbers of the classes to find.

        Args:
            names: of the classes that the detector knows, by number; empty if it does not tell.
            detector: for messages.

        Raises:
            InputError: it knows no such class.
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
    ) -> Detections:
        """What is confident enough and survives non-maximum suppression, most confident first.

        Args:
            boxes_tlwh: (N, 4) pixels.
            confidences: (N,).
            default_overlap: the detector's own, where the user gave none.
        """
        overlap = default_overlap if self.nms_overlap is None else self.nms_overlap
        # A network that runs in half precision may overflow.
        usable = np.isfinite(boxes_tlwh).all(axis=1) & (boxes_tlwh[:, 2:] > 0).all(axis=1)
        rows = np.flatnonzero(usable & (confidences >= self.min_confidence))
        boxes_tlwh, confidences = boxes_tlwh[rows], confidences[rows]
        kept = suppress(boxes_tlwh, confidences, overlap)
        return Detections(boxes_tlwh[kept], confidences[kept])


def suppress(
    boxes_tlwh: NDArray[np.floating], confidences: NDArray[np.floating], overlap: float
) -> NDArray[np.intp]:
    """Rows that survive greedy non-maximum suppression at an IoU, most confident first."""
    order = np.argsort(-confidences, kind="stable")
    # It takes no scores below 0, which other programs' detections have: ranks will do.
    ranks = np.arange(len(order), 0, -1, dtype=float)
    kept = cv2.dnn.NMSBoxes(boxes_tlwh[order].tolist(), ranks.tolist(), 0.0, overlap)
    return order[np.asarray(kept, np.intp).reshape(-1)]
