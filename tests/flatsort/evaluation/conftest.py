"""Hand-made rows of MOT files."""

from pathlib import Path

import numpy as np
import pytest

from flatsort.files.mot_files import Rows


@pytest.fixture
def make_rows():
    """Make rows from tuples (frame, id, left[, class]); all boxes are 10 x 10 px with top 0."""

    def make(*rows, flag=1.0):
        table = np.array([(*row, 1)[:4] for row in rows], float).reshape(-1, 4)
        count = len(table)
        boxes_tlwh = np.column_stack([table[:, 2], np.zeros(count), np.full((count, 2), 10.0)])
        return Rows(
            frames=table[:, 0].astype(np.int64),
            ids=table[:, 1].astype(np.int64),
            boxes_tlwh=boxes_tlwh,
            confidences=np.broadcast_to(np.asarray(flag, float), count),
            classes=table[:, 3].astype(np.int64),
            visibilities=np.ones(count),
            path=Path("hand-made"),
        )

    return make
