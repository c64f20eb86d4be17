"""Noise and drawing helpers that the layers of the street share."""

import cv2
import numpy as np


def cloudy(rng: np.random.Generator, height: int, width: int, coarse: int) -> np.ndarray:
    """Return smooth fractal noise, (height, width) float32 from about -1 to 1.

    Args:
        rng: source of the noise.
        height: number of rows.
        width: number of columns.
        coarse: size of the largest blobs in pixels; each octave halves the size.
    """
    total = np.zeros((height, width), np.float32)
    size, weight = float(coarse), 0.6
    while size >= 1.5 and weight > 0.04:
        grid = rng.uniform(-1, 1, (int(height / size) + 3, int(width / size) + 3))
        fine = cv2.resize(
            grid.astype(np.float32),
            (int(width + 3 * size), int(height + 3 * size)),
            interpolation=cv2.INTER_CUBIC,
        )
        total += weight * fine[:height, :width]
        size, weight = size / 2, weight * 0.6
    return total


def cylinder_tone(width: int, light: float = -0.55) -> np.ndarray:
    """Return the shading across an upright cylinder, float32 of shape (width,).

    ``light`` is the horizontal direction of the sun, -1 (left) to 1 (right).
    """
    across = np.linspace(-0.995, 0.995, width, dtype=np.float32)
    facing = across * light + np.sqrt(1 - across**2) * np.sqrt(1 - light**2)
    return 0.52 + 0.56 * np.maximum(facing, 0) + 0.06 * np.maximum(across, 0) ** 4


def label(
    image: np.ndarray, text: str, centre: tuple[float, float], height: float, colour: tuple
) -> None:
    """Write ``text`` centred on a point (x, y), with capitals ``height`` pixels tall."""
    font, thick = cv2.FONT_HERSHEY_DUPLEX, max(1, round(height / 9))
    scale = height / cv2.getTextSize("H", font, 1.0, thick)[0][1]
    (width, tall), _ = cv2.getTextSize(text, font, scale, thick)
    corner = (round(centre[0] - width / 2), round(centre[1] + tall / 2))
    cv2.putText(image, text, corner, font, scale, colour, thick, cv2.LINE_AA)


class Board:
    """A drawing board in metres: x to the right, y up from its lower edge."""

    def __init__(self, width: float, height: float, scale: float, colour: tuple) -> None:
        self.scale = scale
        self.height = height
        self.image = np.empty((round(height * scale), round(width * scale), 3), np.uint8)
        self.image[:] = colour

    def pixel(self, x: float, y: float) -> tuple[int, int]:
        """Return the pixel (column, row) of a point."""
        return round(x * self.scale), round((self.height - y) * self.scale)

    def box(self, x: float, y: float, width: float, height: float, colour: tuple) -> None:
        """Fill a rectangle whose lower left corner is (x, y)."""
        corner = self.pixel(x + width, y)
        cv2.rectangle(
            self.image, self.pixel(x, y + height), (corner[0] - 1, corner[1] - 1), colour, -1
        )

    def polygon(self, points: list[tuple[float, float]], colour: tuple) -> None:
        """Fill a polygon."""
        pixels = np.array([self.pixel(*point) for point in points], np.int32)
        cv2.fillPoly(self.image, [pixels], colour, cv2.LINE_AA)

    def darken(self, x: float, y: float, width: float, height: float, tone: np.ndarray) -> None:
        """Multiply a rectangle by ``tone`` (rows from top to bottom), which is stretched to it."""
        (left, top), (right, bottom) = self.pixel(x, y + height), self.pixel(x + width, y)
        part = self.image[max(top, 0) : bottom, max(left, 0) : right]
        if part.size:
            stretched = cv2.resize(
                np.atleast_2d(tone).astype(np.float32), (part.shape[1], part.shape[0])
            )
            part[:] = np.clip(part * stretched[..., None], 0, 255)

    def text(self, text: str, x: float, y: float, height: float, colour: tuple) -> None:
        """Write ``text`` centred on (x, y), with capitals ``height`` metres tall."""
        label(self.image, text, self.pixel(x, y), height * self.scale, colour)
