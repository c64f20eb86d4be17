"""A movement of the camera that was measured outside the tracker, for example in the pictures."""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from .arrays import Floats
from .checks import check_above
from .constants import LARGEST_PX, MEASURED_MAX_SCALE


@dataclass(frozen=True, eq=False)
class CameraMovement:
    """How the picture has moved since the frame before.

    Attributes:
        matrix: (2, 3) float64. A point (x, y) of the frame before is now at matrix @ (x, y, 1), in
            pixels.
        uncertainty: Mean distance |x| + |y| between the points of the scene and the places where
            the matrix puts them, in pixels. It includes the depth of the scene: no single matrix
            moves near and far points exactly.

    Raises:
        ValueError: If the matrix is no movement of a picture, or the uncertainty is not above 0.
    """

    matrix: Floats
    uncertainty: float

    def __post_init__(self) -> None:
        matrix = np.array(self.matrix, dtype=np.float64)
        if matrix.shape != (2, 3):
            raise ValueError(f"matrix must have shape (2, 3), not {matrix.shape}")
        if not (np.abs(matrix) < LARGEST_PX).all():
            raise ValueError(f"matrix must have finite numbers below {LARGEST_PX:g}")
        if not 1 / MEASURED_MAX_SCALE**2 <= _area(matrix) <= MEASURED_MAX_SCALE**2:
            raise ValueError(
                f"matrix must scale a picture by 1/{MEASURED_MAX_SCALE:g} to "
                f"{MEASURED_MAX_SCALE:g} and not mirror it; its determinant is {_area(matrix):g}"
            )
        check_above("uncertainty", self.uncertainty, 0)
        object.__setattr__(self, "matrix", matrix)

    @property
    def scale(self) -> float:
        """Factor of the sides of boxes: the root of the factor of areas."""
        return sqrt(_area(self.matrix))


def _area(matrix: Floats) -> float:
    return float(matrix[0, 0] * matrix[1, 1] - matrix[0, 1] * matrix[1, 0])
