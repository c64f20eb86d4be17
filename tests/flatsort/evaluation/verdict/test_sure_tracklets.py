"""Sure links between boxes of consecutive frames."""

import numpy as np

from flatsort.evaluation.verdict.sure_tracklets import link_surely
from tests.flatsort.evaluation.verdict.conftest import make_boxes


def test_people_apart_are_linked(walkers):
    assert link_surely(walkers).tolist() == [0, 1, 2, 3] * 60


def test_a_jump_by_half_a_width_breaks_a_tracklet():
    """An IoU of 1/3 is too little; 5 px of 20 give 15 / 25, which is enough."""
    assert link_surely(make_boxes((1, 0, 0), (2, 10, 0))).tolist() == [0, 1]
    assert link_surely(make_boxes((1, 0, 0), (2, 5, 0))).tolist() == [0, 0]


def test_a_steady_walker_is_followed_however_fast():
    """At first 5 px per frame, then ever faster: the velocity predicts most of each step."""
    left, rows = 0, []
    for frame in range(1, 21):
        rows.append((frame, left, 0))
        left += 4 + frame
    assert np.unique(link_surely(make_boxes(*rows))).tolist() == [0]


def test_a_rival_prevents_a_link():
    """Both boxes of frame 2 are 2 px from the old one, on either side; then one is farther."""
    assert link_surely(make_boxes((1, 10, 0), (2, 8, 0), (2, 12, 0))).tolist() == [0, 1, 2]
    assert link_surely(make_boxes((1, 10, 0), (2, 10, 0), (2, 15, 0))).tolist() == [0, 0, 1]


def test_a_person_behind_another_is_unsure():
    """The box with the higher feet lies wholly within the other: nobody knows whom it shows."""
    boxes = make_boxes((1, 0, 0, 80), (1, 10, 20, 40))
    assert link_surely(boxes).tolist() == [0, -1]


def test_no_tracklet_reaches_over_a_gap():
    boxes = make_boxes((1, 0, 0), (5, 0, 0), numbers=[1, 5])
    assert link_surely(boxes).tolist() == [0, 1]
