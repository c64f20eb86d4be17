"""Switches and keepers on one person, counted by hand."""

import numpy as np
import pytest

from flatsort.evaluation.switches.switches import Keeper, Switch, find_switches
from flatsort.evaluation.tracks.matching import Course


def course(*runs):
    """Make a course from runs (identity, first frame, last frame)."""
    frames = [frame for _, first, last in runs for frame in range(first, last + 1)]
    ids = [identity for identity, first, last in runs for _ in range(first, last + 1)]
    return Course(np.array(frames, np.int64), np.array(ids, np.int64))


def test_one_switches_and_one_keeps():
    switches = find_switches({"A": course((8, 1, 10), (9, 16, 40)), "B": course((5, 3, 30))})
    # B follows in frames 3 to 10 of the old run and 16 to 30 of the new: 8 and 15 frames.
    keeper = Keeper("B", 5, frames=8)
    assert switches == [Switch("A", 8, 9, since=1, last=10, frame=16, until=40, keepers=(keeper,))]
    assert switches[0].disagreement == 8


def test_both_switch_and_nobody_keeps():
    switches = find_switches(
        {"A": course((8, 1, 10), (9, 16, 40)), "B": course((5, 1, 8), (6, 18, 40))}
    )
    assert [(switch.tracker, switch.last, switch.frame) for switch in switches] == [
        ("B", 8, 18),
        ("A", 10, 16),
    ]
    assert [switch.keepers for switch in switches] == [(), ()]


@pytest.mark.parametrize(
    ("other", "frames"),
    [
        (course((5, 1, 10), (5, 16, 40)), 10),  # hidden for both trackers, then the same identity
        (course((5, 10, 16)), 1),
        (course((5, 1, 9), (5, 17, 40)), 9),  # one frame less on either side
        (course((5, 1, 3), (7, 4, 10), (7, 16, 19)), 4),  # an earlier switch does not matter
        (course((5, 11, 40)), None),  # begins in between
        (course((5, 1, 15)), None),  # ends in between
        (course((5, 1, 10), (6, 12, 13), (5, 16, 40)), None),  # another identity in between
        (course((5, 16, 40)), None),
        (course((5, 41, 50)), None),
    ],
)
def test_keepers(other, frames):
    switches = find_switches({"A": course((8, 1, 10), (9, 16, 40)), "B": other})
    (switch,) = [switch for switch in switches if switch.tracker == "A"]
    assert [keeper.frames for keeper in switch.keepers] == ([] if frames is None else [frames])


def test_a_tracker_that_is_absent_during_the_old_identity_is_no_keeper():
    # A has 7 until frame 5, 8 in frames 8 to 10, then 9. B is absent in frames 8 to 10.
    switches = find_switches(
        {"A": course((7, 1, 5), (8, 8, 10), (9, 16, 40)), "B": course((5, 1, 4), (5, 20, 40))}
    )
    assert [(switch.old, switch.new, switch.keepers) for switch in switches] == [
        (7, 8, ()),
        (8, 9, ()),
    ]


def test_runs_end_where_another_identity_begins():
    switches = find_switches({"A": course((8, 1, 3), (9, 4, 6), (8, 7, 9))})
    assert switches == [
        Switch("A", 8, 9, since=1, last=3, frame=4, until=6),
        Switch("A", 9, 8, since=4, last=6, frame=7, until=9),
    ]


def test_several_keepers_add_up():
    followed = {name: course((1, 5, 20)) for name in ("B", "C")}
    (switch,) = find_switches({"A": course((8, 1, 10), (9, 11, 20)), **followed})
    assert [keeper.tracker for keeper in switch.keepers] == ["B", "C"]
    assert switch.disagreement == 6 + 6


def test_no_switches():
    assert find_switches({}) == []
    assert find_switches({"A": course((8, 1, 1)), "B": course((8, 4, 9))}) == []
