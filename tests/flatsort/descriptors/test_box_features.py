"""Kept features are found for near boxes; the features of other boxes are computed."""

import numpy as np

from flatsort.descriptors.box_features import BoxFeatures
from flatsort.descriptors.descriptor import Descriptor
from flatsort.descriptors.feature_rows import FeatureRows
from flatsort.sources.source import Frame
from flatsort.tracker import AppearanceMetric


class Lefts(Descriptor):
    """A descriptor whose feature is the negative left side of the box and the frame number."""

    needs_images = True
    metric = AppearanceMetric("euclidean", gate=1.0)

    def __init__(self):
        self.seen = []

    def start_frame(self, frame_number):
        self.number = frame_number

    def __call__(self, frame, boxes_tlwh):
        self.seen.append((self.number, boxes_tlwh[:, 0].tolist()))
        return np.column_stack([-boxes_tlwh[:, 0], np.full(len(boxes_tlwh), self.number)])


def kept(*rows):
    """Make kept rows from tuples (frame, left, feature); the boxes are 10 x 10."""
    table = np.array(rows, np.float32).reshape(-1, 3)
    sides = np.broadcast_to(np.float32([0, 10, 10]), (len(table), 3))
    return FeatureRows(
        table[:, 0].astype(np.int32),
        np.column_stack([table[:, 1], sides]).astype(np.float32),
        np.column_stack([table[:, 2], np.zeros(len(table))]).astype(np.float32),
    )


def show_all(box_features):
    for number in sorted(box_features.wanted):
        box_features.see(Frame(number, 0.0, np.zeros((4, 4, 3), np.uint8)))
    boxes, features = box_features.features()
    assert boxes.frames.tolist() == box_features.boxes.frames.tolist()
    return features.tolist()


def test_near_boxes_are_the_same_and_the_rest_is_computed(make_rows):
    rows = make_rows((1, 3, 0), (1, 4, 50), (2, 3, 1), (3, 3, 2))
    descriptor = Lefts()
    # Kept boxes: in frame 1 one is shifted by a pixel and one by half a box; in frame 2 one is the
    # same; frame 3 has none.
    box_features = BoxFeatures(rows, descriptor, kept((1, 1, 71), (1, 55, 72), (2, 1, 73)))
    assert box_features.reused == 2
    assert box_features.wanted == frozenset({1, 3})
    assert show_all(box_features) == [[71, 0], [-50, 1], [73, 0], [-2, 3]]
    assert descriptor.seen == [(1, [50]), (3, [2])]


def test_two_tracks_do_not_share_a_detection(make_rows):
    """One of the tracks coasts over the other track's person."""
    rows = make_rows((1, 3, 0), (1, 4, 1))
    box_features = BoxFeatures(rows, Lefts(), kept((1, 0.9, 70)))
    assert box_features.reused == 1
    assert show_all(box_features) == [[0, 1], [70, 0]]


def test_boxes_of_a_frame_that_cannot_be_read_are_left_out(make_rows):
    box_features = BoxFeatures(
        make_rows((1, 3, 5), (2, 3, 7), (9, 3, 6)), Lefts(), kept((1, 5, 70))
    )
    box_features.see(Frame(9, 0.0, np.zeros((4, 4, 3), np.uint8)))
    boxes, features = box_features.features()
    assert boxes.frames.tolist() == [1, 9]
    assert boxes.ids.tolist() == [3, 3]
    assert features.tolist() == [[70, 0], [-6, 9]]


def test_without_kept_features_all_are_computed(make_rows):
    box_features = BoxFeatures(make_rows((1, 3, 5), (9, 3, 6)), Lefts(), FeatureRows.empty())
    assert box_features.reused == 0
    assert show_all(box_features) == [[-5, 1], [-6, 9]]
