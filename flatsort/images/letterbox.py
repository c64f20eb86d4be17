"""Fit a picture into a given size on grey, without changing its proportions."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

GREY = 114
"""Grey level, 0 to 255, around the pictures that the YOLO family was trained with."""


@dataclass(frozen=True)
class Letterbox:
    """The place of a picture in the size that it was fitted into.

    Attributes:
        scale: pixels of the fitted picture per pixel of the original.
        left: columns of grey at the left, pixels.
        top: rows of grey at the top, pixels.
    """

    scale: float
    left: int
    top: int

    def boxes_in_picture(self, boxes_tlwh: NDArray[np.floating]) -> NDArray[np.float64]:
        """Convert boxes, (N, 4) tlwh in fitted pixels, to pixels of the original picture."""
        corner = np.array([self.left, self.top, 0, 0])
        return (np.asarray(boxes_tlwh, float) - corner) / self.scale


def letterbox(
    image: NDArray[np.uint8], width: int, height: int, grey: int = GREY, before: float = 0.5
) -> tuple[NDArray[np.uint8], Letterbox]:
    """Fit a picture into a given size.

    Args:
        image: (H, W, 3) uint8.
        width: width of the result, pixels.
        height: height of the result, pixels.
        grey: grey level around the picture, 0 to 255.
        before: share of the grey that lies left of the picture and above it: 0.5 puts the picture
            into the middle, 0 into the corner at the top left.

    Returns:
        The fitted picture, (height, width, 3) uint8, and the place of the original in it.
    """
    given_height, given_width = image.shape[:2]
    scale = min(width / given_width, height / given_height)
    inner_width = min(width, max(1, round(given_width * scale)))
    inner_height = min(height, max(1, round(given_height * scale)))
    left, top = int((width - inner_width) * before), int((height - inner_height) * before)
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    fitted = np.full((height, width, 3), grey, np.uint8)
    fitted[top : top + inner_height, left : left + inner_width] = cv2.resize(
        image, (inner_width, inner_height), interpolation=interpolation
    )
    return fitted, Letterbox(scale, left, top)
