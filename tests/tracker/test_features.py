import numpy as np
import pytest

from flatsort.tracker import Detections
from flatsort.tracker.features import describe

BOXES = [[0.0, 0, 40, 80], [500, 0, 40, 80]]


def test_features_that_the_detections_carry_need_no_descriptor():
    carried = Detections(BOXES, [1.0, 1.0], [[1.0], [2.0]])
    np.testing.assert_array_equal(describe(carried, None, None), [[1], [2]])


def test_the_descriptor_gets_the_frame_and_float32_boxes():
    frame = np.zeros((4, 4, 3), np.uint8)

    def descriptor(given, boxes_tlwh):
        assert given is frame
        assert boxes_tlwh.dtype == np.float32
        return boxes_tlwh[:, :1].astype(int)

    features = describe(Detections(BOXES, [1.0, 1.0]), frame, descriptor)
    assert features.dtype == np.float32
    np.testing.assert_array_equal(features, [[0], [500]])


def test_no_detections_need_no_features():
    assert describe(Detections.empty(), None, None).shape == (0, 0)


@pytest.mark.parametrize("returned", [np.zeros(2), np.zeros((1, 2)), np.zeros((2, 2, 2))])
def test_features_of_a_wrong_shape(returned):
    with pytest.raises(ValueError, match=r"must return features of shape \(2, D\), not"):
        describe(Detections(BOXES, [1.0, 1.0]), None, lambda frame, boxes_tlwh: returned)
