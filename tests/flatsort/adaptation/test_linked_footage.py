"""Which boxes are learned from, and which are held out."""

import numpy as np
import pytest

from flatsort.adaptation.linked_footage import LinkedFootage
from flatsort.training.calibration import GAP, HELD_OUT
from flatsort.training.crop_set import CropRule

FRAMES = GAP + 2
PEOPLE = HELD_OUT
RULE = CropRule(min_confidence=0.3, min_height=40.0)


@pytest.fixture
def footage(make_footage):
    """Five people stand side by side for twelve frames."""
    return make_footage(*((n, 30 * p, p) for n in range(1, FRAMES + 1) for p in range(PEOPLE)))


def test_one_in_five_is_held_out_whole(footage):
    linked = LinkedFootage(footage, RULE)
    assert len(linked.crops) == PEOPLE * FRAMES
    assert np.unique(linked.tracklets).tolist() == list(range(PEOPLE))
    assert np.unique(linked.crops.boxes_tlwh[linked.held_out, 0]).tolist() == [120]


def test_small_boxes_are_not_learned_from(make_footage):
    footage = make_footage((1, 0), (1, 50))
    footage.boxes_tlwh[1, 3] = 39
    found = LinkedFootage(footage, RULE)
    assert found.learned.tolist() == [True, False]
    assert len(found.crops) == 1


def test_held_out_boxes_are_counted_among_all_boxes(footage):
    """The first person's boxes are too small to learn from, the fifth learned tracklet is gone."""
    linked = LinkedFootage(footage, RULE)
    assert np.unique(footage.boxes_tlwh[linked.boxes_held_out, 0]).tolist() == [120]
    assert linked.boxes_held_out.sum() == FRAMES
    footage.boxes_tlwh[::PEOPLE, 3] = 39
    assert not LinkedFootage(footage, RULE).boxes_held_out.any()
