"""How long predicted boxes are worth reporting, learned from lapses with known courses."""

import numpy as np
import pytest

from flatsort.tracker.coasting import Coasting
from flatsort.tracker.tracks import Tracks

BOX = np.array([100.0, 100, 40, 80])


def tracks(boxes, age=0):
    """Tracks from id -> box."""
    count = len(boxes)
    return Tracks(
        np.array(list(boxes), np.int64),
        np.array(list(boxes.values())).reshape(-1, 4),
        np.full(count, age),
        np.arange(count) if age == 0 else np.full(count, -1),
        np.ones(count),
    )


def at(x):
    return BOX + np.array([x, 0, 0, 0])


def lapse(coasting, number, predicted, after):
    """Show a track at 0, miss it with predicted boxes, and find it again; None: it ends."""
    coasting.follow(tracks({number: at(0)}), tracks({}))
    for age, box in enumerate(predicted, 1):
        coasting.follow(tracks({}), tracks({number: box}, age))
    found = {} if after is None else {number: after}
    coasting.follow(tracks(found), tracks({}))


def test_nothing_is_reported_at_first():
    assert Coasting().most_frames == 0


@pytest.mark.parametrize(("lapses", "frames"), [(3, 0), (4, 2)])
def test_right_boxes_prove_as_many_frames(lapses, frames):
    """(1 + 3) / (5 + 3) is a half, (1 + 4) / (5 + 4) is more. Two frames are judged per lapse."""
    coasting = Coasting()
    for number in range(1, lapses + 1):
        lapse(coasting, number, [at(10), at(20)], after=at(30))
    assert coasting.most_frames == frames


def test_boxes_are_judged_by_the_straight_way_between_two_detections():
    """The track goes from 0 to 60, so it is at 20 and 40. An IoU of a half allows 13 px."""
    coasting = Coasting()
    for number in range(1, 9):
        lapse(coasting, number, [at(8), at(26)], after=at(60))
    assert coasting.most_frames == 1


def test_boxes_of_tracks_that_end_were_wrong():
    coasting = Coasting()
    for number in range(1, 11):
        lapse(coasting, number, [at(0)], after=at(0))
    assert coasting.most_frames == 1
    # (1 + 10) / (5 + 16) is above a half, (1 + 10) / (5 + 17) is not.
    for number in range(11, 17):
        lapse(coasting, number, [at(0)], after=None)
    assert coasting.most_frames == 1
    lapse(coasting, 17, [at(0)], after=None)
    assert coasting.most_frames == 0


def test_old_and_empty_boxes_are_not_reported():
    coasting = Coasting()
    for number in range(1, 9):
        lapse(coasting, number, [at(0), at(0)], after=at(0))
    for number in (1, 2, 3):
        coasting.follow(tracks({number: at(0)}), tracks({}))
    missed = Tracks(
        np.array([1, 2, 3]),
        np.array([at(0), at(0), [0.0, 0, -1, 5]]),
        np.array([2, 3, 1]),
        np.full(3, -1),
        np.ones(3),
    )
    assert coasting.follow(tracks({}), missed).ids.tolist() == [1]
