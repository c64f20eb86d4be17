"""Sets of crops made by hand."""

import numpy as np

from flatsort.training.crop_set import CropSet

SIZE = (20.0, 40.0)


def crops(*rows):
    """Return crops of rows (frame, left) or (frame, left, sequence); boxes are 20 x 40 at y 0."""
    table = np.array([(*row, 0)[:3] for row in rows], float).reshape(-1, 3)
    count = len(table)
    boxes_tlwh = np.column_stack([table[:, 1], np.zeros(count), np.tile(SIZE, (count, 1))])
    return CropSet(
        images=np.zeros((count, 1, 1, 3), np.uint8),
        sequences=table[:, 2].astype(np.int64),
        frames=table[:, 0].astype(np.int64),
        boxes_tlwh=boxes_tlwh,
    )
