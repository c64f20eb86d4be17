"""Undecoded outputs of YOLOX: offsets in the cells of its grids instead of pixels.

YOLOX (Ge et al., 2021) is usually exported without its last step, which turns the offsets into
pixels. Its output then has the shape of a decoded output of YOLOv6: one row per cell.
"""

import numpy as np
from numpy.typing import NDArray

STRIDES = (8, 16, 32)
"""Sides of the cells in pixels, finest grid first."""


def is_undecoded(output: NDArray[np.floating], width: int, height: int) -> bool:
    """Return whether an output has one row per cell, with centres relative to the cells.

    Offsets are about one cell or less. Centres in pixels spread over the picture, so half of
    them lie beyond the first cells.

    Args:
        output: (1, N, 5 + C) or (N, 5 + C), the output for one picture.
        width: width of the network's input in pixels.
        height: height of the network's input in pixels.
    """
    cells = sum((height // stride) * (width // stride) for stride in STRIDES)
    if output.shape[-2] != cells:
        return False
    centres = np.abs(output.reshape(output.shape[-2:])[:, :2].astype(np.float64))
    return bool((np.median(centres, axis=0) < STRIDES[0]).all())


def decode(output: NDArray[np.floating], width: int, height: int) -> NDArray[np.float64]:
    """Return an undecoded output with centres and sizes in pixels.

    A cell at column i and row j of a grid of stride s, with the values (x, y, w, h), has its
    centre at ((i + x) s, (j + y) s) and the size (s exp w, s exp h).

    Args:
        output: (1, N, 5 + C) or (N, 5 + C): offsets x and y, logarithms of width and height,
            objectness and C scores of each cell, row by row, finest grid first.
        width: width of the network's input in pixels.
        height: height of the network's input in pixels.

    Returns:
        (N, 5 + C): centre x and y, width and height in pixels of the input, objectness, C scores.
    """
    decoded = np.asarray(output, np.float64).reshape(output.shape[-2:]).copy()
    grids = [np.indices((height // stride, width // stride)) for stride in STRIDES]
    cells = np.concatenate([grid[::-1].reshape(2, -1).T for grid in grids])
    strides = np.repeat(STRIDES, [grid[0].size for grid in grids])[:, None]
    decoded[:, :2] = (cells + decoded[:, :2]) * strides
    with np.errstate(over="ignore"):  # an infinite box is left out as invalid later
        decoded[:, 2:4] = np.exp(decoded[:, 2:4]) * strides
    return decoded
