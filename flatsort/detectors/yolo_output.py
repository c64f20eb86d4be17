"""The outputs of networks of the YOLO family; the shape of an output determines its form."""

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

# Strides in pixels of the grids of places where a network looks for objects. Larger models have a
# fourth grid.
_STRIDES = ((8, 16, 32), (8, 16, 32, 64))


class Form(Enum):
    """The known forms of an output of N candidates and C classes."""

    # YOLOv10, or a model exported with suppression: left, top, right, bottom, score, class.
    END_TO_END = "(N, 6)"
    # YOLOv8, v9, v11: centre x and y, width, height, one score per class.
    COLUMNS = "(4 + C, N)"
    # YOLOv5, v6, v7: centre x and y, width, height, objectness, and C scores to multiply by it.
    ROWS = "(N, 5 + C)"


@dataclass(frozen=True)
class Layout:
    """The form of an output and its number of classes.

    Attributes:
        form: one of the three forms.
        classes: number of classes with scores; None if the shape does not determine it.
    """

    form: Form
    classes: int | None


def find_layout(shape: tuple[int, ...], width: int, height: int) -> Layout:
    """Determine the layout of an output from its shape.

    A YOLOv5 of one class has six columns, like the end-to-end form. The number of rows tells the
    two apart, because a YOLOv5 has three rows per place in its grids.

    Args:
        shape: shape of the output, with or without a first axis of 1.
        width: width of the network's input in pixels.
        height: height of the network's input in pixels.

    Raises:
        ValueError: the shape is of no known form.
    """
    rows, columns = shape[-2:] if len(shape) in (2, 3) else (0, 0)
    places = [sum((height // s) * (width // s) for s in strides) for strides in _STRIDES]
    # YOLOv5 and v7 have three boxes per place, v6 one.
    has_grid_rows = rows in places or rows in [3 * each for each in places]
    if columns == 6 and not has_grid_rows:
        return Layout(Form.END_TO_END, None)
    if columns in places or (columns > rows and not has_grid_rows):
        form, classes = Form.COLUMNS, rows - 4
    else:
        form, classes = Form.ROWS, columns - 5
    if classes < 1 or (len(shape) == 3 and shape[0] != 1):
        known = ", ".join(form.value for form in Form)
        raise ValueError(f"its output has shape {tuple(shape)}, not one of {known}")
    return Layout(form, classes)


def read_output(
    output: NDArray[np.floating], form: Form, classes: list[int]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Return boxes (N, 4) tlwh in pixels of the network's input, scores (N,) and classes (N,).

    Nothing is suppressed.

    Args:
        output: output for one picture.
        form: form of the output, from :func:`find_layout`.
        classes: numbers of the wanted classes; a box has the class with the best score.
    """
    values = np.asarray(output, np.float64).reshape(output.shape[-2:])
    if form is Form.END_TO_END:
        wanted = values[np.isin(np.round(values[:, 5]), classes)]
        sizes = wanted[:, 2:4] - wanted[:, :2]
        boxes_tlwh = np.concatenate([wanted[:, :2], sizes], axis=1)
        return boxes_tlwh, wanted[:, 4], np.round(wanted[:, 5]).astype(np.int64)
    if form is Form.COLUMNS:
        boxes, scores = values[:4].T, values[4:].T[:, classes]
    else:
        boxes, scores = values[:, :4], values[:, 5:][:, classes] * values[:, 4:5]
    corners = boxes[:, :2] - boxes[:, 2:] / 2
    best = np.asarray(classes, np.int64)[scores.argmax(axis=1)]
    return np.concatenate([corners, boxes[:, 2:]], axis=1), scores.max(axis=1), best
