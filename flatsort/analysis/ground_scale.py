"""Turn pixels into metres on the ground."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flatsort.errors import InputError


@dataclass(frozen=True)
class GroundScale:
    """A map from the picture to the ground.

    Attributes:
        homography: (3, 3) map of homogeneous points in pixels to the ground.
        unit: unit of length on the ground, "m" or "px".
    """

    homography: NDArray[np.float64]
    unit: str

    @classmethod
    def in_pixels(cls) -> "GroundScale":
        """Return the scale of unknown ground: lengths stay pixels."""
        return cls(np.eye(3), "px")

    def places(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return points (N, 2), pixels, as places (N, 2) on the ground.

        A point on the horizon, or behind it, has no place: its coordinates are NaN.
        """
        mapped = np.column_stack([points, np.ones(len(points))]) @ self.homography.T
        # The ground lies where the third coordinate has the sign that most points give it.
        depth = mapped[:, 2:] * np.sign(np.median(mapped[:, 2])) if len(points) else mapped[:, 2:]
        good = depth > 1e-12
        places = np.full((len(points), 2), np.nan)
        return np.divide(mapped[:, :2], mapped[:, 2:], out=places, where=np.repeat(good, 2, 1))


def parse_scale(text: str) -> GroundScale:
    """Return the scale of a text: metres per pixel, or a file with a homography.

    The file has three rows of three numbers, which map a point of the picture, in pixels, to a
    point of the ground, in metres: OpenCV's findHomography gives them.

    Raises:
        InputError: the text is neither, or the homography cannot be inverted.
    """
    try:
        factor = float(text)
    except ValueError:
        return GroundScale(_read_homography(Path(text)), "m")
    if not 0 < factor < math.inf:
        raise InputError(f"--scale {text}: give metres per pixel, above 0")
    return GroundScale(np.diag([factor, factor, 1.0]), "m")


def _read_homography(path: Path) -> NDArray[np.float64]:
    try:
        words = path.read_text(encoding="utf-8").replace(",", " ").split()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"--scale {path}: give metres per pixel, such as 0.02, or a file with a homography"
        ) from error
    try:
        matrix = np.array([float(word) for word in words]).reshape(3, 3)
    except ValueError as error:
        raise InputError(f"{path}: a homography has three rows of three numbers") from error
    if not np.isfinite(matrix).all() or abs(np.linalg.det(matrix)) < 1e-15:
        raise InputError(f"{path}: this matrix has no inverse, so it maps no picture to a ground")
    return matrix
