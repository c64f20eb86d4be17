"""Hand-made results and ground truth."""

from pathlib import Path

import numpy as np
import pytest

from flatsort.files.mot_files import Rows


@pytest.fixture
def make_rows():
    """A function that makes rows from tuples (frame, id, left, top, width, height).

    The last three default to 0, 10, 10. The rows serve as results and as ground truth: they have
    the class pedestrian and the flag of ground truth.
    """

    def make(*rows, confidences=1.0):
        table = np.array([(*row, *(0, 10, 10)[len(row) - 3 :]) for row in rows], float)
        table = table.reshape(-1, 6)
        count = len(table)
        return Rows(
            frames=table[:, 0].astype(np.int64),
            ids=table[:, 1].astype(np.int64),
            boxes_tlwh=table[:, 2:].copy(),
            confidences=np.broadcast_to(np.asarray(confidences, float), count).copy(),
            classes=np.ones(count, np.int64),
            visibilities=np.ones(count),
            path=Path("hand-made"),
        )

    return make
