"""Charts of numbers over time, as paths of an SVG picture of 100 x 100 units."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_MOST_POINTS = 600
"""Points of a curve: more than a page has pixels for it would only make the page larger."""


@dataclass(frozen=True)
class Curve:
    """The number of people over time.

    Attributes:
        title: name of the place.
        path: the area below the curve, as the attribute d of an SVG path.
        most: value at the upper edge, the largest number of people.
        mean: mean number of people.
    """

    title: str
    path: str
    most: int
    mean: float


@dataclass(frozen=True)
class Bars:
    """Numbers of crossings per stretch of time, inwards above the middle and outwards below it.

    Attributes:
        title: name of the line or zone.
        inwards: path of the bars above the middle.
        outwards: path of the bars below the middle.
        most: value at the upper and at the lower edge.
        seconds: width of a bar in seconds.
    """

    title: str
    inwards: str
    outwards: str
    most: int
    seconds: float


def draw_curve(title: str, numbers: NDArray[np.int64]) -> Curve:
    """Return the curve of a number of people in each frame, (F,).

    Of a long video, each point shows the largest number in its stretch of frames.
    """
    edges = np.linspace(0, len(numbers), min(len(numbers), _MOST_POINTS) + 1).astype(int)
    values = np.maximum.reduceat(numbers, edges[:-1]) if len(numbers) else np.zeros(0, int)
    most = max(1, int(values.max(initial=0)))
    steps = [
        f"L{100 * start / len(numbers):.2f} {100 - 100 * value / most:.2f}"
        f"L{100 * end / len(numbers):.2f} {100 - 100 * value / most:.2f}"
        for start, end, value in zip(edges[:-1], edges[1:], values.tolist(), strict=True)
    ]
    mean = float(numbers.mean()) if len(numbers) else 0.0
    return Curve(title, f"M0 100{''.join(steps)}L100 100Z", most, mean)


def draw_bars(
    title: str, inwards: Sequence[int], outwards: Sequence[int], frames: int, frame_rate: float
) -> Bars:
    """Return the bars of the crossings of one line or zone.

    Args:
        title: name of the line or zone.
        inwards: frames of the crossings inwards.
        outwards: frames of the crossings outwards.
        frames: number of frames.
        frame_rate: frames per second.
    """
    width = _bar_frames(frames, frame_rate)
    edges = np.arange(1, frames + width + 1, width)
    above, below = (np.histogram(list(each), edges)[0] for each in (inwards, outwards))
    most = max(1, int(above.max(initial=0)), int(below.max(initial=0)))
    return Bars(
        title,
        _bar_path(above, width / frames, most, -1),
        _bar_path(below, width / frames, most, 1),
        most,
        width / frame_rate,
    )


def _bar_frames(frames: int, frame_rate: float) -> int:
    """Return the width of a bar in frames: a round time, so that there are 20 to 60 bars."""
    for seconds in (0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800):
        if frames / (seconds * frame_rate) <= 60:
            return max(1, round(seconds * frame_rate))
    return round(3600 * frame_rate)


def _bar_path(numbers: NDArray[np.int64], share: float, most: int, sign: int) -> str:
    """Return bars from the middle, 50, upwards (-1) or downwards (1)."""
    parts = []
    for place, number in enumerate(numbers.tolist()):
        if number:
            left, width = 100 * place * share, 86 * share
            parts.append(f"M{left:.2f} 50v{sign * 48 * number / most:.2f}h{width:.2f}V50Z")
    return "".join(parts)
