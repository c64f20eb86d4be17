"""The person in each box and each crop, from hand-made ground truth."""

import numpy as np
import pytest

from benchmarks.labelled_people import (
    NOBODY,
    people_of_boxes,
    people_of_crops,
)
from flatsort.errors import InputError
from flatsort.files.mot_files import rows_of
from flatsort.training.crop_set import CropRule, CropSet

RULE = CropRule(size=16)


def crops(sequences, frames, boxes):
    images = np.zeros((len(frames), 1, 1, 3), np.uint8)
    return CropSet(images, np.array(sequences), np.array(frames), np.array(boxes, float))


def label(sequence, *lines):
    """Write ground truth: frame, person, left, top, width, height, flag, class, visibility."""
    path = sequence.ground_truth_path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines))


def test_a_box_shows_the_person_that_it_overlaps_most():
    labelled = np.array([[1, 7, 0, 0, 10, 10], [1, 8, 4, 0, 10, 10], [2, 9, 0, 0, 10, 10]])
    truth = rows_of(labelled, "truth", 3)
    # Box 2: IoU 9/11 with person 8, and 5/15 with person 7. Box 3: 5/15 with 7, its best.
    # Box 4 stands where person 9 stands one frame later. Frame 3 has no labels.
    boxes = np.array([[0, 0, 10, 10], [5, 0, 10, 10], [-5, 0, 10, 10], [0, 0, 10, 10]], float)
    found = people_of_boxes(np.array([1, 1, 1, 3]), boxes, truth)
    assert found.tolist() == [7, 8, NOBODY, NOBODY]
    assert people_of_boxes(np.array([2]), boxes[:1], truth).tolist() == [9]


def test_half_of_the_union_suffices():
    truth = rows_of(np.array([[1, 3, 0, 0, 10, 10]]), "truth", 1)
    boxes = np.array([[0, 0, 10, 5], [0, 0, 10, 4.9]])
    assert people_of_boxes(np.array([1, 1]), boxes, truth).tolist() == [3, NOBODY]


def test_people_of_two_sequences_are_different_people(make_sequence):
    one, two = make_sequence(name="MOT16-97", length=2), make_sequence(name="MOT16-98", length=2)
    label(one, "1,5,0,0,10,10,1,1,1", "2,5,3,0,10,10,1,1,1", "2,2,50,0,10,10,1,1,1")
    # A reflection has the flag 0. Class 7 is a seated person, whom scoring ignores with any flag.
    label(two, "1,5,0,0,10,10,1,1,1", "1,6,50,0,10,10,0,12,1", "1,7,80,0,10,10,1,7,1")
    found = people_of_crops(
        crops(
            [0, 0, 0, 1, 1, 1],
            [1, 2, 2, 1, 1, 1],
            [[left, 0, 10, 10] for left in (0, 50, 3, 0, 50, 80)],
        ),
        [one, two],
    )
    # (one, 2), (one, 5), (two, 5) are 0, 1, 2.
    assert found.tolist() == [1, 0, 1, 2, NOBODY, NOBODY]


def test_crops_of_nobody(make_sequence):
    sequence = make_sequence(length=1)
    label(sequence)
    assert people_of_crops(crops([0], [1], [[0, 0, 9, 9]]), [sequence]).tolist() == [NOBODY]


def test_missing_ground_truth_is_named(make_sequence):
    with pytest.raises(InputError, match=r"gt.txt"):
        people_of_crops(crops([0], [1], [[0, 0, 9, 9]]), [make_sequence(length=1)])
