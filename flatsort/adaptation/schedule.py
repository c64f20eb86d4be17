"""Which frames of footage to look at: all there is time for, or else bursts spread evenly.

Linking needs consecutive frames, and different people pass at different times: so, where there is
not time for all, stretches of consecutive frames, from the beginning to the end.
"""

from collections.abc import Iterator
from dataclasses import dataclass

# Frames of a burst, at most: two seconds or so, in which people walk past one another. At least:
# enough to be compared with ten frames before. Between these, a part of what there is time for.
BURST, SHORTEST = 60, 20
_PARTS = 4
# Shares of all the time for looking at footage: of little time more, up to these seconds. People
# take as long to find then, and fewer steps train too.
_LOOKING, _MOST_LOOKING, _LOOKING_S = 0.3, 0.6, 180.0
# The share of the time left that passing over frames may take.
_FOR_SKIPPING = 0.5


@dataclass
class Effort:
    """What footage has taken so far.

    Attributes:
        frames: looked at.
        boxes: found in them.
        looking: seconds for those frames, from asking for one to being ready for the next.
        fetching: of these, seconds waiting for the frames.
        skipped: frames passed over.
        skipping: seconds for that.
    """

    frames: int = 0
    boxes: int = 0
    looking: float = 0.0
    fetching: float = 0.0
    skipped: int = 0
    skipping: float = 0.0

    @property
    def seconds(self) -> float:
        """In all."""
        return self.looking + self.skipping

    def add(self, skipped: int, fetching: float, looking: float, boxes: int) -> None:
        """Count one more frame.

        Args:
            skipped: frames passed over to get there.
            fetching: seconds waiting for the frame, passing over the others included.
            looking: seconds for everything else.
            boxes: found.
        """
        self.frames += 1
        self.boxes += boxes
        self.looking += looking
        if skipped:
            self.skipped += skipped
            self.skipping += fetching
        else:
            self.fetching += fetching
            self.looking += fetching


def looking_seconds(seconds: float) -> float:
    """How many of the seconds for everything are for looking at footage."""
    return max(_LOOKING * seconds, min(_MOST_LOOKING * seconds, _LOOKING_S))


class Schedule:
    """Decides while footage is looked at; every frame's cost tells more about the next ones'.

    Args:
        length: frames of the footage; None if nobody knows, then the first ones are taken.
        seconds: for looking and skipping, in all.
        boxes: enough of them.
        effort: kept up to date by whoever looks.
        position: number of the last frame looked at before; 0 for none.
    """

    def __init__(
        self, length: int | None, seconds: float, boxes: int, effort: Effort, position: int = 0
    ) -> None:
        self._length = length
        self._seconds = seconds
        self._boxes = boxes
        self._effort = effort
        self._position = position
        self._burst: int | None = None

    def numbers(self) -> Iterator[int]:
        """Numbers of the frames to look at, ascending; asked for one at a time."""
        while not self.is_over:
            gap, burst = self._next()
            start = self._position + 1 + gap
            for number in range(start, start + burst):
                if self.is_over or (self._length is not None and number > self._length):
                    return
                self._position = number
                yield number

    @property
    def is_over(self) -> bool:
        """Whether the time is up, or there are enough boxes."""
        return self._effort.seconds >= self._seconds or self._effort.boxes >= self._boxes

    def _next(self) -> tuple[int, int]:
        """Frames to pass over, and those of the burst behind them."""
        effort = self._effort
        if self._length is None or effort.frames == 0:
            return 0, SHORTEST
        left = self._length - self._position
        seconds = self._seconds - effort.seconds
        look = max(effort.looking / effort.frames, 1e-9)
        # What was never done takes no longer than fetching a frame.
        skip = effort.fetching / effort.frames
        if effort.skipped:
            skip = effort.skipping / effort.skipped
        boxes = (self._boxes - effort.boxes) * effort.frames / max(1, effort.boxes)
        if min(seconds / look, boxes) >= left:
            return 0, BURST
        reach = min(left, _FOR_SKIPPING * seconds / skip) if skip > 0 else left
        affordable = int(min((seconds - skip * reach) / max(look - skip, 1e-9), boxes))
        if self._burst is None:
            self._burst = min(max(affordable // _PARTS, SHORTEST), BURST)
        bursts = max(1, affordable // self._burst)
        return max(0, int(reach) - bursts * self._burst) // bursts, self._burst
