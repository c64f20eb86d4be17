"""The effects of the camera on a clean picture: light, motion blur, vignette and noise."""

import cv2
import numpy as np

from flatsort.scene.world import HEIGHT, WIDTH, Light

_SPARE = 64  # extra rows and columns of noise; the noise of each frame starts at another place


class Lens:
    """The imperfections of one camera."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng([seed, 7])
        self._seed = seed
        shape = (HEIGHT + _SPARE, WIDTH + _SPARE, 3)
        # In pictures of small sensors, colour noise is stronger than brightness noise, but softer.
        grain = 0.8 * rng.standard_normal((*shape[:2], 1), np.float32)
        grain = grain + 0.5 * cv2.blur(rng.standard_normal(shape, np.float32), (3, 3)) * 2
        self._grain = np.clip(128 + 24 * grain, 0, 255).astype(np.uint8)
        across, down = np.linspace(-1, 1, WIDTH), np.linspace(-1, 1, HEIGHT)
        fall = 1 - 0.17 * np.clip(np.add.outer(down**2, across**2) - 0.45, 0, None)
        self._vignette = np.repeat((fall * 255)[..., None], 3, 2).astype(np.uint8)

    def photograph(self, scene: np.ndarray, light: Light, motion: float, frame: int) -> np.ndarray:
        """Return the picture of a scene that the sensor gives, (720, 1280, 3) uint8 BGR.

        Args:
            scene: (720, 1280, 3) uint8 BGR in plain daylight.
            light: light of this frame.
            motion: shift of the picture since the frame before, columns.
            frame: number of the frame, which chooses the noise.
        """
        share = min(abs(motion) / 10, 0.5)
        if share > 0.05:
            # Mixing in a copy shifted by one column smears like an exposure, and is cheap.
            moved = np.roll(scene, 1 if motion > 0 else -1, axis=1)
            scene = cv2.addWeighted(scene, 1 - share, moved, share, 0)
        picture = cv2.LUT(scene, _curve(light))
        picture = cv2.multiply(picture, self._vignette, scale=1 / 255)
        top, left = np.random.default_rng([self._seed, 8, frame]).integers(0, _SPARE, 2)
        grain = self._grain[top : top + HEIGHT, left : left + WIDTH]
        strength = light.gain / 24
        return cv2.addWeighted(picture, 1.0, grain, strength, -128 * strength)


def _curve(light: Light) -> np.ndarray:
    """Return the tone curve of each colour, (1, 256, 3) uint8."""
    level = np.arange(256) / 255
    balance = np.array((1 - 0.07 * light.warmth, 1.0, 1 + 0.06 * light.warmth))
    exposed = level[:, None] * light.exposure * balance
    # A soft shoulder keeps highlights from clipping; clouds reduce the contrast.
    toned = exposed / (1 + 0.10 * exposed**3) * 1.04
    flat = 0.10 * (1 - light.sun)
    return (np.clip(toned * (1 - flat) + 0.42 * flat, 0, 1) * 255).round().astype(np.uint8)[None]
