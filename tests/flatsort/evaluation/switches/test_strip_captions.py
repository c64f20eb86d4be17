"""What is said about a moment, of courses made by hand."""

from pathlib import Path

import numpy as np
import pytest

from flatsort.evaluation.switches.moments import Moment
from flatsort.evaluation.switches.strip_captions import (
    identities_of,
    identity_at,
    moment_title,
    row_caption,
)
from flatsort.evaluation.switches.switches import find_switches
from flatsort.evaluation.tracks.matching import Course
from flatsort.files.mot_files import Rows

NOBODY = Rows(*(np.empty(0),) * 6, Path("hand-made"))
ARROW = "\N{RIGHTWARDS ARROW}"


def course(*runs):
    frames = [frame for _, first, last in runs for frame in range(first, last + 1)]
    ids = [identity for identity, first, last in runs for _ in range(first, last + 1)]
    return Course(np.array(frames), np.array(ids))


@pytest.fixture
def moment():
    """A switches over 10 to 20 and B twice; C keeps; D comes late, E has it after all is over."""
    courses = {
        "A": course((8, 5, 10), (9, 20, 30)),
        "B": course((1, 9, 9), (2, 12, 12), (3, 18, 19)),
        "C": course((7, 1, 40)),
        "D": course((4, 15, 40)),
        "E": course((6, 31, 40)),
    }
    switches = sorted(find_switches(courses), key=lambda switch: -switch.disagreement)
    return Moment(1, None, tuple(switches), NOBODY, courses)


def test_title(moment):
    # Against A, C differs for 6 frames.
    assert moment_title(moment) == f"Person 1: A 8 {ARROW} 9 after 10 frames; C keeps 7"


def test_title_of_a_switch_from_frame_to_frame_that_nobody_sees_through():
    courses = {"A": course((8, 1, 3), (9, 4, 5))}
    moment = Moment(1, None, tuple(find_switches(courses)), NOBODY, courses)
    assert moment_title(moment) == f"Person 1: A 8 {ARROW} 9 in the next frame"


def test_title_along_a_track_does_not_say_that_the_track_keeps_itself():
    courses = {"A": course((8, 1, 3), (9, 6, 9)), "B": course((1, 1, 9)), "C": course((2, 1, 9))}
    moment = Moment(1, "B", tuple(find_switches(courses)), NOBODY, courses)
    assert moment_title(moment) == f"Track B 1: A 8 {ARROW} 9 after 3 frames; C keeps 2"


@pytest.mark.parametrize(
    ("tracker", "identities", "words"),
    [
        ("A", [8, 9], f"8 {ARROW} 9"),
        ("B", [1, 2, 3], f"1 {ARROW} 2 {ARROW} 3"),
        ("C", [7], "keeps 7"),
        ("D", [4], "follows in part"),
        ("E", [], "does not follow"),
        ("F", [], "does not follow"),
    ],
)
def test_what_becomes_of_the_person_in_each_tracker(moment, tracker, identities, words):
    assert identities_of(moment, tracker) == identities
    assert row_caption(moment, tracker) == words


def test_identity_at_a_frame(moment):
    found = [identity_at(moment, "A", frame) for frame in (4, 5, 10, 11, 20, 31)]
    assert found == [None, 8, 8, None, 9, None]
    assert identity_at(moment, "F", 10) is None
