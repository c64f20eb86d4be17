"""Linking and merging tracklets, with hand-made boxes and features."""

import numpy as np
import pytest

from flatsort.tracker import AppearanceMetric
from flatsort.training.tracklets import LOOSE_IOU, MIN_CROPS, link_tracklets, merge_tracklets
from tests.flatsort.footage import crops

METRIC = AppearanceMetric("euclidean", gate=1.0)


def linked(*rows):
    return link_tracklets(crops(*rows)).tolist()


def test_two_people_over_three_frames_are_two_tracklets():
    assert linked((1, 0), (1, 100), (2, 1), (2, 101), (3, 2), (3, 102)) == [0, 1, 0, 1, 0, 1]


def test_the_order_within_a_frame_does_not_matter():
    assert linked((1, 0), (1, 100), (2, 101), (2, 1)) == [0, 1, 1, 0]


@pytest.mark.parametrize(
    ("shift", "same"),
    # The IoU of two boxes 20 wide, one shifted by s, is (20 - s) / (20 + s): 17/23, 16/24.
    [(3, True), (4, False)],
)
def test_a_successor_overlaps_by_more_than_seven_tenths(shift, same):
    assert linked((1, 0), (2, shift)) == ([0, 0] if same else [0, 1])


@pytest.mark.parametrize(("shift", "same"), [(6, True), (7, False)])
def test_a_lower_limit_links_boxes_that_move_more(shift, same):
    # 14/26 and 13/27, beside the limit 1/2.
    footage = crops((1, 0), (2, shift))
    assert link_tracklets(footage, LOOSE_IOU).tolist() == ([0, 0] if same else [0, 1])


def test_boxes_two_frames_apart_are_not_linked():
    assert linked((1, 0), (3, 0), (4, 0)) == [0, 1, 1]


def test_sequences_are_not_linked():
    assert linked((1, 0, 0), (2, 0, 0), (2, 0, 1), (3, 0, 1)) == [0, 0, 2, 2]


@pytest.mark.parametrize(
    ("rival", "same"),
    # The rival's IoU with the box at 0 is 14/26 = 0.54 or 13/27 = 0.48; the limit is 0.5.
    [(6, False), (7, True)],
)
def test_a_rival_near_refuses_the_link(rival, same):
    assert (linked((1, 0), (2, 1), (2, rival))[1] == 0) is same
    # The rival can also be in the earlier frame.
    assert (linked((1, 0), (1, rival + 1), (2, 1))[2] == 0) is same


def test_neither_of_two_good_successors_is_taken():
    assert linked((1, 0), (2, 1), (2, 2)) == [0, 1, 2]


def test_no_crops():
    assert linked() == []


def footage(*people):
    """Crops of people, each (first frame, left, feature[, sequence]), in MIN_CROPS frames."""
    rows, values = [], []
    for first, left, value, *sequence in people:
        for frame in range(first, first + MIN_CROPS):
            rows.append((frame, left, *sequence))
            values.append((value, 0.0))
    return crops(*rows), np.array(values, np.float32)


def merged(*people, metric=METRIC):
    """Merge; return for each person the number of the first person in the merged tracklet."""
    boxes, features = footage(*people)
    numbers = merge_tracklets(boxes, link_tracklets(boxes), features, metric)
    firsts = numbers[::MIN_CROPS]
    assert (numbers.reshape(-1, MIN_CROPS) == firsts[:, None]).all()
    return (firsts // MIN_CROPS).tolist()


def test_somebody_who_comes_back_looking_the_same_is_merged():
    assert merged((1, 0, 0.0), (50, 300, 0.9), (100, 300, 5.0)) == [0, 0, 2]


def test_the_gate_is_the_largest_distance_of_a_merge():
    assert merged((1, 0, 0.0), (50, 300, 1.0)) == [0, 0]
    assert merged((1, 0, 0.0), (50, 300, 1.01)) == [0, 1]


def test_two_in_one_frame_are_never_merged_however_alike():
    assert merged((1, 0, 0.0), (MIN_CROPS, 300, 0.0)) == [0, 1]


def test_two_in_one_frame_are_not_merged_through_a_third():
    """The third person merges with the second; the first shares a frame with that pair."""
    assert merged((1, 0, 0.0), (1, 300, 0.5), (50, 0, 0.4)) == [0, 1, 1]


def test_the_most_similar_merge_first_and_are_compared_by_their_mean():
    """Features 0.8 and 1.5 merge first; their mean, 1.15, is too far from feature 0."""
    assert merged((1, 0, 0.0), (50, 0, 0.8), (100, 0, 1.5)) == [0, 1, 1]
    assert merged((1, 0, 0.0), (50, 0, 0.8), (100, 0, 1.1)) == [0, 0, 0]


def test_sequences_are_never_merged():
    assert merged((1, 0, 0.0, 0), (50, 0, 0.0, 1)) == [0, 1]


def test_short_tracklets_are_left_alone():
    boxes = crops(*[(n, 0) for n in range(1, MIN_CROPS)], *[(n, 0) for n in range(50, 60)])
    tracklets = link_tracklets(boxes)
    features = np.zeros((len(boxes), 2), np.float32)
    assert merge_tracklets(boxes, tracklets, features, METRIC).tolist() == tracklets.tolist()


def test_a_cosine_is_about_the_metrics_centre():
    """Cosines about the origin do not separate 1 and 2; about 1.5 the two are opposite."""
    plain = AppearanceMetric("cosine", gate=0.5)
    centred = AppearanceMetric("cosine", gate=0.5, centre=np.array([1.5, 0.0]))
    assert merged((1, 0, 1.0), (50, 0, 2.0), metric=plain) == [0, 0]
    assert merged((1, 0, 1.0), (50, 0, 2.0), metric=centred) == [0, 1]
