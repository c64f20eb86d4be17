"""The skeleton of a walking body: tubes, body directions, and the legs during the gait.

Body axes, in metres: x to the right of the picture, y up, z towards the viewer; the origin is on
the ground below the hips. A body with heading 0 walks to the right of the picture, with pi/2
towards the viewer.
"""

from dataclasses import dataclass

import numpy as np

from flatsort.scene.wardrobe import Cloth

STRIDE = 1.40  # length of a cycle of two steps at a stature of STATURE, metres
STATURE = 1.75  # stature at which the skeleton is drawn, metres


@dataclass(frozen=True)
class Tube:
    """A rounded tube of cloth.

    Attributes:
        start: one end of the axis, (3,) metres.
        end: the other end, (3,) metres.
        radii: half-widths at even distances from start to end, metres.
        depth: ratio of the thickness towards the viewer to the half-width.
        cloth: cloth of the tube; its pattern runs from start to end.
        material: "cloth", "head" (skin, with hair of the colour ``trim``) or "glossy".
        trim: colour of the hair of a head.
        hem: whether the end is cut straight instead of rounded.
    """

    start: np.ndarray
    end: np.ndarray
    radii: tuple[float, ...]
    depth: float
    cloth: Cloth
    material: str = "cloth"
    trim: tuple[int, int, int] = (0, 0, 0)
    hem: bool = False


class Axes:
    """The directions of a body with a heading (forward, side and up), and its breadths."""

    def __init__(self, heading: float, girth: float) -> None:
        self.forward = np.array([np.cos(heading), 0.0, np.sin(heading)])
        self.side = np.array([np.sin(heading), 0.0, -np.cos(heading)])
        self.up = np.array([0.0, 1.0, 0.0])
        self.girth = girth

    def across(self, broad: float, deep: float) -> tuple[float, float]:
        """Return half-width in the picture and depth ratio of an ellipse ``broad`` by ``deep``."""
        facing = abs(self.forward[2])
        turned = np.sqrt(1 - facing**2)
        width = float(np.hypot(broad * facing, deep * turned))
        return width * self.girth, float(np.hypot(broad * turned, deep * facing)) / width

    def at(self, forward: float, up: float, side: float) -> np.ndarray:
        """Return a point by its distances along the three directions."""
        return forward * self.forward + up * self.up + side * self.side


def leg_joints(body: Axes, phase: float, swing: float, side: float) -> dict:
    """Return the joints of a leg, relative to hips at height 0, and the height of its sole (m)."""
    sign = 1.0 if side == 0.0 else -1.0
    hip_angle = swing * (0.40 * np.cos(phase) + 0.03)
    knee_bend = 0.06 + swing * (0.10 + 0.86 * max(0.0, -np.sin(phase + 0.40)) ** 1.4)
    ankle_pitch = swing * (0.30 * np.cos(phase) - 0.45 * max(0.0, -np.sin(phase - 0.5)))

    def along(angle: float, length: float) -> np.ndarray:
        return length * (np.sin(angle) * body.forward - np.cos(angle) * body.up)

    hip = body.at(0.0, 0.0, 0.085 * sign * body.girth)
    knee = hip + along(hip_angle, 0.43)
    ankle = knee + along(hip_angle - knee_bend, 0.42)
    toe_way = np.cos(ankle_pitch) * body.forward + np.sin(ankle_pitch) * body.up
    down = -body.up * 0.045
    heel, toe = ankle - 0.05 * toe_way + down, ankle + 0.155 * toe_way + down
    sole = min(heel[1], toe[1]) - 0.04
    return {"hip": hip, "knee": knee, "ankle": ankle, "heel": heel, "toe": toe, "sole": sole}


def bent(body: Axes, angle: float) -> np.ndarray:
    """Return the direction of a limb that hangs down, swung forward by ``angle`` radians."""
    return np.sin(angle) * body.forward - np.cos(angle) * body.up
