"""Hand-made footage."""

import numpy as np
import pytest

from flatsort.adaptation.observed_footage import Footage

SIZE = (160, 120)


@pytest.fixture
def make_footage():
    """Make footage from boxes (frame, left[, x]), in frames 1 to ``length`` or in ``numbers``.

    Boxes are 20 x 40, twenty pixels below the top; features are (x, 1).
    """

    def make(*rows, length=None, numbers=None):
        table = np.array([(*row, 0)[:3] for row in rows], float).reshape(-1, 3)
        table = table[np.argsort(table[:, 0], kind="stable")]
        count = len(table)
        if numbers is None:
            numbers = range(1, (length or int(table[:, 0].max())) + 1)
        return Footage(
            numbers=np.array(numbers, np.int64),
            sizes=np.tile(SIZE, (len(numbers), 1)),
            frames=table[:, 0].astype(np.int64),
            boxes_tlwh=np.column_stack([table[:, 1], np.tile((20.0, 20.0, 40.0), (count, 1))]),
            confidences=np.full(count, 0.9),
            images=np.zeros((count, 2, 2, 3), np.uint8),
            features=np.column_stack([table[:, 2], np.ones(count)]).astype(np.float32),
        )

    return make
