"""Frames, stretches and neighbours of boxes."""

import numpy as np

from tests.flatsort.evaluation.verdict.conftest import make_boxes


def test_each_frame_has_its_rows():
    boxes = make_boxes((1, 0, 0), (3, 0, 0), (3, 90, 0), numbers=[1, 2, 3])
    assert [rows.tolist() for rows in boxes.rows] == [[0], [], [1, 2]]


def test_a_gap_in_the_numbers_ends_a_stretch():
    boxes = make_boxes((1, 0, 0), numbers=[1, 2, 7, 8, 20])
    assert boxes.stretches == [range(2), range(2, 4), range(4, 5)]


def test_boxes_apart_leave_out_the_box_itself_and_its_double():
    # The second box has an IoU of 1/3 with the first: it is moved by half its width.
    boxes = make_boxes((1, 0, 0), (1, 10, 0), (1, 60, 0), (2, 0, 0), (2, 60, 0))
    assert boxes.apart_from(np.array([0, 3]), overlap=0.3).tolist() == [2, 4]
    assert boxes.apart_from(np.array([0, 3]), overlap=0.4).tolist() == [1, 2, 4]
