"""Every box is described once, and features keep the order of the boxes."""

import numpy as np
import pytest

from flatsort.errors import InputError
from flatsort.evaluation.reid.describe import describe
from flatsort.evaluation.reid.judged_boxes import Boxes
from flatsort.evaluation.reid.raw_pixels import RawPixels


class FrameAndLeft:
    """A descriptor whose features are the frame's number and the left edge of the box."""

    needs_images = True

    def start_frame(self, frame_number):
        self.number = frame_number

    def __call__(self, frame, boxes_tlwh):
        assert frame.shape == (120, 160, 3)
        assert boxes_tlwh.dtype == np.float32
        return np.column_stack([np.full(len(boxes_tlwh), self.number), boxes_tlwh[:, 0]]).astype(
            np.float32
        )


def boxes(*rows):
    """Make boxes from pairs (frame, left)."""
    frames, lefts = np.array(rows, float).reshape(-1, 2).T
    sizes = np.tile([5.0, 20.0, 50.0], (len(rows), 1))
    ids = np.zeros(len(rows), np.int64)
    return Boxes(frames.astype(np.int64), np.column_stack([lefts, sizes]), ids)


def test_labelled_and_detected_boxes_keep_their_places(make_sequence):
    labelled = boxes((1, 10), (1, 11), (3, 12))
    detected = boxes((2, 20), (3, 21), (3, 22))
    reads = []
    sequence = make_sequence()
    read_frame = type(sequence).read_frame

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            type(sequence), "read_frame", lambda s, n: (reads.append(n), read_frame(s, n))[1]
        )
        found = describe(sequence, {"a": FrameAndLeft(), "b": RawPixels()}, labelled, detected)
    # Each frame is read once for both descriptors and both kinds of boxes.
    assert reads == [1, 2, 3]
    assert found["a"].labelled.tolist() == [[1, 10], [1, 11], [3, 12]]
    assert found["a"].detected.tolist() == [[2, 20], [3, 21], [3, 22]]
    assert found["b"].labelled.shape == (3, 768)
    assert found["a"].crops_per_second == pytest.approx(6 / found["a"].seconds)
    assert found["a"].busy_cores >= 0


def test_without_detections(make_sequence):
    found = describe(make_sequence(), {"a": FrameAndLeft()}, boxes((2, 10)), boxes())
    assert found["a"].labelled.tolist() == [[2, 10]]
    assert found["a"].detected.shape == (0, 2)


def test_without_frames(make_sequence):
    with pytest.raises(InputError, match="img1 has no frames"):
        describe(make_sequence(images=False), {"a": FrameAndLeft()}, boxes((2, 10)), boxes())


def test_raw_pixels_of_plain_crops():
    # The left box is blue (BGR), the right one red in its upper half and green in its lower.
    frame = np.zeros((100, 200, 3), np.uint8)
    frame[:, :100] = (255, 0, 0)
    frame[:50, 100:] = (0, 0, 255)
    frame[50:, 100:] = (0, 51, 0)
    pixels = RawPixels()(frame, np.array([[0, 0, 100, 100], [100, 0, 100, 100]], np.float32))
    left, right = pixels.reshape(2, 16, 16, 3)
    assert (left == (0, 0, 1)).all()
    assert (right[:8] == (1, 0, 0)).all()
    np.testing.assert_allclose(right[8:], np.broadcast_to((0, 0.2, 0), (8, 16, 3)))
    assert RawPixels()(frame, np.empty((0, 4), np.float32)).shape == (0, 768)
