"""Outputs of the YOLO family, by hand; inputs are 64 x 32, so there are 32 + 8 + 2 = 42 places."""

import numpy as np
import pytest

from flatsort.detectors.yolo_output import Form, Layout, find_layout, read_output

WIDTH, HEIGHT = 64, 32


@pytest.mark.parametrize(
    ("shape", "form", "classes"),
    [
        # YOLOv8: one row per value, one column per place; of 80 classes or one; without first axis.
        ((1, 84, 42), Form.COLUMNS, 80),
        ((1, 5, 42), Form.COLUMNS, 1),
        ((1, 84, 8400), Form.COLUMNS, 80),
        ((84, 42), Form.COLUMNS, 80),
        # YOLOv5: three boxes per place; v6 one.
        ((1, 126, 85), Form.ROWS, 80),
        ((1, 25200, 85), Form.ROWS, 80),
        ((1, 42, 85), Form.ROWS, 80),
        ((1, 126, 7), Form.ROWS, 2),
        # Six columns: one class if there is one row per box of a place, else end to end.
        ((1, 126, 6), Form.ROWS, 1),
        ((1, 42, 6), Form.ROWS, 1),
        ((1, 300, 6), Form.END_TO_END, None),
        ((1, 3, 6), Form.END_TO_END, None),
        ((0, 6), Form.END_TO_END, None),
        # YOLOv8 with rows and columns exchanged; RT-DETR has 300 objects.
        ((1, 42, 84), Form.TRANSPOSED, 80),
        ((1, 300, 84), Form.TRANSPOSED, 80),
    ],
)
def test_layouts(shape, form, classes):
    assert find_layout(shape, WIDTH, HEIGHT) == Layout(form, classes)


def test_the_fourth_grid_of_larger_models():
    """640 x 640 with strides to 64: 6400 + 1600 + 400 + 100 places."""
    assert find_layout((1, 3 * 8500, 6), 640, 640) == Layout(Form.ROWS, 1)


@pytest.mark.parametrize(
    ("shape", "named", "task", "expected"),
    [
        ((1, 116, 42), 80, "segment", Layout(Form.COLUMNS, 80)),
        ((1, 56, 42), 1, "pose", Layout(Form.COLUMNS, 1)),
        ((1, 300, 38), 80, "segment", Layout(Form.END_TO_END, None)),
        ((1, 300, 57), 1, "pose", Layout(Form.END_TO_END, None)),
        ((1, 42, 7), 3, "detect", Layout(Form.TRANSPOSED, 3)),
        ((1, 42, 8), 3, "detect", Layout(Form.ROWS, 3)),
        ((1, 300, 7), 3, "detect", Layout(Form.TRANSPOSED, 3)),
    ],
)
def test_names_and_task_decide(shape, named, task, expected):
    assert find_layout(shape, WIDTH, HEIGHT, named, task) == expected


@pytest.mark.parametrize(
    ("shape", "named", "task", "reason"),
    [
        ((1, 84, 42), 3, "detect", "has scores of 80 classes, but the file names 3"),
        ((1, 116, 42), 80, "detect", "has scores of 112 classes"),
        ((1, 300, 7), 15, "obb", "oriented boxes"),
        # Without names, 38 columns may be masks, 57 joints and 7 an angle.
        ((1, 300, 38), None, "detect", "may mean different things"),
        ((1, 300, 57), None, "detect", "may mean different things"),
        ((1, 300, 7), None, "detect", "may mean different things"),
    ],
)
def test_layouts_that_would_be_read_wrongly_are_refused(shape, named, task, reason):
    with pytest.raises(ValueError, match=reason):
        find_layout(shape, WIDTH, HEIGHT, named, task)


@pytest.mark.parametrize("form", [Form.COLUMNS, Form.TRANSPOSED])
def test_shares_of_the_picture_become_pixels(form):
    """A box at a quarter of the width and half of the height, of an eighth of each."""
    output = np.array([[0.25, 0.5, 0.125, 0.125, 0.9], [0.75, 0.5, 0.125, 0.125, 0.1]])
    boxes, scores, _ = read_output(
        output.T if form is Form.COLUMNS else output, form, [0], WIDTH, HEIGHT
    )
    np.testing.assert_array_equal(boxes, [[12, 14, 8, 4], [44, 14, 8, 4]])
    np.testing.assert_array_equal(scores, [0.9, 0.1])


@pytest.mark.parametrize("shape", [(1000,), (1, 4, 42), (2, 84, 42), (1, 1, 84, 42), (1, 42, 5)])
def test_unknown_shapes(shape):
    with pytest.raises(ValueError, match=r"its output has shape .*, not one of \(N, 6\)"):
        find_layout(shape, WIDTH, HEIGHT)


def test_end_to_end():
    rows = [[1, 2, 11, 22, 0.9, 0], [5, 5, 6, 9, 0.8, 2], [0, 0, 4, 4, 0.7, 1]]
    boxes, scores, classes = read_output(
        np.array([rows], np.float32), Form.END_TO_END, [0, 1], WIDTH, HEIGHT
    )
    assert classes.tolist() == [0, 1]
    np.testing.assert_array_equal(boxes, [[1, 2, 10, 20], [0, 0, 4, 4]])
    np.testing.assert_allclose(scores, [0.9, 0.7], rtol=1e-6)


def test_columns():
    """Boxes of 8 x 6 centred at (20, 10) and (30, 10), with their best score of wanted classes."""
    output = np.array([[20, 30], [10, 10], [8, 8], [6, 6], [0.1, 0.6], [0.7, 0.2], [0.9, 0.9]])
    boxes, scores, classes = read_output(output[None], Form.COLUMNS, [0, 1], WIDTH, HEIGHT)
    assert classes.tolist() == [1, 0]
    np.testing.assert_array_equal(boxes, [[16, 7, 8, 6], [26, 7, 8, 6]])
    np.testing.assert_array_equal(scores, [0.7, 0.6])


def test_rows():
    """Objectness multiplies each score."""
    output = np.array([[20, 10, 8, 6, 0.5, 0.8, 0.2], [30, 10, 8, 6, 1.0, 0.1, 0.4]])
    boxes, scores, classes = read_output(output, Form.ROWS, [0], WIDTH, HEIGHT)
    assert classes.tolist() == [0, 0]
    np.testing.assert_array_equal(boxes, [[16, 7, 8, 6], [26, 7, 8, 6]])
    np.testing.assert_allclose(scores, [0.4, 0.1])
    _, scores, classes = read_output(output, Form.ROWS, [1, 0], WIDTH, HEIGHT)
    assert scores == pytest.approx([0.4, 0.4])
    assert classes.tolist() == [0, 1]


def test_no_candidates():
    boxes, scores, classes = read_output(np.empty((1, 0, 6)), Form.END_TO_END, [0], WIDTH, HEIGHT)
    assert classes.shape == (0,)
    assert boxes.shape == (0, 4)
    assert scores.shape == (0,)
