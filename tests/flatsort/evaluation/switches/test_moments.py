"""Moments with and without ground truth, from hand-made rows (boxes 10 x 10)."""

from dataclasses import replace

import numpy as np
import pytest

from flatsort.evaluation.switches.moments import moments_by_each_other, moments_by_truth
from flatsort.files.mot_files import read_ground_truth, read_results
from flatsort.files.sequence import open_sequence


def run(identity, first, last, left=0):
    return [(frame, identity, left) for frame in range(first, last + 1)]


def summary(moments):
    """List (person, reference, disagreement, [(tracker, old, new, last, frame), ...])."""
    return [
        (
            moment.person,
            moment.reference,
            moment.disagreement,
            [(s.tracker, s.old, s.new, s.last, s.frame) for s in moment.switches],
        )
        for moment in moments
    ]


@pytest.fixture
def results(make_rows):
    """A switches at person 1 (left 0) and person 2 (left 100), B only at person 3 (left 200)."""
    return {
        "A": make_rows(
            *(*run(8, 1, 10), *run(9, 16, 30)),
            *(*run(6, 1, 4, 100), *run(7, 5, 30, 100)),
            *run(5, 1, 30, 200),
        ),
        "B": make_rows(
            *run(1, 1, 30),
            *run(2, 1, 30, 100),
            *(*run(3, 1, 20, 200), *run(4, 22, 30, 200)),
        ),
    }


def test_by_truth_the_greatest_disagreement_comes_first(make_rows, results):
    truth = make_rows(*run(1, 1, 30), *run(2, 1, 30, 100), *run(3, 1, 30, 200))
    steps = []
    moments = moments_by_truth(truth, results, 30, "MOT16", lambda: steps.append(1))
    # The old and new runs have 10 and 15 frames, 20 and 9, 4 and 26.
    assert summary(moments) == [
        (1, None, 10, [("A", 8, 9, 10, 16)]),
        (3, None, 9, [("B", 3, 4, 20, 22)]),
        (2, None, 4, [("A", 6, 7, 4, 5)]),
    ]
    assert [moment.name for moment in moments] == ["1", "3", "2"]
    assert len(steps) == 2


def test_by_truth_a_moment_has_its_persons_rows_and_courses(make_rows, results):
    rows = [*run(1, 1, 30), *run(2, 1, 30, 100)]
    first = moments_by_truth(make_rows(*reversed(rows)), results, 30, "MOT16")[0]
    assert first.people.frames.tolist() == list(range(1, 31))
    assert set(first.people.ids) == {1}
    assert {name: len(course.frames) for name, course in first.courses.items()} == {
        "A": 25,
        "B": 30,
    }


def test_switches_in_one_occlusion_are_one_moment(make_rows):
    truth = make_rows(*run(1, 1, 40))
    results = {
        "A": make_rows(*run(1, 1, 10), *run(2, 20, 40)),
        "B": make_rows(*run(1, 1, 12), *run(2, 18, 30), *run(3, 31, 40)),
        "C": make_rows(*run(7, 1, 40)),
    }
    # C keeps 7: it differs from A in min(10, 21) frames, from B in min(12, 13) and min(13, 10).
    assert summary(moments_by_truth(truth, results, 40, "MOT16")) == [
        (1, None, 12 + 10, [("B", 1, 2, 12, 18), ("A", 1, 2, 10, 20)]),
        # A follows with identity 2 from 20 to 40: 11 frames of B's old run and 10 of its new.
        (1, None, 10 + 10, [("B", 2, 3, 30, 31)]),
    ]


def test_by_truth_distractors_have_no_moments(make_rows):
    truth = make_rows(*[(*row, 8) for row in run(1, 1, 20)])
    results = {
        "A": make_rows(*run(1, 1, 10), *run(2, 11, 20)),
        "B": make_rows(*run(1, 1, 20)),
    }
    assert moments_by_truth(truth, results, 20, "MOT16") == []


def test_by_each_other_another_trackers_tracks_are_the_people(results):
    steps = []
    moments = moments_by_each_other(results, 30, lambda: steps.append(1))
    assert summary(moments) == [
        (1, "B", 10, [("A", 8, 9, 10, 16)]),
        (5, "A", 9, [("B", 3, 4, 20, 22)]),
        (2, "B", 4, [("A", 6, 7, 4, 5)]),
    ]
    assert [moment.name for moment in moments] == ["B 1", "A 5", "B 2"]
    assert len(steps) == 2


def test_by_each_other_a_switch_along_several_tracks_is_reported_once(make_rows, results):
    results = {**results, "C": make_rows(*run(11, 1, 30), *run(12, 1, 30, 100))}
    found = [
        switch for moment in summary(moments_by_each_other(results, 30)) for switch in moment[3]
    ]
    assert sorted(found) == [("A", 6, 7, 4, 5), ("A", 8, 9, 10, 16), ("B", 3, 4, 20, 22)]


def test_by_each_other_confidences_do_not_matter(results):
    unsure = {
        name: replace(rows, confidences=np.full(len(rows), 0.2)) for name, rows in results.items()
    }
    assert summary(moments_by_each_other(unsure, 30)) == summary(moments_by_each_other(results, 30))


def test_equal_results_never_differ(results):
    twins = {"A": results["A"], "B": results["A"]}
    assert moments_by_each_other(twins, 30) == []


def test_empty_results(make_rows):
    empty = {"A": make_rows(), "B": make_rows()}
    assert moments_by_each_other(empty, 5) == []
    assert moments_by_truth(make_rows(*run(1, 1, 5)), empty, 5, "MOT16") == []


def test_on_real_results_the_totals_are_those_of_the_score(mot_data):
    """tools/eval_mot.py prints 90 and 48 IDs for these files."""
    sequence = open_sequence(mot_data / "MOT16" / "train" / "MOT16-09")
    results = {
        name: read_results(mot_data / "results" / name / "MOT16-09.txt", sequence.length)
        for name in ("deepsort", "tracktor")
    }
    truth = read_ground_truth(sequence.ground_truth_path, sequence.length, sequence.layout)
    moments = moments_by_truth(truth, results, sequence.length, sequence.layout)
    trackers = [switch.tracker for moment in moments for switch in moment.switches]
    assert {name: trackers.count(name) for name in results} == {"deepsort": 90, "tracktor": 48}
    disagreements = [moment.disagreement for moment in moments]
    assert disagreements == sorted(disagreements, reverse=True)
    for moment in moments:
        for switch in moment.switches:
            assert switch.since <= switch.last < switch.frame <= switch.until
            for keeper in switch.keepers:
                ids = moment.courses[keeper.tracker]
                inside = (ids.frames >= switch.last) & (ids.frames <= switch.frame)
                assert set(ids.ids[inside]) <= {keeper.identity}
