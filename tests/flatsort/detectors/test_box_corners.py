"""Corners where widths are expected."""

import numpy as np
import pytest

from flatsort.detectors.box_corners import corners_note
from flatsort.files.mot_files import read_detections
from flatsort.files.sequence import open_sequence

SIZE = (1920, 1080)


def people(count=100):
    """Return boxes (N, 4) tlwh inside the picture."""
    rng = np.random.default_rng(0)
    sizes = np.column_stack([rng.uniform(30, 150, count), rng.uniform(90, 400, count)])
    return np.concatenate([rng.uniform(0, 1, (count, 2)) * (np.array(SIZE) - sizes), sizes], axis=1)


def test_corners_are_noticed():
    boxes = people()
    assert corners_note(boxes, SIZE) is None
    corners = np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], axis=1)
    note = corners_note(corners, SIZE)
    assert "of 100 boxes leave the picture, but fit as corners" in note
    assert corners_note(corners[:10], SIZE) is None


def test_boxes_of_another_size_of_the_picture_are_not_called_corners():
    assert corners_note(people() * 2, SIZE) is None


@pytest.mark.parametrize("name", ["02", "04", "05", "09", "10", "11", "13"])
def test_real_boxes_are_not_called_corners(mot_data, name):
    sequence = open_sequence(mot_data / "MOT16" / "train" / f"MOT16-{name}")
    for file in ("det.txt", "yolox.txt"):
        rows = read_detections(sequence.find_detections(file), sequence.length)
        assert corners_note(rows.boxes_tlwh, sequence.size) is None
        corners = rows.boxes_tlwh.copy()
        corners[:, 2:] += corners[:, :2]
        corners[:, 2:] = np.minimum(corners[:, 2:], sequence.size)
        assert corners_note(corners, sequence.size) is not None
