"""The outputs of networks of the YOLO family; the shape of an output determines its form."""

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

_COCO = 80
"""Classes of COCO, which a network without names has in most cases."""
_LARGEST_SHARE = 2.0
"""Largest coordinate that is taken for a share of the picture instead of pixels."""
# Strides in pixels of the grids of places where a network looks for objects. Larger models have a
# fourth grid.
_STRIDES = ((8, 16, 32), (8, 16, 32, 64))


class Form(Enum):
    """The known forms of an output of N candidates and C classes."""

    # YOLOv10, or a model exported with suppression: left, top, right, bottom, score, class.
    END_TO_END = "(N, 6)"
    # YOLOv8, v9, v11: centre x and y, width, height, one score per class.
    COLUMNS = "(4 + C, N)"
    # The same with rows and columns exchanged, or RT-DETR, whose rows are objects and not places.
    TRANSPOSED = "(N, 4 + C)"
    # YOLOv5, v6, v7: centre x and y, width, height, objectness, and C scores to multiply by it.
    ROWS = "(N, 5 + C)"


@dataclass(frozen=True)
class Layout:
    """The form of an output and its number of classes.

    Attributes:
        form: one of the known forms.
        classes: number of classes with scores; None if the shape does not determine it.
    """

    form: Form
    classes: int | None


def find_layout(
    shape: tuple[int, ...],
    width: int,
    height: int,
    named: int | None = None,
    task: str = "detect",
) -> Layout:
    """Determine the layout of an output from its shape.

    A YOLOv5 of one class has six columns, like the end-to-end form. The number of rows tells the
    two apart, because a YOLOv5 has three rows per place in its grids.

    Args:
        shape: shape of the output, with or without a first axis of 1.
        width: width of the network's input in pixels.
        height: height of the network's input in pixels.
        named: number of classes that the file names; None if it names none.
        task: the network's task, as Ultralytics writes it: values of masks ("segment") or of
            joints ("pose") follow those of the classes.

    Raises:
        ValueError: the shape is of no known form, or does not fit the names.
    """
    rows, columns = shape[-2:] if len(shape) in (2, 3) else (0, 0)
    places = [sum((height // s) * (width // s) for s in strides) for strides in _STRIDES]
    # YOLOv5 and v7 have three boxes per place, v6 one.
    has_grid_rows = rows in places or rows in [3 * each for each in places]
    if task == "obb":
        raise ValueError("it finds oriented boxes, whose angles a tracker of boxes has no use for")
    has_more, usual = task in ("segment", "pose"), named or _COCO
    is_upright = columns in places or (columns > max(6, rows) and not has_grid_rows)
    if not has_grid_rows and (columns == 6 or (columns > 6 and has_more and not is_upright)):
        return Layout(Form.END_TO_END, None)
    if is_upright:
        form, classes = Form.COLUMNS, rows - 4
    elif columns - 4 == usual and (rows in places or not has_grid_rows):
        form, classes = Form.TRANSPOSED, columns - 4
    else:
        form, classes = Form.ROWS, columns - 5
    if classes < 1 or (len(shape) == 3 and shape[0] != 1):
        known = ", ".join(form.value for form in Form)
        raise ValueError(f"its output has shape {tuple(shape)}, not one of {known}")
    if named is not None and has_more and classes > named:
        classes = named
    if form is Form.ROWS and not has_grid_rows and classes != usual:
        raise ValueError(
            f"its output has shape {tuple(shape)}, which may mean different things: export it with "
            "the names of its classes, and without masks or joints"
        )
    if named is not None and classes != named:
        raise ValueError(
            f"its output of shape {tuple(shape)} has scores of {classes} classes, but the file "
            f"names {named}"
        )
    return Layout(form, classes)


def read_output(
    output: NDArray[np.floating], form: Form, classes: list[int], width: int, height: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Return boxes (N, 4) tlwh in pixels of the network's input, scores (N,) and classes (N,).

    Nothing is suppressed.

    Args:
        output: output for one picture.
        form: form of the output, from :func:`find_layout`.
        classes: numbers of the wanted classes; a box has the class with the best score.
        width: width of the network's input in pixels.
        height: height of the network's input in pixels.
    """
    values = np.array(output, np.float64).reshape(output.shape[-2:])
    if form is Form.COLUMNS:
        values = values.T
    _scale(values[:, :4], width, height)
    if form is Form.END_TO_END:
        wanted = values[np.isin(np.round(values[:, 5]), classes)]
        sizes = wanted[:, 2:4] - wanted[:, :2]
        boxes_tlwh = np.concatenate([wanted[:, :2], sizes], axis=1)
        return boxes_tlwh, wanted[:, 4], np.round(wanted[:, 5]).astype(np.int64)
    boxes = values[:, :4]
    if form is Form.ROWS:
        scores = values[:, 5:][:, classes] * values[:, 4:5]
    else:
        scores = values[:, 4:][:, classes]
    corners = boxes[:, :2] - boxes[:, 2:] / 2
    best = np.asarray(classes, np.int64)[scores.argmax(axis=1)]
    return np.concatenate([corners, boxes[:, 2:]], axis=1), scores.max(axis=1), best


def _scale(boxes: NDArray[np.float64], width: int, height: int) -> None:
    """Turn boxes (N, 4) that are shares of the picture into pixels, in place.

    Candidates in pixels lie all over the picture, so that some coordinate is larger than a share.
    """
    if len(boxes) and 0 < np.nanmax(boxes) <= _LARGEST_SHARE:
        boxes *= (width, height, width, height)
