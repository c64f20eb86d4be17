"""Images of a pendulum at all angles (section 4.1)."""

import numpy as np
from numpy.typing import NDArray

from flatsort.paper.latent.points import Points

SIDE = 16
COUNT = 15_000
# Standard deviation of the noise in each pixel; a pixel of the rod itself is 1.
NOISE = 0.05
# The rod, from the middle of the image: its length and the standard deviation of its profile.
LENGTH, WIDTH = 6.0, 1.0
# Eight sectors of 45 degrees, to colour the latent space by.
SECTORS = 8


def load_pendulum(seed: int = 0) -> Points:
    """15,000 images of 16 x 16 pixels, angles uniform in [0, 360) degrees, with noise.

    The paper does not say how its simulator draws: here a rod with a Gaussian profile hangs at
    angle 0 and turns about the middle of the image.
    """
    generator = np.random.default_rng(seed)
    angles = generator.uniform(0, 2 * np.pi, COUNT)
    images = draw_pendulum(angles)
    images += generator.normal(0, NOISE, images.shape)
    sectors = (angles * SECTORS / (2 * np.pi)).astype(np.int64)
    return Points(
        values=images.reshape(COUNT, -1).astype(np.float32),
        classes=sectors,
        class_names=tuple(f"{45 * sector} to {45 * (sector + 1)} deg" for sector in range(SECTORS)),
        image_shape=(SIDE, SIDE),
    )


def draw_pendulum(angles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Angles (N,) in radians, from hanging down to the right -> images (N, 16, 16) in [0, 1]."""
    down, right = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    sine, cosine = np.sin(angles)[:, None, None], np.cos(angles)[:, None, None]
    # The nearest point of the rod.
    along = np.clip(right * sine + down * cosine, 0, LENGTH)
    squares = (right - along * sine) ** 2 + (down - along * cosine) ** 2
    return np.exp(-squares / (2 * WIDTH**2))
