"""The labelled boxes for scores and the detected boxes for gates."""

import numpy as np
import pytest

from flatsort.errors import InputError
from flatsort.evaluation.reid.judged_boxes import detected_boxes, labelled_boxes


@pytest.fixture
def labelled(make_sequence):
    """Make a sequence from ground-truth rows (frame, id, height, flag, class, visibility)."""

    def make(*rows, name="MOT16-98"):
        sequence = make_sequence(name=name, length=9)
        (sequence.folder / "gt").mkdir()
        lines = [
            f"{frame},{who},10,20,30,{height},{flag},{kind},{seen}\n"
            for frame, who, height, flag, kind, seen in rows
        ]
        (sequence.folder / "gt" / "gt.txt").write_text("".join(lines))
        return sequence

    return make


def test_odd_frames_are_kept_in_order(labelled):
    rows = [(frame, 7, 50, 1, 1, 1) for frame in (3, 2, 9, 1, 4)]
    boxes = labelled_boxes(labelled(*rows))
    assert boxes.frames.tolist() == [1, 3, 9]
    assert boxes.ids.tolist() == [7, 7, 7]
    assert boxes.boxes_tlwh.tolist() == [[10, 20, 30, 50]] * 3


@pytest.mark.parametrize(
    ("row", "kept"),
    [
        pytest.param((1, 2, 40, 1, 1, 0.31), True, id="at the limits"),
        pytest.param((1, 2, 39.9, 1, 1, 1), False, id="too low"),
        pytest.param((1, 2, 50, 0, 1, 1), False, id="not flagged"),
        pytest.param((1, 2, 50, 1, 7, 1), False, id="a static person"),
        pytest.param((1, 2, 50, 1, 1, 0.3), False, id="hidden"),
    ],
)
def test_rules(labelled, row, kept):
    boxes = labelled_boxes(labelled((1, 1, 60, 1, 1, 1), row))
    assert boxes.ids.tolist() == ([1, 2] if kept else [1])


def test_mot15_has_no_classes_and_no_visibility(labelled):
    boxes = labelled_boxes(labelled((1, 1, 60, 1, -1, -1), name="MOT15-98"))
    assert len(boxes) == 1


def test_a_sequence_without_usable_ground_truth_is_refused(labelled, make_sequence):
    with pytest.raises(InputError, match=r"gt\.txt: no flagged pedestrian"):
        labelled_boxes(labelled((2, 1, 60, 1, 1, 1)))
    with pytest.raises(InputError, match=r"gt\.txt: no ground truth"):
        labelled_boxes(make_sequence(name="MOT16-97"))


def test_detections_follow_the_rule_of_training(make_sequence):
    sequence = make_sequence(
        detections="2,-1,10,20,30,40,0.5\n1,-1,1,2,30,50,0.9\n1,-1,10,20,30,50,0.49\n"
        "1,-1,10,20,30,39,0.9\n1,-1,10,20,0,50,0.9\n1,-1,nan,20,30,50,0.9\n"
    )
    boxes = detected_boxes(sequence, "det.txt")
    assert boxes.frames.tolist() == [1, 2]
    assert boxes.boxes_tlwh.tolist() == [[1, 2, 30, 50], [10, 20, 30, 40]]


def test_as_a_crop_set(make_boxes):
    boxes = make_boxes((1, 5), (4, 6), (4, 7))
    crops = boxes.as_crop_set()
    assert len(crops) == len(boxes) == 3
    np.testing.assert_array_equal(crops.frames, [1, 4, 4])
    np.testing.assert_array_equal(crops.sequences, [0, 0, 0])
