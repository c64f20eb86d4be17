"""Choose the frames of footage to process: all if there is time, otherwise bursts spread evenly.

A burst is a stretch of consecutive frames, because linking needs consecutive frames. The bursts
cover the footage from beginning to end, because different people pass at different times.
"""

from collections.abc import Iterator
from dataclasses import dataclass

# Most and fewest frames in a burst. 60 frames last about two seconds, in which people walk past one
# another. 20 frames still allow calibration, which compares boxes ten frames apart.
BURST, SHORTEST = 60, 20
# Fewest bursts that the affordable frames are divided into, unless bursts would be shorter than
# SHORTEST.
_PARTS = 4
# Share of the run's time for collecting: usual share, largest share, and the seconds up to which a
# short run may use the largest share. A short run needs it, because finding people takes as long as
# in a long run, while training can do with fewer steps.
_COLLECTING, _MOST_COLLECTING, _COLLECTING_S = 0.3, 0.6, 180.0
# Largest share of the remaining time that may be spent on skipping frames.
_FOR_SKIPPING = 0.5


@dataclass
class Effort:
    """The work done on footage so far.

    Attributes:
        frames: number of processed frames.
        boxes: number of boxes found in them.
        looking: seconds spent on processed frames; but if frames were skipped before a frame,
            reading it counts as skipping.
        fetching: the seconds of `looking` that were spent on reading.
        skipped: number of skipped frames.
        skipping: seconds spent on skipping, and on reading the frame after the skipped ones.
    """

    frames: int = 0
    boxes: int = 0
    looking: float = 0.0
    fetching: float = 0.0
    skipped: int = 0
    skipping: float = 0.0

    @property
    def seconds(self) -> float:
        """Seconds in total."""
        return self.looking + self.skipping

    def add(self, skipped: int, fetching: float, looking: float, boxes: int) -> None:
        """Count one more processed frame.

        Args:
            skipped: number of frames skipped before it.
            fetching: seconds spent reading the frame, including the skipped frames.
            looking: seconds spent detecting people and describing them.
            boxes: number of boxes found.
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


def collecting_seconds(seconds: float) -> float:
    """Return the seconds for watching a live source, out of the seconds for the whole run."""
    return max(_COLLECTING * seconds, min(_MOST_COLLECTING * seconds, _COLLECTING_S))


class Schedule:
    """Chooses frames one by one, by the time that the processed frames have taken.

    Args:
        length: number of frames in the footage; None if unknown: then the first frames are taken.
        seconds: time limit for processing and skipping frames.
        boxes: number of boxes after which collecting ends.
        effort: the collector updates it after every frame.
        position: number of the last frame processed by an earlier run; 0 for none.
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
        """Yield the numbers of the frames to process, ascending; take one number at a time."""
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
        """Whether the time is up or there are enough boxes."""
        return self._effort.seconds >= self._seconds or self._effort.boxes >= self._boxes

    def _next(self) -> tuple[int, int]:
        """Return the number of frames to skip, and the length of the burst after them."""
        effort = self._effort
        if self._length is None or effort.frames == 0:
            return 0, SHORTEST
        left = self._length - self._position
        seconds = self._seconds - effort.seconds
        look = max(effort.looking / effort.frames, 1e-9)
        # Until a frame has been skipped, assume that skipping costs as much as reading.
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
