"""The times of frames, worked out from timestamps that may be missing, repeat or start anew."""

_BACK_S = 1.0
"""Seconds. If a timestamp lies this far before the last frame, timestamps have started anew; if it
lies nearer, two frames are out of order."""
_AHEAD_S = 3600.0
"""Seconds. If a timestamp lies this far after the last frame, the camera has set its clock; if it
lies nearer, frames are missing."""
_LEAST_STEP_S = 1e-3
"""Seconds between the last frame and a frame whose timestamp does not rise."""


class Timeline:
    """Converts raw timestamps to seconds since the first frame, which rise strictly.

    Args:
        frame_rate: frames per second; a frame without a timestamp comes one interval after the last
            frame.
    """

    def __init__(self, frame_rate: float) -> None:
        self._interval = 1 / frame_rate
        self._last: float | None = None
        # Seconds to add to a raw timestamp; None before the first timestamp.
        self._shift: float | None = None

    def seconds(self, raw: float | None) -> float:
        """Return the time of the next frame.

        Args:
            raw: timestamp of the frame in seconds, from any origin; None if the frame has none.
        """
        self._last = self._next(raw)
        return self._last

    def _next(self, raw: float | None) -> float:
        expected = 0.0 if self._last is None else self._last + self._interval
        if raw is None:
            return expected
        if self._shift is None:
            self._shift = expected - raw
        seconds = raw + self._shift
        if self._last is None or self._last < seconds < self._last + _AHEAD_S:
            return seconds
        if self._last - _BACK_S < seconds <= self._last:
            return self._last + _LEAST_STEP_S
        self._shift = expected - raw
        return expected
