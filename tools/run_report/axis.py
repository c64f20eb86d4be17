"""Axes: where round numbers lie."""

from dataclasses import dataclass

_MOST_TICKS = 6


@dataclass(frozen=True)
class Tick:
    """A round number on an axis.

    Attributes:
        at: its place in percent.
        label: the number.
    """

    at: float
    label: str


def ticks_between(low: float, high: float) -> list[Tick]:
    """At most six round numbers from `low` to `high`, which lie at 0 and 100 percent."""
    from matplotlib.ticker import MaxNLocator

    values = MaxNLocator(_MOST_TICKS, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    return [
        Tick(100 * (value - low) / (high - low), f"{value:g}")
        for value in values.tolist()
        if low <= value <= high
    ]


def frame_ticks(frames: int) -> list[Tick]:
    """Round frame numbers, each at the middle of its frame."""
    from matplotlib.ticker import MaxNLocator

    values = MaxNLocator(_MOST_TICKS, integer=True, steps=[1, 2, 2.5, 5, 10]).tick_values(1, frames)
    numbers = {1, *(round(value) for value in values)}
    return [
        Tick(100 * (number - 0.5) / frames, f"{number:d}")
        for number in sorted(numbers)
        if 1 <= number <= frames
    ]
