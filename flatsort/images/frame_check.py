"""Check a frame that a user's program gives, and bring it into the one form that is read here."""

import numpy as np
from numpy.typing import NDArray


def as_bgr(frame: object) -> NDArray[np.uint8]:
    """Return a frame as (H, W, 3) uint8 BGR.

    Args:
        frame: (H, W, 3) BGR, (H, W, 4) BGRA whose alpha is left out, or (H, W) or (H, W, 1) grey;
            uint8.

    Raises:
        TypeError: it is not an array of NumPy.
        ValueError: its numbers are not uint8, its shape is another one, or it has no pixels.
    """
    if not isinstance(frame, np.ndarray):
        raise TypeError(
            f"a frame must be a NumPy array (H, W, 3) of uint8 in BGR order, not "
            f"{type(frame).__name__}: convert it with np.asarray"
        )
    if frame.dtype != np.uint8:
        raise ValueError(
            f"a frame must hold uint8 values from 0 to 255, not {frame.dtype}: convert it first"
        )
    if frame.ndim == 3 and frame.shape[2] == 3 and frame.size:
        return frame
    if frame.size and (frame.ndim == 2 or (frame.ndim == 3 and frame.shape[2] == 1)):
        return np.repeat(frame.reshape(*frame.shape[:2], 1), 3, axis=2)
    if frame.size and frame.ndim == 3 and frame.shape[2] == 4:
        return np.ascontiguousarray(frame[..., :3])
    order = ""
    if frame.size and frame.ndim == 3 and frame.shape[0] in (1, 3, 4):
        order = "; this one has its colours first: use frame.transpose(1, 2, 0)"
    raise ValueError(f"a frame must have shape (H, W, 3), not {frame.shape}{order}")
