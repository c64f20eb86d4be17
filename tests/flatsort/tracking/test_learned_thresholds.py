"""The memory from gaps that are known, and thresholds that do not depend on the scale."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from flatsort.files.mot_files import Rows
from flatsort.tracking.learned_thresholds import learn_memory, learn_thresholds

LENGTH, RATE = 60, 10.0


def people(hidden, confidence=0.9):
    """Three people who stand still; ``hidden`` has the frames in which each is not seen."""
    seen = [
        (frame, 200 * person)
        for frame in range(1, LENGTH + 1)
        for person in range(3)
        if frame not in hidden.get(person, ())
    ]
    frames, lefts = np.array(seen).T
    unknown = np.full(len(frames), -1)
    boxes_tlwh = np.full((len(frames), 4), [0.0, 0, 40, 100])
    boxes_tlwh[:, 0] = lefts
    confidences = np.full(len(frames), confidence)
    return Rows(frames, unknown, boxes_tlwh, confidences, unknown, unknown * 1.0, Path("det.txt"))


def test_the_memory_is_three_mean_gaps():
    """Hidden for 3 and 7 frames: 4 and 8 frames from box to box, .6 s in the mean."""
    boxes = people({0: range(10, 13), 1: range(20, 27)})
    assert learn_memory(boxes, LENGTH, RATE) == pytest.approx(1.8)


def test_longer_gaps_than_the_long_memory_do_not_count():
    """At 10 frames/s somebody who is hidden for 41 frames is somebody new."""
    boxes = people({0: range(10, 13), 1: range(10, 51)})
    assert learn_memory(boxes, LENGTH, RATE) == pytest.approx(1.2)


def test_without_gaps_no_memory_is_learned():
    assert learn_memory(people({}), LENGTH, RATE) is None


def test_thresholds_do_not_depend_on_the_scale():
    rows = people({0: range(10, 13)})
    weak = replace(rows, confidences=rows.confidences / 30)
    usual, learned = (learn_thresholds(each, LENGTH, RATE) for each in (rows, weak))
    np.testing.assert_array_equal(learned.boxes.confidences, usual.boxes.confidences)
    assert learned.memory_s == usual.memory_s == pytest.approx(1.2)
    assert learned.sure_from == pytest.approx(0.03)
    assert (learned.boxes.confidences == 0.95).all()
