"""How many frames are missing between two, by their times."""

import math
import statistics
from collections import deque

# Intervals that tell the usual one, an even number so that of two that take turns it is the longer,
# and with how many of the nominal rate it begins.
_REMEMBERED, _NOMINAL = 16, 3
# An interval counts as so much longer: 1.75 of the usual one have room for another frame.
_LENIENCE = 0.25


class Pace:
    """Finds gaps in a series of times.

    The usual interval is the median of the last ones and not the nominal one. A camera that slows
    down in the dark, or of whose frames a slow tracker takes every fifth, has no gaps: taking each
    interval for one would make every person appear anew in each frame.

    Args:
        frame_rate: nominal, frames per second.
    """

    def __init__(self, frame_rate: float) -> None:
        self._intervals = deque([1 / frame_rate] * _NOMINAL, maxlen=_REMEMBERED)
        self._last: float | None = None

    def missing(self, seconds: float) -> int:
        """Frames missing before the next one, which was taken at this time."""
        last, self._last = self._last, seconds
        if last is None:
            return 0
        interval = seconds - last
        usual = statistics.median_high(self._intervals)
        self._intervals.append(interval)
        return max(0, math.floor(interval / usual + _LENIENCE) - 1)
