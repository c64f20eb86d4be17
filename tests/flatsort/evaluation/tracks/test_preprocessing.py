"""The boxes that count. All boxes are 10 x 10, so a shift of s px has IoU (10 - s) / (10 + s)."""

import numpy as np
import pytest

from flatsort.evaluation.tracks.preprocessing import distances, preprocess

PEDESTRIAN, ON_VEHICLE, CAR, NON_MOTOR, STATIC, DISTRACTOR, REFLECTION = 1, 2, 3, 6, 7, 8, 12


def kept(ground_truth, results, layout="MOT16"):
    (frame,) = preprocess(ground_truth, results, 1, layout)
    return frame.truth_ids.tolist(), frame.result_ids.tolist()


@pytest.mark.parametrize("distractor", [ON_VEHICLE, STATIC, DISTRACTOR, REFLECTION])
@pytest.mark.parametrize("layout", ["MOT16", "MOT17", "MOT20"])
def test_results_on_distractors_are_dropped(make_rows, distractor, layout):
    ground_truth = make_rows((1, 1, 0, PEDESTRIAN), (1, 2, 100, distractor))
    results = make_rows((1, 7, 0), (1, 8, 101))
    assert kept(ground_truth, results, layout) == ([1], [7])


@pytest.mark.parametrize("other", [CAR, 4, 5, 9, 10, 11, 13])
def test_results_on_other_classes_are_kept_as_false_alarms(make_rows, other):
    ground_truth = make_rows((1, 1, 0, PEDESTRIAN), (1, 2, 100, other))
    results = make_rows((1, 7, 0), (1, 8, 101))
    assert kept(ground_truth, results) == ([1], [7, 8])


@pytest.mark.parametrize(
    ("layout", "result_ids"), [("MOT16", [8]), ("MOT17", [8]), ("MOT20", []), ("MOT15", [8])]
)
def test_non_motor_vehicles_are_distractors_in_mot20_only(make_rows, layout, result_ids):
    ground_truth = make_rows((1, 2, 100, NON_MOTOR))
    _, results_left = kept(ground_truth, make_rows((1, 8, 101)), layout)
    assert results_left == result_ids


def test_mot15_has_no_classes_only_the_flag(make_rows):
    ground_truth = make_rows((1, 1, 0, -1), (1, 2, 100, -1), flag=[1, 0])
    results = make_rows((1, 7, 0), (1, 8, 100))
    assert kept(ground_truth, results, "MOT15") == ([1], [7, 8])


def test_ground_truth_without_the_flag_is_left_out(make_rows):
    ground_truth = make_rows((1, 1, 0), (1, 2, 100), flag=[0, 0.99])
    assert kept(ground_truth, make_rows((1, 7, 0))) == ([2], [7])


def test_a_distractor_needs_half_overlap(make_rows):
    # A shift of 10/3 has IoU (20/3)/(40/3) = 0.5 and matches; a shift of 4 has 6/14 = 0.43.
    ground_truth = make_rows((1, 2, 100, DISTRACTOR))
    assert kept(ground_truth, make_rows((1, 8, 103.3)))[1] == []
    assert kept(ground_truth, make_rows((1, 8, 104)))[1] == [8]


def test_exactly_half_overlap_matches(make_rows):
    # The result is the upper half of the box: IoU 50 / 100.
    results = make_rows((1, 8, 100))
    results.boxes_tlwh[0, 3] = 5.0
    assert kept(make_rows((1, 2, 100, DISTRACTOR)), results)[1] == []


def test_the_matching_is_one_to_one_over_all_classes(make_rows):
    # The pedestrian is at 0, the reflection at 2. The result at 0 could match both and is nearer
    # to the pedestrian.
    ground_truth = make_rows((1, 1, 0, PEDESTRIAN), (1, 2, 2, REFLECTION))
    assert kept(ground_truth, make_rows((1, 7, 0))) == ([1], [7])
    # With a second result at 2, each result matches one; that of the reflection is dropped.
    assert kept(ground_truth, make_rows((1, 7, 0), (1, 8, 2))) == ([1], [7])


def test_as_many_pairs_as_possible_come_before_the_least_distance(make_rows):
    # The reflection is at 0, the pedestrian at 3. Result 7 is at 1: distance 0.18 to the
    # reflection, 0.33 to the pedestrian. Result 8 is at -2: distance 0.33 to the reflection, 0.67
    # to the pedestrian, which is impossible. The least distance alone would pair 7 with the
    # reflection. Two pairs need 7 with the pedestrian and 8 with the reflection: 8 is dropped.
    ground_truth = make_rows((1, 1, 0, REFLECTION), (1, 2, 3, PEDESTRIAN))
    assert kept(ground_truth, make_rows((1, 7, 1), (1, 8, -2))) == ([2], [7])


def test_frames_are_separate_and_empty_ones_are_kept(make_rows):
    ground_truth = make_rows((4, 1, 0), (2, 1, 0), (2, 5, 50))
    results = make_rows((1, 7, 0), (2, 8, 51), (2, 7, 1))
    frames = preprocess(ground_truth, results, 5, "MOT16")
    assert [frame.truth_ids.tolist() for frame in frames] == [[], [1, 5], [], [1], []]
    assert [frame.result_ids.tolist() for frame in frames] == [[7], [8, 7], [], [], []]
    # Rows and columns of the IoUs have the order of the identities; a shift of 1 px has 9/11.
    np.testing.assert_allclose(frames[1].ious, [[0, 9 / 11], [9 / 11, 0]])
    assert [frame.ious.shape for frame in frames] == [(0, 1), (2, 2), (0, 0), (1, 0), (0, 0)]


def test_distances_beyond_half_are_impossible():
    np.testing.assert_array_equal(distances(np.array([[1.0, 0.5, 0.49]])), [[0, 0.5, np.nan]])
