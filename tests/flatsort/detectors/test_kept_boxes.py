"""The boxes of frames, in memory and in a file."""

import numpy as np
import pytest

from flatsort.detectors.kept_boxes import DamagedBoxes, KeptBoxes
from flatsort.tracker import Detections


def test_boxes_survive_the_file_to_the_last_bit(tmp_path):
    rng = np.random.default_rng(0)
    kept = KeptBoxes()
    for number, classes in ((7, [2, 0, 5]), (2, []), (5, None)):
        count = 1 if classes is None else len(classes)
        boxes, confidences = rng.normal(size=(count, 4)), rng.random(count)
        kept.add(number, Detections(boxes, confidences, classes=classes))
    kept.write(tmp_path / "b.npz", "key")
    read = KeptBoxes.read(tmp_path / "b.npz", "key")
    assert len(read) == 3
    for number in (7, 2, 5):
        np.testing.assert_array_equal(read.get(number).boxes_tlwh, kept.get(number).boxes_tlwh)
        np.testing.assert_array_equal(read.get(number).confidences, kept.get(number).confidences)
    assert read.get(7).classes.tolist() == [2, 0, 5]
    assert read.get(5).classes is None
    assert read.get(1) is None
    assert len(KeptBoxes.read(tmp_path / "b.npz", "other")) == 0
    assert len(KeptBoxes.read(tmp_path / "missing.npz", "key")) == 0


def test_all_frames_are_there_or_not():
    kept = KeptBoxes()
    for number in (1, 3):
        kept.add(number, Detections.empty())
    assert [kept.has_all(numbers) for numbers in ([1], [1, 2], [1, 3])] == [True, False, True]


def test_arrays_that_do_not_fit_together_are_damage(tmp_path):
    np.savez(
        tmp_path / "b.npz",
        key=np.array("key"),
        numbers=np.array([1]),
        counts=np.array([2]),
        boxes_tlwh=np.ones((1, 4)),
        confidences=np.ones(1),
        classes=np.ones(1),
    )
    with pytest.raises(DamagedBoxes):
        KeptBoxes.read(tmp_path / "b.npz", "key")
