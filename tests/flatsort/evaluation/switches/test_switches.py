"""Switches and keepers on one person, counted on paper."""

import numpy as np
import pytest

from flatsort.evaluation.switches.switches import Keeper, Switch, find_switches
from flatsort.evaluation.tracks.matching import Course


def course(*runs):
    """Runs are (identity, first frame, last frame)."""
    frames = [frame for _, first, last in runs for frame in range(first, last + 1)]
    ids = [identity for identity, first, last in runs for _ in range(first, last + 1)]
    return Course(np.array(frames, np.int64), np.array(ids, np.int64))


def test_one_switches_and_one_keeps():
    switches = find_switches({"A": course((8, 1, 10), (9, 16, 40)), "B": course((5, 3, 30))})
    # B has the person in frames 3 to 10 of the old run and 16 to 30 of the new: 8 and 15.
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
        (course((5, 1, 10), (5, 16, 40)), 10),  # hidden for both, the same identity after
        (course((5, 10, 16)), 1),
        (course((5, 1, 9), (5, 17, 40)), 9),  # seen a frame less on either side
        (course((5, 1, 3), (7, 4, 10), (7, 16, 19)), 4),  # switched long before: irrelevant
        (course((5, 11, 40)), None),  # came in between
        (course((5, 1, 15)), None),  # left in between
        (course((5, 1, 10), (6, 12, 13), (5, 16, 40)), None),  # went to another and came back
        (course((5, 16, 40)), None),
        (course((5, 41, 50)), None),
    ],
)
def test_who_keeps(other, frames):
    switches = find_switches({"A": course((8, 1, 10), (9, 16, 40)), "B": other})
    (switch,) = [switch for switch in switches if switch.tracker == "A"]
    assert [keeper.frames for keeper in switch.keepers] == ([] if frames is None else [frames])


def test_a_keeper_that_was_there_before_the_old_identity_only_differs_in_no_frame():
    # A: 7 until 5, 8 from 8 to 10, then 9. B is absent during 8.
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
