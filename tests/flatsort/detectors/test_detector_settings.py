"""Settings of detectors, and suppression."""

import numpy as np
import pytest

from flatsort.detectors.detector_settings import DetectorSettings, suppress
from flatsort.errors import InputError
from flatsort.tracker.boxes import iou

# The second box is half a box to the right of the first (IoU 1/3). The third is far away.
BOXES = np.array([[0, 0, 10, 10], [5, 0, 10, 10], [50, 0, 10, 10]], float)


@pytest.mark.parametrize(
    ("overlap", "kept"),
    [(0.32, [2, 1]), (0.34, [2, 1, 0]), (1.0, [2, 1, 0])],
)
def test_the_less_confident_of_two_overlapping_boxes_is_suppressed(overlap, kept):
    assert suppress(BOXES, np.array([0.5, 0.6, 0.9]), overlap).tolist() == kept


def test_scores_of_other_programs_may_be_negative():
    assert suppress(BOXES, np.array([-0.5, -3.0, -9.0]), 0.3).tolist() == [0, 2]
    assert suppress(BOXES[:0], np.empty(0), 0.3).tolist() == []


def test_an_overlap_of_1_keeps_even_equal_boxes():
    assert len(suppress(BOXES[[0, 0]], np.array([0.5, 0.6]), 1.0)) == 2


def test_suppression_is_greedy():
    """By definition a box survives if and only if it overlaps no stronger survivor."""
    rng = np.random.default_rng(1)
    boxes = np.column_stack([rng.uniform(0, 60, (80, 2)), rng.uniform(5, 40, (80, 2))])
    scores = rng.permutation(80) / 80
    kept = suppress(boxes, scores, 0.4)
    assert (np.diff(scores[kept]) < 0).all()
    overlaps = iou(boxes, boxes) > 0.4
    for row in range(80):
        stronger = kept[scores[kept] > scores[row]]
        assert (row in kept) == (not overlaps[row, stronger].any())


def test_selection():
    """Boxes are sorted by confidence; weak and invalid boxes are left out."""
    boxes = np.concatenate([BOXES, [[0, 0, 0, 5], [np.nan, 0, 5, 5], [9, 9, 5, -1]]])
    confidences = np.array([0.3, 0.29, 0.8, 0.9, 0.9, 0.9])
    found = DetectorSettings(min_confidence=0.3).select(boxes, confidences, 0.5)
    np.testing.assert_array_equal(found.boxes_tlwh, BOXES[[2, 0]])
    assert found.confidences.tolist() == [0.8, 0.3]
    everyone = DetectorSettings(min_confidence=0.0)
    assert len(everyone.select(BOXES, np.ones(3), 0.3)) == 2
    assert len(DetectorSettings(nms_overlap=0.5).select(BOXES, np.ones(3), 0.3)) == 3


NAMES = {0: "person", 2: "Traffic light"}


@pytest.mark.parametrize(
    ("words", "numbers"),
    [(("person",), [0]), (("traffic light", "0"), [2, 0]), (("2",), [2])],
)
def test_classes_by_name_and_number(words, numbers):
    assert DetectorSettings(words).class_numbers(NAMES, "it") == numbers


def test_classes_that_are_not_known():
    with pytest.raises(InputError, match="--classes cat: net knows person, Traffic light"):
        DetectorSettings(("cat",)).class_numbers(NAMES, "net")
    with pytest.raises(InputError, match="--classes 1: net knows person"):
        DetectorSettings(("1",)).class_numbers(NAMES, "net")
    with pytest.raises(InputError, match="net knows no names, so give numbers: --classes 0"):
        DetectorSettings().class_numbers({}, "net")
    assert DetectorSettings(("7",)).class_numbers({}, "net") == [7]


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"classes": ()}, "--classes"),
        ({"min_confidence": float("nan")}, "--min-confidence nan"),
        ({"nms_overlap": 0.0}, "--detector-nms 0.0"),
        ({"nms_overlap": 1.1}, "--detector-nms 1.1"),
        ({"nms_overlap": float("nan")}, "--detector-nms nan"),
    ],
)
def test_values_out_of_range(values, complaint):
    with pytest.raises(InputError, match=complaint):
        DetectorSettings(**values)
