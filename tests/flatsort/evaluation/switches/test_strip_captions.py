"""Captions of moments, from hand-made courses."""

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
    """A switches between 10 and 20, B twice; C keeps; D comes late, and E after the moment."""
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
    # C differs from A in 6 frames.
    assert moment_title(moment) == f"Person 1: A 8 {ARROW} 9 after 10 frames; C keeps 7"


def test_title_of_a_switch_between_consecutive_frames_without_a_keeper():
    courses = {"A": course((8, 1, 3), (9, 4, 5))}
    moment = Moment(1, None, tuple(find_switches(courses)), NOBODY, courses)
    assert moment_title(moment) == f"Person 1: A 8 {ARROW} 9 in the next frame"


def test_title_without_ground_truth_omits_the_reference_from_the_keepers():
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
def test_row_captions(moment, tracker, identities, words):
    assert identities_of(moment, tracker) == identities
    assert row_caption(moment, tracker) == words


def test_identity_at_a_frame(moment):
    found = [identity_at(moment, "A", frame) for frame in (4, 5, 10, 11, 20, 31)]
    assert found == [None, 8, 8, None, 9, None]
    assert identity_at(moment, "F", 10) is None
