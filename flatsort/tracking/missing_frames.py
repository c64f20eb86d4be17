"""Count the frames that are missing between two frames, judged by their times."""

import math
import statistics
from collections import deque

_REMEMBERED = 16
"""Intervals whose median is the usual interval; even, so that the median of two alternating
intervals is the longer one."""
_NOMINAL = 3
"""Nominal intervals that stand for the intervals before the first frame."""
_LENIENCE = 0.25
"""Tolerance in usual intervals: from 1.75 usual intervals on, one frame counts as missing."""


class GapFinder:
    """Finds gaps in a series of times.

    The usual interval is the median of the last intervals. It is not the nominal interval, because
    a camera may slow down in the dark, and a slow tracker may take every fifth frame of a camera.
    Such footage has no gaps. If each of its intervals counted as a gap, every person would appear
    anew in each frame.

    Args:
        frame_rate: nominal rate in frames per second.
    """

    def __init__(self, frame_rate: float) -> None:
        self._intervals = deque([1 / frame_rate] * _NOMINAL, maxlen=_REMEMBERED)
        self._last: float | None = None

    def missing(self, seconds: float) -> int:
        """Return the number of frames missing before the next frame, whose time is ``seconds``."""
        last, self._last = self._last, seconds
        if last is None:
            return 0
        interval = seconds - last
        usual = statistics.median_high(self._intervals)
        self._intervals.append(interval)
        return max(0, math.floor(interval / usual + _LENIENCE) - 1)
