"""The boxes that a file of another program holds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from flatsort.errors import InputError
from flatsort.files.box_units import refuse_fractions
from flatsort.files.mot_files import Rows
from flatsort.files.seqinfo import LARGEST

_LARGEST_FRACTION = 2.0
"""Largest place or side of a box as a fraction of the picture; boxes may leave it by a little."""


@dataclass(frozen=True)
class ForeignBoxes:
    """Boxes that another program wrote.

    Attributes:
        rows: the boxes; their classes count from 1, or all of them are -1.
        class_names: number -> name of the classes, from 0; empty if the names are unknown.
        is_relative: whether the boxes are fractions of the picture's width and height, not pixels.
    """

    rows: Rows
    class_names: dict[int, str]
    is_relative: bool = False


@dataclass(frozen=True)
class ForeignBox:
    """One box.

    Attributes:
        frame: number of the frame, from 1.
        left, top, width, height: in pixels, or in fractions of the picture.
        confidence: 1 for boxes that people drew.
        class_number: from 0; -1 if it is unknown.
        identity: identity of the track; -1 if it is unknown.
        place: where the box stands in the file, for messages.
    """

    frame: int
    left: float
    top: float
    width: float
    height: float
    confidence: float = 1.0
    class_number: int = -1
    identity: int = -1
    place: str = ""


def first_is_one(numbers: Iterable[int]) -> int:
    """Return the number to add so that the first frame is 1: 1 if a frame 0 is there, else 0."""
    return int(0 in set(numbers))


def collect(
    path: Path,
    boxes: Iterable[ForeignBox],
    class_names: Mapping[int, str],
    is_relative: bool = False,
) -> ForeignBoxes:
    """Return boxes in the form that the detector of files reads.

    Args:
        path: the file, for messages.
        boxes: the boxes, in any order.
        class_names: number -> name of the classes, from 0.
        is_relative: whether the boxes are fractions of the picture.

    Raises:
        InputError: a box is not finite, has a negative side, or stands in a frame below 1; a number
            is too large; boxes in pixels are all smaller than one; or fractions are larger.
    """
    boxes = list(boxes)
    for box in boxes:
        sides = box.left, box.top, box.width, box.height, box.confidence
        where = f"{path}, {box.place}" if box.place else f"{path}"
        if not np.isfinite(sides).all() or min(box.width, box.height) < 0:
            raise InputError(f"{where}: the box {sides[:4]} has no sides: correct or remove it")
        if is_relative and max(map(abs, sides[:4])) > _LARGEST_FRACTION:
            raise InputError(
                f"{where}: the box {sides[:4]} is in pixels: divide it by the picture's width and "
                "height"
            )
        if box.frame < 1:
            raise InputError(f"{where}: frame {box.frame} is below the first frame")
        if box.frame > LARGEST or box.class_number > LARGEST or abs(box.identity) > LARGEST:
            raise InputError(f"{where}: a frame, class or identity is above {LARGEST:,}")
    columns = [(b.left, b.top, b.width, b.height) for b in boxes]
    boxes_tlwh = np.array(columns, float).reshape(-1, 4)
    if not is_relative:
        refuse_fractions(boxes_tlwh, str(path))
    has_classes = all(box.class_number >= 0 for box in boxes)
    classes = [box.class_number + 1 if has_classes else -1 for box in boxes]
    rows = Rows(
        frames=np.array([box.frame for box in boxes], np.int64),
        ids=np.array([box.identity for box in boxes], np.int64),
        boxes_tlwh=boxes_tlwh,
        confidences=np.array([box.confidence for box in boxes], float),
        classes=np.array(classes, np.int64),
        visibilities=np.full(len(boxes), -1.0),
        path=path,
    )
    return ForeignBoxes(rows, dict(class_names), is_relative)
