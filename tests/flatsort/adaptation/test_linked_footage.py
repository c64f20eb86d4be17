"""Which boxes are learned from, and which are held out."""

import numpy as np
import pytest

from flatsort.adaptation.certain_people import NOBODY, UNKNOWN, CertainPeople
from flatsort.adaptation.linked_footage import LinkedFootage, correct_tracklets
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


def corrected(*crops):
    """Correct crops (tracklet, frame, person); return the tracklets."""
    table = np.array(crops)
    return correct_tracklets(table[:, 0], table[:, 1], table[:, 2]).tolist()


def test_without_certain_people_tracklets_stay():
    assert corrected((0, 1, UNKNOWN), (0, 2, UNKNOWN), (2, 2, UNKNOWN)) == [0, 0, 2]


def test_tracklets_of_one_person_are_joined():
    found = corrected((0, 1, 5), (0, 2, UNKNOWN), (2, 9, 5), (2, 10, UNKNOWN), (4, 1, UNKNOWN))
    assert found == [0, 0, 0, 0, 4]


def test_a_tracklet_with_two_people_is_cut_in_the_middle():
    found = corrected((0, 1, UNKNOWN), (0, 2, 5), (0, 4, UNKNOWN), (0, 9, 6), (0, 10, UNKNOWN))
    assert found == [0, 0, 0, 3, 3]


def test_nobody_is_in_one_frame_twice():
    """Two tracklets of person 5 both have a crop in frame 3; neither of these is certain."""
    found = corrected((0, 1, 5), (0, 3, UNKNOWN), (2, 3, UNKNOWN), (2, 5, 5))
    assert found == [0, 1, 2, 0]
    # The certain crop of frame 3 stays.
    assert corrected((0, 3, 5), (1, 3, UNKNOWN), (1, 5, 5)) == [0, 1, 0]


def test_certain_people_change_the_tracklets_of_footage(footage):
    """The first two people exchange places in frame 7, says the user; the third is a statue."""
    left = [(n, 0.0, 1 if n < 7 else 2) for n in range(5, 9)]
    right = [(n, 30.0, 2 if n < 7 else 1) for n in range(5, 9)]
    statue = [(n, 60.0, NOBODY) for n in range(1, FRAMES + 1)]
    rows = sorted(left + right + statue)
    certain = CertainPeople(
        frames=np.array([row[0] for row in rows]),
        # The boxes of the results are two pixels off.
        boxes_tlwh=np.array([(row[1] + 2, 20.0, 20.0, 40.0) for row in rows]),
        people=np.array([row[2] for row in rows]),
    )
    linked = LinkedFootage(footage, RULE, certain)
    statues = footage.boxes_tlwh[:, 0] == 60
    assert (linked.learned == ~statues).all()
    first = linked.crops.boxes_tlwh[:, 0] == np.where(linked.crops.frames < 7, 0, 30)
    second = linked.crops.boxes_tlwh[:, 0] == np.where(linked.crops.frames < 7, 30, 0)
    assert len(set(linked.tracklets[first].tolist())) == 1
    assert len(set(linked.tracklets[second].tolist())) == 1
    assert linked.tracklet_count == PEOPLE - 1
