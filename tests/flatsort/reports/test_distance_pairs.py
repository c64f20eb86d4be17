"""The boxes that are compared, and the distances of their pairs, worked out by hand."""

import numpy as np

from flatsort.evaluation.reid.judged_boxes import Boxes
from flatsort.reports.distance_pairs import choose_boxes, pairs_over_time, pairs_without_labels
from flatsort.tracker import AppearanceMetric

EUCLIDEAN = AppearanceMetric("euclidean", gate=1.0)


def boxes_of(*places):
    """Make boxes from tuples (frame, identity), in order of frames."""
    frames, ids = np.array(places, np.int64).reshape(-1, 2).T
    return Boxes(frames, np.zeros((len(frames), 4)), ids)


def features_of(*values):
    return np.array(values, np.float32)[:, None]


def test_pairs_of_a_track_lie_20_to_150_frames_apart():
    boxes = boxes_of((1, 5), (20, 5), (21, 5), (151, 5), (152, 5))
    features = features_of(0, 1, 3, 7, 20)
    pairs = pairs_without_labels(boxes, features, EUCLIDEAN)
    # Pairs of frames: 1-21, 1-151, 20-151, 20-152, 21-151, 21-152; 1-20 is too near, 1-152 too far.
    assert sorted(pairs.same.tolist()) == [3, 4, 6, 7, 17, 19]
    assert len(pairs.other) == 0


def test_boxes_of_one_frame_are_two_people():
    boxes = boxes_of((1, 5), (1, 6), (1, 7), (30, 5), (30, 6))
    pairs = pairs_without_labels(boxes, features_of(0, 1, 5, 2, 9), EUCLIDEAN)
    assert sorted(pairs.other.tolist()) == [1, 4, 5, 7]
    assert sorted(pairs.same.tolist()) == [2, 8]


def test_labels_tell_both_kinds_over_time():
    boxes = boxes_of((1, 5), (1, 6), (30, 5), (31, 6))
    pairs = pairs_over_time(boxes, features_of(0, 1, 2, 9), EUCLIDEAN)
    assert sorted(pairs.same.tolist()) == [2, 8]
    assert sorted(pairs.other.tolist()) == [1, 9]


def test_no_pairs():
    pairs = pairs_without_labels(boxes_of((1, 5)), features_of(0), EUCLIDEAN)
    assert len(pairs.same) == len(pairs.other) == 0


def test_few_boxes_keep_every_fifth_frame():
    frames = np.repeat(np.arange(1, 501), 3)
    chosen = choose_boxes(frames)
    assert np.unique(frames[chosen]).tolist() == list(range(1, 501, 5))
    assert chosen.sum() == 300


def test_many_boxes_keep_stretches_over_the_whole_footage():
    """An hour of footage: few boxes, from beginning to end, in stretches that have pairs."""
    frames = np.repeat(np.arange(1, 90_001), 10)
    chosen = choose_boxes(frames)
    assert 2000 < chosen.sum() <= 3000
    kept = np.unique(frames[chosen])
    assert kept.min() <= 300
    assert kept.max() > 89_700
    # Five stretches of sixty frames each.
    assert (np.diff(kept) == 5).sum() == 5 * 59


def test_a_crowd_keeps_one_stretch():
    frames = np.repeat(np.arange(1, 601), 200)
    chosen = choose_boxes(frames)
    assert np.unique(frames[chosen]).tolist() == list(range(1, 301, 5))


def test_no_boxes():
    assert choose_boxes(np.empty(0, np.int64)).tolist() == []
