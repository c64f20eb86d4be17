"""Linking by motion, with hand-made boxes and with real ones."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from flatsort.adaptation.motion_links import MAX_MISSED, link_by_motion
from flatsort.files.mot_files import read_detections, read_ground_truth
from flatsort.files.sequence import open_sequence
from flatsort.tracker.boxes import iou
from flatsort.training.crop_set import CropSet
from flatsort.training.tracklets import link_tracklets
from tests.flatsort.footage import crops


def linked(*rows):
    return link_by_motion(crops(*rows)).tolist()


def test_two_people_over_three_frames_are_two_tracklets():
    assert linked((1, 0), (1, 100), (2, 1), (2, 101), (3, 2), (3, 102)) == [0, 1, 0, 1, 0, 1]


def test_the_order_of_the_rows_does_not_matter():
    assert linked((2, 101), (1, 0), (2, 1), (1, 100)) == [3, 1, 1, 3]


@pytest.mark.parametrize(
    ("shift", "same"),
    # The IoU of two boxes 20 wide, one shifted by s, is (20 - s) / (20 + s): 16/24, 15/25.
    [(4, True), (5, False)],
)
def test_a_successor_overlaps_by_more_than_six_tenths(shift, same):
    assert linked((1, 0), (2, shift)) == ([0, 0] if same else [0, 1])


@pytest.mark.parametrize(("missed", "same"), [(MAX_MISSED, True), (MAX_MISSED + 1, False)])
def test_a_few_missed_frames_are_bridged(missed, same):
    assert linked((5, 0), (6 + missed, 0)) == ([0, 0] if same else [0, 1])


def test_a_walking_person_is_predicted_ahead():
    """At 4 px per frame, two missed frames move a box by 12 px: the IoU is a quarter."""
    walk = [(n, 4 * n) for n in (1, 2, 3, 4, 5, 6, 9)]
    assert linked(*walk) == [0] * 7
    # A person who stood still before is not predicted there, so the box is not linked.
    assert linked(*[(n, 24) for n in range(1, 7)], (9, 36))[-1] == 6


@pytest.mark.parametrize(
    ("rival", "same"),
    # The rival's IoU with the box at 0 is 14/26 = 0.54 or 13/27 = 0.48; the limit is 0.5.
    [(6, False), (7, True)],
)
def test_a_rival_near_refuses_the_link(rival, same):
    assert (linked((1, 0), (2, 1), (2, rival))[1] == 0) is same
    # The rival can also be in the earlier frame.
    assert (linked((1, 0), (1, rival + 1), (2, 1))[2] == 0) is same


def test_people_in_doubt_start_new_tracklets_when_they_part():
    """The track at 0 must end; otherwise it would be a rival for the box at -2."""
    assert linked((1, 0), (2, 1), (2, 6), (3, -2), (3, 9)) == [0, 1, 2, 1, 2]


def test_sequences_are_not_linked():
    assert linked((1, 0, 0), (2, 0, 0), (2, 0, 1), (3, 0, 1)) == [0, 0, 2, 2]


def test_no_crops():
    assert linked() == []


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 12), st.integers(0, 60)), max_size=40))
def test_a_tracklet_has_one_box_per_frame_and_its_earliest_row_as_number(rows):
    footage = crops(*rows)
    tracklets = link_by_motion(footage)
    for name in np.unique(tracklets):
        frames = footage.frames[tracklets == name]
        assert len(np.unique(frames)) == len(frames)
        assert footage.frames[name] == frames.min()
        assert np.diff(np.sort(frames)).max(initial=1) <= MAX_MISSED + 1


def same_person_pairs(tracklets, people):
    """Count the pairs of crops in one tracklet, and those of them that show one person."""
    known = people >= 0
    together = sum(n * (n - 1) // 2 for n in np.unique(tracklets[known], return_counts=True)[1])
    both = np.column_stack([tracklets, people])[known]
    right = sum(n * (n - 1) // 2 for n in np.unique(both, axis=0, return_counts=True)[1])
    return together, right


def test_on_a_moving_camera_motion_links_more_boxes_without_errors(mot_data):
    """The first 200 frames of MOT16-13, filmed from a bus, with their labels."""
    sequence = open_sequence(mot_data / "MOT16" / "train" / "MOT16-13")
    rows = read_detections(sequence.find_detections("yolox.txt"), sequence.length)
    rows = rows.select((rows.frames <= 200) & (rows.confidences >= 0.5))
    rows = rows.select(np.argsort(rows.frames, kind="stable"))
    truth = read_ground_truth(sequence.ground_truth_path, sequence.length, sequence.layout)
    truth = truth.select(truth.classes == 1)
    people = np.full(len(rows), -1)
    for frame in np.unique(rows.frames):
        here, there = np.flatnonzero(rows.frames == frame), np.flatnonzero(truth.frames == frame)
        overlap = iou(rows.boxes_tlwh[here], truth.boxes_tlwh[there])
        one, other = linear_sum_assignment(overlap, maximize=True)
        sure = overlap[one, other] >= 0.5
        people[here[one[sure]]] = truth.ids[there[other[sure]]]
    images = np.zeros((len(rows), 1, 1, 3), np.uint8)
    footage = CropSet(images, np.zeros(len(rows), int), rows.frames, rows.boxes_tlwh)
    together, right = same_person_pairs(link_by_motion(footage), people)
    _, by_overlap = same_person_pairs(link_tracklets(footage), people)
    assert right / together > 0.98
    assert right > 1.5 * by_overlap
