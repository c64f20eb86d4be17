"""Place the labels of boxes so that they cover neither heads nor one another."""

import numpy as np
from numpy.typing import NDArray

HEAD_SHARE = 0.2
"""Upper share of a box in which the head is."""
_STAY = 0.1
"""Share of a label's area by which another place must be better, so that labels do not hop."""


def place_labels(
    sizes: NDArray[np.float64],
    boxes_tlwh: NDArray[np.float64],
    picture: tuple[int, int],
    before: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return where the labels of boxes go.

    A label lies above its box, below it, or beside it at half its height, on the right or on the
    left. One after another takes the place where it covers least of all heads and of the labels
    before it.

    Args:
        sizes: (M, 2) width and height of each label, pixels.
        boxes_tlwh: (M, 4) the boxes, pixels.
        picture: width and height of the picture.
        before: (M,) the place of each label in the frame before, 0 to 3; -1 for a new label.

    Returns:
        (M, 2) left and top of each label, inside the picture where it fits; (M,) the places.
    """
    heads = boxes_tlwh * (1, 1, 1, HEAD_SHARE)
    taken = [tuple(head) for head in heads]
    corners, places = np.zeros((len(sizes), 2)), np.zeros(len(sizes), np.int64)
    for number, (size, box) in enumerate(zip(sizes, boxes_tlwh, strict=True)):
        candidates = np.clip(_candidates(size, box), 0, np.maximum(0, np.subtract(picture, size)))
        covered = _covered(candidates, size, np.array(taken)) / max(1.0, float(size.prod()))
        if before[number] >= 0:
            covered[before[number]] -= _STAY
        places[number] = covered.argmin()
        corners[number] = candidates[places[number]]
        taken.append((*corners[number], *size))
    return corners, places


def _candidates(size: NDArray[np.float64], box: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the four corners (4, 2) at which a label may begin: above, below, right, left."""
    left, top, width, height = box
    middle = top + (height - size[1]) / 2
    return np.array(
        [
            (left, top - size[1]),
            (left, top + height),
            (left + width, middle),
            (left - size[0], middle),
        ]
    )


def _covered(
    corners: NDArray[np.float64], size: NDArray[np.float64], taken_tlwh: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return for each corner (C, 2) how many square pixels of the taken areas a label covers."""
    low = np.maximum(corners[:, None], taken_tlwh[None, :, :2])
    high = np.minimum(corners[:, None] + size, taken_tlwh[None, :, :2] + taken_tlwh[None, :, 2:])
    return np.maximum(0, high - low).prod(axis=2).sum(axis=1)
