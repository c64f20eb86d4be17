"""Hand-made and random labelled boxes."""

import numpy as np
import pytest

from flatsort.evaluation.reid.judged_boxes import Boxes


@pytest.fixture
def make_boxes():
    """Make boxes from (frame, identity) pairs; all have one size and one place."""

    def make(*rows):
        frames, ids = np.array(rows, np.int64).reshape(-1, 2).T
        order = np.argsort(frames, kind="stable")
        boxes_tlwh = np.tile([10.0, 10.0, 20.0, 50.0], (len(rows), 1))
        return Boxes(frames[order], boxes_tlwh, ids[order])

    return make


@pytest.fixture
def random_boxes(make_boxes):
    """Make 60 boxes of five people in 200 frames, with features of three whole numbers."""
    rng = np.random.default_rng(4)
    boxes = make_boxes(*zip(rng.integers(1, 200, 60), rng.integers(0, 5, 60), strict=True))
    return boxes, rng.integers(-2, 3, (60, 3)).astype(np.float32)
