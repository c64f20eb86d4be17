"""Notice boxes and confidences of a file that have another unit than pixels and shares of 1."""

import numpy as np
from numpy.typing import NDArray

from flatsort.errors import InputError


def refuse_fractions(boxes_tlwh: NDArray[np.floating], name: str) -> None:
    """Refuse boxes that are all smaller than one pixel and lie in the first one.

    Programs that give boxes as fractions of the picture write such numbers.

    Args:
        boxes_tlwh: (N, 4) boxes that should be in pixels.
        name: the file, for the message.

    Raises:
        InputError: the boxes are fractions of the picture.
    """
    boxes = boxes_tlwh[np.isfinite(boxes_tlwh).all(axis=1)]
    is_whole = (boxes == np.round(boxes)).all()
    if len(boxes) == 0 or is_whole or np.abs(boxes).max() > 1:
        return
    raise InputError(
        f"{name}: all numbers of its boxes lie within 1 pixel, as fractions of a picture do: "
        "multiply them by the picture's width and height"
    )


def confidence_note(confidences: NDArray[np.floating], name: str) -> str | None:
    """Return a sentence if most confidences are above 1, as percents are; else None.

    Args:
        confidences: (N,) the confidences of a file.
        name: the file's name.
    """
    above = np.count_nonzero(confidences > 1)
    if above <= len(confidences) / 2:
        return None
    return (
        f"{above:,} of {len(confidences):,} confidences of {name} are above 1, up to "
        f"{confidences.max():g}, but thresholds are made for confidences from 0 to 1: divide them "
        "by 100 if they are percents"
    )
