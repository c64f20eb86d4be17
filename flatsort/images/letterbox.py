"""A picture fitted into a size without changing its proportions, on grey."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

# What the YOLO family was trained with around its pictures.
GREY = 114


@dataclass(frozen=True)
class Letterbox:
    """How a picture of one size is fitted into another.

    Attributes:
        scale: pixels in the box for a pixel of the picture.
        left: columns of grey at the left, pixels.
        top: rows of grey at the top, pixels.
    """

    scale: float
    left: int
    top: int

    def boxes_in_picture(self, boxes_tlwh: NDArray[np.floating]) -> NDArray[np.float64]:
        """Boxes (N, 4) tlwh of the box, in the picture's pixels."""
        corner = np.array([self.left, self.top, 0, 0])
        return (np.asarray(boxes_tlwh, float) - corner) / self.scale


def letterbox(
    image: NDArray[np.uint8], width: int, height: int, grey: int = GREY
) -> tuple[NDArray[np.uint8], Letterbox]:
    """Fit a picture, (H, W, 3) uint8, into (height, width, 3), in the middle.

    Args:
        image: the picture.
        width: to fit it into, pixels.
        height: to fit it into, pixels.
        grey: what is around it, 0 to 255.

    Returns:
        The fitted picture, and where in it the picture is.
    """
    given_height, given_width = image.shape[:2]
    scale = min(width / given_width, height / given_height)
    inner_width = min(width, max(1, round(given_width * scale)))
    inner_height = min(height, max(1, round(given_height * scale)))
    left, top = (width - inner_width) // 2, (height - inner_height) // 2
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    fitted = np.full((height, width, 3), grey, np.uint8)
    fitted[top : top + inner_height, left : left + inner_width] = cv2.resize(
        image, (inner_width, inner_height), interpolation=way
    )
    return fitted, Letterbox(scale, left, top)
