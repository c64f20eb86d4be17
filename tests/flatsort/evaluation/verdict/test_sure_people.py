"""Which tracklets show different people, and which may show one person."""

import pytest

from flatsort.evaluation.verdict.sure_people import find_sure_people, people_pairs
from tests.flatsort.evaluation.verdict.conftest import FRAME_RATE, make_boxes


def standing(left, first, last):
    return [(n, left, 50) for n in range(first, last + 1)]


def test_people_in_one_frame_differ(sure):
    assert len(sure.rows) == 4
    assert sure.differ.sum() == 12
    assert sure.people.tolist() == [0, 1, 2, 3]
    assert len(people_pairs(sure)) == 6
    # Person 0 is box 0, 4, 8, ...: all other boxes are others.
    assert sure.others[0].tolist()[:4] == [1, 2, 3, 5]


def test_short_tracklets_are_left_out():
    sure = find_sure_people(make_boxes(*standing(0, 1, 4), *standing(90, 1, 5)), FRAME_RATE)
    assert [rows.tolist() for rows in sure.rows] == [[1, 3, 5, 7, 8]]


@pytest.mark.parametrize(
    ("again", "left", "people"),
    # Frames 1 to 10, then a second later: .45 + 1.5 heights are 78 px. Two seconds are 20 frames.
    [(20, 77, 1), (20, 79, 2), (30, 0, 1), (31, 0, 2)],
)
def test_a_tracklet_that_begins_nearby_counts_as_the_same_person(again, left, people):
    rows = standing(0, 1, 10) + standing(left, again, again + 9)
    sure = find_sure_people(make_boxes(*rows), FRAME_RATE)
    assert len(sure.rows) == 2
    assert len(set(sure.people.tolist())) == people


def test_two_tracklets_of_one_person_are_no_pair_of_people():
    """Three tracklets, two of them one person: one pair of people."""
    rows = standing(0, 1, 10) + standing(0, 15, 30) + standing(200, 1, 30)
    sure = find_sure_people(make_boxes(*rows), FRAME_RATE)
    assert len(sure.rows) == 3
    assert len(people_pairs(sure)) == 1


def test_footage_without_people():
    sure = find_sure_people(make_boxes(numbers=[1, 2, 3]), FRAME_RATE)
    assert (sure.rows, people_pairs(sure)) == ([], set())
