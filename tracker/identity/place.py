"""How well a place and a size fit a person who was last seen elsewhere, some time ago."""

import numpy as np

from ..arrays import Floats

_START_DEVIATION = 0.3
"""Standard deviation of a person's place at once, in box heights: the box jitters."""
_WALKING_DEVIATION = 0.5
"""Its growth per second. A box is about 1.8 m high and people walk about 1.4 m/s, mostly on."""
_FARTHEST_START = 1.0
"""Farthest distance from the last place at once, in box heights."""
_FARTHEST_SPEED = 1.5
"""Its growth per second: 2.7 m/s, a fast run."""
_SCENE_SHARE = 1 / 3
"""Share of the picture's boxes' extent in which people can be."""
_MOST_OF_SCENE = 0.4
"""Largest standard deviation as a fraction of the scene's side: after long, people are anywhere."""
_LEAVING_RATE = 0.3
"""Nats per unit of log(1 + seconds) against a return: the longer away, the more likely gone."""
_HEIGHT_DEVIATION = 0.15
"""Standard deviation of the logarithm of the height at once: boxes of one person vary."""
_HEIGHT_GROWTH = 0.2
"""Its growth per second, for at most _HEIGHT_SECONDS: people come nearer or go away."""
_HEIGHT_SECONDS = 3.0
_BOUNDS = (-4.0, 3.0)
"""Bounds in nats of the evidence of the place: the place alone neither proves nor excludes."""
_ENTRY_NATS = 1.0
"""Evidence for a new person at the sides of the scene, and against one inside."""
_ENTRY_WIDTHS = 2.0
"""Distance from the side, in box widths, at which a body is inside."""


def entry_evidence(widths_from_side: float) -> float:
    """Return the evidence in nats that a new body shows a person who was seen before.

    New people come in at the sides. In the middle of the scene hardly anybody appears for the first
    time, but people come out from behind others.

    Args:
        widths_from_side: Distance of the body from the nearer side of the scene, in box widths.
    """
    inside = np.clip(widths_from_side / _ENTRY_WIDTHS, 0.0, 1.0)
    return float(_ENTRY_NATS * (2 * inside - 1))


def place_evidence(box_tlwh: Floats, last_tlwh: Floats, seconds: float, scene_area: float) -> float:
    """Return the evidence in nats that a person seen at one box appears at another.

    It is the logarithm of p(place | this person) / p(place | anyone). The person's place is a
    Gaussian about the last one, which widens as people walk; anyone's is uniform over the scene.

    Args:
        box_tlwh: (4,) the new box.
        last_tlwh: (4,) the last box of the person, moved with the camera since.
        seconds: Time between both, above 0.
        scene_area: Area in square pixels that all boxes so far span.

    Returns:
        -inf if nobody walks so fast.
    """
    height = last_tlwh[3]
    step = np.hypot(
        box_tlwh[0] + box_tlwh[2] / 2 - last_tlwh[0] - last_tlwh[2] / 2,
        box_tlwh[1] + box_tlwh[3] - last_tlwh[1] - last_tlwh[3],
    )
    if step > height * (_FARTHEST_START + _FARTHEST_SPEED * seconds):
        return -np.inf
    area = _SCENE_SHARE * scene_area
    deviation = min(
        height * (_START_DEVIATION + _WALKING_DEVIATION * seconds), _MOST_OF_SCENE * np.sqrt(area)
    )
    place = np.log(area / (2 * np.pi * deviation**2)) - step**2 / (2 * deviation**2)
    place = np.clip(place - _LEAVING_RATE * np.log1p(seconds), *_BOUNDS)
    growth = np.log(box_tlwh[3] / height)
    growth_deviation = _HEIGHT_DEVIATION + _HEIGHT_GROWTH * min(seconds, _HEIGHT_SECONDS)
    return float(place - growth**2 / (2 * growth_deviation**2))
