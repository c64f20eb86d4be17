"""Make images of a pendulum at all angles (section 4.1)."""

import numpy as np
from numpy.typing import NDArray

from flatsort.paper.latent.points import Points

SIDE = 16
"""Width and height of an image in pixels."""
COUNT = 15_000
"""Number of images."""
HELD_OUT = 3_000
"""Number of further images that no model sees in training."""
NOISE = 0.05
"""Standard deviation of the noise in each pixel; a pixel of the rod is 1."""
LENGTH, WIDTH = 6.0, 1.0
"""Length of the rod from the middle of the image, and standard deviation of its profile; pixels."""
SECTORS = 8
"""Number of classes: sectors of 45 degrees, which colour the latent space in figures."""


def load_pendulum(seed: int = 0) -> Points:
    """Make 15,000 noisy images of 16 x 16 pixels, with angles uniform in [0, 360) degrees.

    The paper does not describe the pictures of its simulator. Here a rod with a Gaussian profile
    turns about the middle of the image; at angle 0 it hangs down.
    """
    generator = np.random.default_rng(seed)
    angles, images = _draw_images(COUNT, generator)
    _, held_out = _draw_images(HELD_OUT, generator)
    sectors = (angles * SECTORS / (2 * np.pi)).astype(np.int64)
    return Points(
        values=images,
        held_out=held_out,
        classes=sectors,
        class_names=tuple(f"{45 * sector} to {45 * (sector + 1)} deg" for sector in range(SECTORS)),
        image_shape=(SIDE, SIDE),
    )


def draw_pendulum(angles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Draw the rod at angles (N,) as (N, 16, 16) in [0, 1].

    Args:
        angles: radians; at 0 the rod hangs down, at pi/2 it points to the right.
    """
    down, right = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    sine, cosine = np.sin(angles)[:, None, None], np.cos(angles)[:, None, None]
    # Distance of each pixel along the rod, clipped to the rod.
    along = np.clip(right * sine + down * cosine, 0, LENGTH)
    squares = (right - along * sine) ** 2 + (down - along * cosine) ** 2
    return np.exp(-squares / (2 * WIDTH**2))


def _draw_images(
    count: int, generator: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Draw noisy images at random angles: angles (count,) in radians, images (count, 256)."""
    angles = generator.uniform(0, 2 * np.pi, count)
    images = draw_pendulum(angles)
    images += generator.normal(0, NOISE, images.shape)
    return angles, images.reshape(count, -1).astype(np.float32)
