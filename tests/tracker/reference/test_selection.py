import numpy as np

from flatsort.tracker import Detections
from flatsort.tracker.reference.selection import usable_rows

BOX = [1.0, 2, 30, 40]
LOW = [1.0, 2, 30, 39.9]
INVALID = [1.0, 2, np.nan, 40]


def test_the_usable_rows_and_the_number_of_invalid_boxes():
    detections = Detections([INVALID, BOX, LOW, BOX, BOX], [0.9, 0.5, 0.9, 0.49, 0.9])
    rows, dropped = usable_rows(detections, min_confidence=0.5, min_height=40.0)
    assert rows.tolist() == [1, 4]
    assert dropped == 1


def test_without_a_smallest_height_every_valid_box_is_high_enough():
    rows, dropped = usable_rows(Detections([LOW, INVALID], [0.0, 0.0]), min_confidence=0.0)
    assert rows.tolist() == [0]
    assert dropped == 1


def test_no_detections():
    rows, dropped = usable_rows(Detections.empty(), min_confidence=0.5)
    assert rows.shape == (0,)
    assert dropped == 0
