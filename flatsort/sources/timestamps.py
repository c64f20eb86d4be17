"""The times of frames, from timestamps that may be missing, repeated or start anew."""

_BACK_S = 1.0
"""A timestamp this many seconds before the last frame is a new origin, not a disorder."""
_AHEAD_S = 3600.0
"""A timestamp this many seconds after the last frame is a new origin, not a gap: the camera has set
its clock."""
_LEAST_STEP_S = 1e-3
"""Seconds between the last frame and a frame whose timestamp does not rise."""


class Timeline:
    """Converts raw timestamps to seconds since the first frame, which rise strictly.

    Args:
        frame_rate: frames per second; a frame without a timestamp follows the last one by one
            interval.
    """

    def __init__(self, frame_rate: float) -> None:
        self._interval = 1 / frame_rate
        self._last: float | None = None
        # Seconds to add to a raw timestamp; None before the first timestamp.
        self._shift: float | None = None

    def seconds(self, raw: float | None) -> float:
        """Return the time of the next frame.

        Args:
            raw: timestamp of the frame in seconds, from any origin; None if it has none.
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
