"""Courses of people, from hand-made rows (boxes 10 x 10) and compared with the score's counts."""

import numpy as np
import pytest

from flatsort.evaluation.tracks.accumulate import accumulate
from flatsort.evaluation.tracks.matching import follow, match_frames
from flatsort.evaluation.tracks.preprocessing import preprocess
from flatsort.files.mot_files import read_ground_truth, read_results
from flatsort.files.sequence import open_sequence


@pytest.fixture
def courses(make_rows):
    """Find person -> (frames, ids) from rows (frame, id, left)."""

    def courses(truth, results, length=9):
        frames = preprocess(make_rows(*truth), make_rows(*results), length, "MOT16")
        followed = follow(match_frames(frames))
        return {
            person: (course.frames.tolist(), course.ids.tolist())
            for person, course in followed.items()
        }

    return courses


def test_a_person_is_followed_by_one_identity_then_by_another(courses):
    truth = [(frame, 1, 0) for frame in range(1, 7)]
    results = [(1, 8, 0), (2, 8, 1), (5, 9, 0), (6, 9, 1)]
    assert courses(truth, results) == {1: ([1, 2, 5, 6], [8, 8, 9, 9])}


def test_a_pair_is_kept_even_if_another_box_is_nearer(courses):
    # In frame 2 identity 9 lies exactly on the person; 8 is 2 px off, IoU 8/12, and is kept.
    assert courses([(1, 1, 0), (2, 1, 0)], [(1, 8, 0), (2, 8, 2), (2, 9, 0)]) == {
        1: ([1, 2], [8, 8])
    }


def test_boxes_too_far_apart_do_not_match(courses):
    # 4 px off is IoU 6/14, below one half.
    assert courses([(1, 1, 0), (2, 1, 0)], [(1, 8, 4), (2, 8, 3)]) == {1: ([2], [8])}


def test_an_identity_that_goes_from_one_person_to_another_is_in_both_courses(courses):
    truth = [(frame, person, 100 * person) for frame in (1, 2, 3) for person in (1, 2)]
    results = [(1, 8, 100), (1, 9, 200), (2, 8, 100), (3, 8, 200)]
    assert courses(truth, results) == {1: ([1, 2], [8, 8]), 2: ([1, 3], [9, 8])}


def test_without_matches_there_are_no_courses(courses):
    assert courses([(1, 1, 0)], []) == {}
    assert courses([], [(1, 8, 0)]) == {}
    assert courses([], []) == {}


@pytest.mark.parametrize("tracker", ["deepsort", "tracktor"])
def test_changes_along_courses_are_the_scores_switches(mot_data, tracker):
    sequence = open_sequence(mot_data / "MOT16" / "train" / "MOT16-09")
    frames = preprocess(
        read_ground_truth(sequence.ground_truth_path, sequence.length, sequence.layout),
        read_results(mot_data / "results" / tracker / "MOT16-09.txt", sequence.length),
        sequence.length,
        sequence.layout,
    )
    matched = match_frames(frames)
    followed = follow(matched)
    changes = sum(np.count_nonzero(np.diff(course.ids)) for course in followed.values())
    counts = accumulate(matched, sequence.length)
    assert changes == counts.switches > 0
    assert sum(len(course.frames) for course in followed.values()) == counts.matches


def test_the_solver_is_left_as_it_was(make_rows):
    import motmetrics

    before = motmetrics.lap.default_solver
    match_frames(preprocess(make_rows((1, 1, 0)), make_rows((1, 8, 0)), 1, "MOT16"))
    assert motmetrics.lap.default_solver == before
