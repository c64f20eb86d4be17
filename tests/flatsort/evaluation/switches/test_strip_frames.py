"""Frames and windows of a strip, computed by hand."""

from pathlib import Path

import numpy as np
import pytest

from flatsort.evaluation.switches.moments import Moment
from flatsort.evaluation.switches.strip_frames import choose_frames, choose_windows, person_boxes
from flatsort.evaluation.switches.switches import find_switches
from flatsort.evaluation.tracks.matching import Course
from flatsort.files.mot_files import Rows

RATE = 10


def people(frames, boxes_tlwh):
    count = len(frames)
    return Rows(
        frames=np.array(frames, np.int64),
        ids=np.ones(count, np.int64),
        boxes_tlwh=np.array(boxes_tlwh, float).reshape(-1, 4),
        confidences=np.ones(count),
        classes=np.ones(count, np.int64),
        visibilities=np.ones(count),
        path=Path("hand-made"),
    )


def moment(**runs):
    """Make a moment with the first switch, from runs (identity, first frame, last frame)."""
    courses = {}
    for tracker, parts in runs.items():
        frames = [frame for _, first, last in parts for frame in range(first, last + 1)]
        ids = [identity for identity, first, last in parts for _ in range(first, last + 1)]
        courses[tracker] = Course(np.array(frames), np.array(ids))
    return Moment(1, None, tuple(find_switches(courses)[:1]), people([1], [0, 0, 1, 1]), courses)


KEPT = [(5, 1, 200)]


@pytest.mark.parametrize(
    ("switcher", "expected"),
    [
        # Last frame of the old identity, half-way, first frame of the new one, a second later.
        pytest.param([(8, 1, 50), (9, 90, 200)], [50, 70, 90, 100], id="occluded"),
        pytest.param([(8, 1, 50), (9, 53, 200)], [50, 51, 53, 63], id="three frames"),
        # No frame is half-way: a frame one second earlier instead.
        pytest.param([(8, 1, 50), (9, 51, 200)], [40, 50, 51, 61], id="at once"),
        pytest.param([(8, 46, 50), (9, 51, 200)], [46, 50, 51, 61], id="young"),
        pytest.param([(8, 50, 50), (9, 51, 200)], [50, 51, 61], id="seen once before"),
        # The new identity ends within a second: its last frame.
        pytest.param([(8, 1, 50), (9, 90, 95)], [50, 70, 90, 95], id="short"),
        pytest.param([(8, 50, 50), (9, 51, 51)], [50, 51], id="two frames in all"),
        # The new identity has a gap one second later: the nearest frame.
        pytest.param([(8, 1, 50), (9, 90, 97), (9, 110, 120)], [50, 70, 90, 97], id="gap"),
    ],
)
def test_frames(switcher, expected):
    assert choose_frames(moment(A=switcher, B=KEPT), RATE) == expected


def test_frames_move_to_frames_in_which_the_keeper_has_the_person():
    found = moment(A=[(8, 1, 50), (9, 90, 200)], B=[(5, 1, 45), (5, 94, 98), (5, 110, 200)])
    # The frames move to 45 and 94. One second after 94 is 104; 98 and 110 are both 6 away, and the
    # earlier one is chosen.
    assert choose_frames(found, RATE) == [45, 69, 94, 98]


def test_frames_stay_if_the_keepers_boxes_are_more_than_a_second_away():
    found = moment(A=[(8, 1, 50), (9, 90, 200)], B=[(5, 1, 30), (5, 120, 200)])
    assert choose_frames(found, RATE) == [50, 70, 90, 100]


def test_person_boxes_are_interpolated_and_held():
    moment_ = Moment(1, None, (), people([10, 20], [[0, 50, 30, 60], [100, 50, 50, 80]]), {})
    assert person_boxes(moment_, [5, 10, 15, 20, 99]).tolist() == [
        [0, 50, 30, 60],
        [0, 50, 30, 60],
        [50, 50, 40, 70],
        [100, 50, 50, 80],
        [100, 50, 50, 80],
    ]


def test_windows_are_centred_and_one_and_a_half_times_as_high():
    boxes = np.array([[400.0, 200, 80, 200], [600, 210, 80, 180]])
    # The side is 300; the centres are (440, 300) and (640, 300).
    assert choose_windows(boxes, (1920, 1080)).tolist() == [[290, 150, 300], [490, 150, 300]]


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        pytest.param((0, 0, 80, 200), [0, 0, 300], id="corner"),
        pytest.param((1900, 1000, 80, 200), [1620, 780, 300], id="opposite corner"),
        pytest.param((-500, -500, 80, 200), [0, 0, 300], id="outside"),
        pytest.param((500, 100, 400, 900), [160, 0, 1080], id="as high as the image"),
        pytest.param((500, 500, 10, 20), [445, 450, 120], id="tiny"),
        pytest.param((500, 500, 400, 100), [400, 250, 600], id="wide"),
    ],
)
def test_windows_stay_in_the_image(box, expected):
    assert choose_windows(np.array([box], float), (1920, 1080)).tolist() == [expected]


def test_a_window_is_no_larger_than_a_small_image():
    assert choose_windows(np.array([[10.0, 10, 20, 50]]), (90, 60)).tolist() == [[0, 0, 60]]
