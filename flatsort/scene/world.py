"""The camera and the light of the rendered street, as functions of time.

World axes, in metres: x to the right, y up from the ground, z away from the camera. The camera
looks along z. It turns only a little, so a turn is approximated by a shift of the picture. Every
layer then moves by an affine map, which makes rendering fast.
"""

from dataclasses import dataclass

import numpy as np

WIDTH = 1280
HEIGHT = 720
FRAME_RATE = 25


@dataclass(frozen=True)
class Camera:
    """A pinhole camera whose axis stays along z.

    Attributes:
        focal: focal length in pixels.
        x: position to the right, metres.
        height: height above the ground, metres.
        centre: column of the point straight ahead, pixels.
        horizon: row of the horizon, pixels.
    """

    focal: float = 1000.0
    x: float = 0.0
    height: float = 2.3
    centre: float = WIDTH / 2
    horizon: float = 300.0

    def project(
        self, x: np.ndarray | float, y: np.ndarray | float, z: np.ndarray | float
    ) -> tuple[np.ndarray | float, np.ndarray | float]:
        """Return column and row, in pixels, of points given in metres."""
        column = self.centre + self.focal * (x - self.x) / z
        row = self.horizon + self.focal * (self.height - y) / z
        return column, row


@dataclass(frozen=True)
class Light:
    """The light of one frame, from the weather and the exposure of the camera.

    Attributes:
        sun: strength of cast shadows, 0 (overcast) to 1 (clear).
        exposure: factor on the brightness.
        warmth: colour of the light, -1 (blue) to 1 (amber).
        gain: standard deviation of the sensor's noise, grey levels.
    """

    sun: float
    exposure: float
    warmth: float
    gain: float


REFERENCE = Camera()  # the camera for which the background layers are drawn

# Factors on the movements of a held camera. A carried one pans twice as far in half the time, by up
# to 9 pixels per frame. The layers of the background are just wide enough.
CARRIED_PAN = 2.0
CARRIED_WALK = 2.0
CARRIED_SHAKE = 2.5


def camera_at(seed: int, frame: int, carried: bool = False) -> Camera:
    """Return the hand-held camera at a frame (from 1): it pans, sways, breathes and zooms.

    Args:
        seed: seed of the scene.
        frame: number of the rendered frame.
        carried: whether its owner walks about and looks around.
    """
    phases = np.random.default_rng([seed, 1]).uniform(0, 2 * np.pi, 8)
    pan, walk, shake = (CARRIED_PAN, CARRIED_WALK, CARRIED_SHAKE) if carried else (1.0, 1.0, 1.0)
    time = frame / FRAME_RATE

    def wave(period: float, index: int) -> float:
        return float(np.sin(2 * np.pi * time / period + phases[index]))

    return Camera(
        focal=REFERENCE.focal * (1.02 + 0.03 * wave(15.0, 0)),
        x=0.30 * walk * wave(9.0, 1) + 0.02 * shake * wave(1.9, 2),
        height=REFERENCE.height,
        centre=REFERENCE.centre
        + 70 * pan * wave(12.5 / pan, 3)
        + shake * (3.0 * wave(1.3, 4) + 0.8 * wave(0.43, 5)),
        horizon=REFERENCE.horizon
        + 7 * wave(7.0, 6)
        + shake * (1.6 * wave(0.9, 7) + 0.6 * wave(0.37, 2)),
    )


def light_at(seed: int, frame: int) -> Light:
    """Return the light at a frame (from 1): clouds pass, and auto-exposure lags behind them."""
    phases = np.random.default_rng([seed, 2]).uniform(-0.6, 0.6, 3)
    time = frame / FRAME_RATE

    def cover(moment: float) -> float:
        # One cloud every eleven seconds or so, with edges 1.5 seconds wide.
        return float(1 / (1 + np.exp(-6 * np.sin(2 * np.pi * (moment - 1.5) / 11 + phases[0]))))

    sun, metered = cover(time), cover(time - 1.2)
    return Light(
        sun=sun,
        exposure=0.80 + 0.20 * sun + 0.10 * (1 - metered) + 0.03 * np.sin(time * 1.1 + phases[1]),
        warmth=-0.55 + 1.1 * sun + 0.15 * np.sin(time * 0.7 + phases[2]),
        gain=1.8 + 1.5 * (1 - metered),
    )
