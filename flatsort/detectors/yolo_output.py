"""What networks of the YOLO family put out, told apart by its shape."""

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

# Of the grids that a network looks for objects on; the larger models have the last one too.
_STRIDES = ((8, 16, 32), (8, 16, 32, 64))


class Form(Enum):
    """The forms that are known, C being the number of classes and N that of candidates."""

    # YOLOv10, or exported with suppression: left, top, right, bottom, score, class.
    END_TO_END = "(N, 6)"
    # YOLOv8, v9, v11: centre x and y, width, height, a score for each class.
    COLUMNS = "(4 + C, N)"
    # YOLOv5, v6, v7: centre x and y, width, height, an objectness that multiplies each of C scores.
    ROWS = "(N, 5 + C)"


@dataclass(frozen=True)
class Layout:
    """How to read an output.

    Attributes:
        form: which of the three.
        classes: how many there are scores of; None where the output does not tell.
    """

    form: Form
    classes: int | None


def find_layout(shape: tuple[int, ...], width: int, height: int) -> Layout:
    """Tell what an output means by its shape.

    A YOLOv5 of one class has six columns like the end-to-end form; it is known by its N, the number
    of places in its grids.

    Args:
        shape: of the output, with or without a first axis of 1.
        width: of the network's input, pixels.
        height: of the network's input, pixels.

    Raises:
        ValueError: it is none that is known.
    """
    rows, columns = shape[-2:] if len(shape) in (2, 3) else (0, 0)
    places = [sum((height // s) * (width // s) for s in strides) for strides in _STRIDES]
    # YOLOv5 and v7 have three boxes at each place, v6 one.
    has_grid_rows = rows in places or rows in [3 * each for each in places]
    if columns == 6 and not has_grid_rows:
        return Layout(Form.END_TO_END, None)
    if columns in places or (columns > rows and not has_grid_rows):
        form, classes = Form.COLUMNS, rows - 4
    else:
        form, classes = Form.ROWS, columns - 5
    if classes < 1 or (len(shape) == 3 and shape[0] != 1):
        known = ", ".join(form.value for form in Form)
        raise ValueError(f"its output has shape {tuple(shape)}, none of {known}")
    return Layout(form, classes)


def read_output(
    output: NDArray[np.floating], form: Form, classes: list[int]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Boxes (N, 4) tlwh in pixels of the network's input, and their scores (N,), not suppressed.

    Args:
        output: of one picture.
        form: as :func:`find_layout` tells.
        classes: numbers of the classes asked for; a box's score is its best of these.
    """
    values = np.asarray(output, np.float64).reshape(output.shape[-2:])
    if form is Form.END_TO_END:
        wanted = values[np.isin(np.round(values[:, 5]), classes)]
        sizes = wanted[:, 2:4] - wanted[:, :2]
        return np.concatenate([wanted[:, :2], sizes], axis=1), wanted[:, 4]
    if form is Form.COLUMNS:
        boxes, scores = values[:4].T, values[4:].T[:, classes]
    else:
        boxes, scores = values[:, :4], values[:, 5:][:, classes] * values[:, 4:5]
    corners = boxes[:, :2] - boxes[:, 2:] / 2
    return np.concatenate([corners, boxes[:, 2:]], axis=1), scores.max(axis=1)
