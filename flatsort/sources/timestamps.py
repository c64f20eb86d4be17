"""When frames were taken, by timestamps that may be missing, repeated or start anew."""

# A timestamp this far before the last frame's is a new beginning and no disorder, and so is one
# this far behind it: a stream that learnt what time it is, not a gap.
_BACK_S, _AHEAD_S = 1.0, 3600.0
# What a frame whose timestamp does not rise is put behind the last one.
_LEAST_STEP_S = 1e-3


class Timeline:
    """Turns raw timestamps into seconds since the first frame, which rise strictly.

    Args:
        frame_rate: places a frame without a timestamp behind the last one; frames per second.
    """

    def __init__(self, frame_rate: float) -> None:
        self._interval = 1 / frame_rate
        self._last: float | None = None
        # What to add to a raw timestamp; None until there was one.
        self._shift: float | None = None

    def seconds(self, raw: float | None) -> float:
        """The time of the next frame.

        Args:
            raw: its timestamp, in seconds from whatever origin; None if it has none.
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
