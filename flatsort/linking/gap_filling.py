"""Fill the gaps of tracks by straight courses between the boxes around them."""

import numpy as np

from flatsort.files.mot_files import Rows

FILLED_CONFIDENCE = 0.0
"""Confidence of a box that nobody detected: programs can tell it apart. Scores ignore it."""


def fill_gaps(results: Rows, longest: int) -> Rows:
    """Return results with the gaps of each identity filled.

    Args:
        results: N boxes with identities, no identity twice in a frame.
        longest: Most frames without a box between two boxes of one identity that are filled.

    Returns:
        The boxes and, after them, the filled ones, with confidence FILLED_CONFIDENCE.
    """
    order = np.lexsort((results.frames, results.ids))
    before, after = order[:-1], order[1:]
    steps = results.frames[after] - results.frames[before]
    same = results.ids[after] == results.ids[before]
    gaps = np.flatnonzero(same & (steps > 1) & (steps <= longest + 1))
    parts = [results]
    for gap in gaps.tolist():
        start, end, step = before[gap], after[gap], int(steps[gap])
        shares = np.arange(1, step)[:, None] / step
        boxes = (1 - shares) * results.boxes_tlwh[start] + shares * results.boxes_tlwh[end]
        filled = results.select(np.full(step - 1, start))
        filled.frames[:] = results.frames[start] + np.arange(1, step)
        filled.boxes_tlwh[:] = boxes
        filled.confidences[:] = FILLED_CONFIDENCE
        parts.append(filled)
    return _joined(parts)


def _joined(parts: list[Rows]) -> Rows:
    names = ("frames", "ids", "boxes_tlwh", "confidences", "classes", "visibilities")
    columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    return Rows(**columns, path=parts[0].path)
