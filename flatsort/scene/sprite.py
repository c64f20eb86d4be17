"""Sprites: pictures that stand at a point of the world."""

from dataclasses import dataclass

import cv2
import numpy as np


@dataclass(frozen=True)
class Sprite:
    """A picture that stands at a point of the world.

    Attributes:
        image: (H, W, 4) uint8, BGR premultiplied by alpha, cropped to the drawn part.
        foot: column and row, in the image, of the point of the ground on which it stands; the
            point may lie outside of the image.
        scale: pixels of the image per metre.
    """

    image: np.ndarray
    foot: tuple[float, float]
    scale: float


def standing_sprite(image: np.ndarray, alpha: np.ndarray, scale: float) -> Sprite:
    """Return a sprite that stands on the middle of its lower edge.

    Args:
        image: (H, W, 3) BGR, 0 to 255.
        alpha: (H, W), 0 to 1.
        scale: pixels per metre.
    """
    colour = np.clip(image, 0, 255) * alpha[..., None]
    sprite = np.dstack([colour, alpha * 255]).round().astype(np.uint8)
    # A border of clear pixels keeps edges soft when the sprite moves by fractions of a pixel.
    padded = cv2.copyMakeBorder(sprite, 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    return Sprite(padded, (padded.shape[1] / 2, padded.shape[0] - 1.0), scale)
