"""Choose the frames of footage to track: from a start to an end, and only every Nth one."""

import itertools
import math
import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from flatsort.errors import InputError
from flatsort.files.sequence import Sequence
from flatsort.sources.numbered import NumberedSource
from flatsort.sources.source import Source

Instant = int | float
"""A time in footage: the number of a frame as int, from 1, or seconds since frame 1 as float."""
_TOLERANCE_S = 1e-6
"""Seconds by which a frame may come before the start that names it: times are rounded."""


@dataclass(frozen=True)
class FrameSelection:
    """The frames to track; they keep their numbers.

    Attributes:
        first: number of the first frame.
        last: number of the last frame; None for the end of the footage.
        every: distance between the numbers of two frames.
        end_s: seconds since frame 1 at which live footage ends; None for no end. Only the frames
            themselves tell when it comes.
    """

    first: int = 1
    last: int | None = None
    every: int = 1
    end_s: float | None = None

    def numbers(self, length: int | None = None) -> Iterable[int]:
        """Return the numbers in ascending order, without end if neither end is known.

        Args:
            length: number of frames of the footage; None if unknown.
        """
        ends = [each for each in (self.last, length) if each is not None]
        if not ends:
            return itertools.count(self.first, self.every)
        return range(self.first, min(ends) + 1, self.every)

    @property
    def wanted(self) -> Iterable[int] | None:
        """The numbers as `Source.frames` takes them; None for every frame."""
        return None if self == ALL else self.numbers()

    def count(self, length: int | None) -> int | None:
        """Return how many frames of footage with ``length`` frames are selected; None if unknown.

        ``length`` may be an estimate.
        """
        numbers = self.numbers(length)
        return len(numbers) if isinstance(numbers, range) else None


ALL = FrameSelection()
"""Every frame."""


def parse_instant(text: str) -> Instant:
    """Return the instant of a text: "90", "90s", "1:30" or "0:01:30" is a time, "120f" a frame.

    Raises:
        ValueError: the text is neither.
    """
    if frame := re.fullmatch(r"0*([1-9]\d*)f", text):
        return int(frame[1])
    time = re.fullmatch(r"(?:(?:(\d+):)?([0-5]?\d):)?(\d+(?:\.\d+)?)s?", text)
    if time is None or (time[2] is not None and float(time[3]) >= 60):
        raise ValueError(f"{text!r}: give a time, such as 90, 1:30 or 0:01:30, or a frame: 120f")
    hours, minutes, seconds = (float(part or 0) for part in time.groups())
    return 3600 * hours + 60 * minutes + seconds


def select_frames(
    footage: Sequence | Source,
    start: Instant | None = None,
    end: Instant | None = None,
    every: int = 1,
) -> FrameSelection:
    """Return the frames of footage from a start to an end, every Nth one.

    A frame belongs to the selection if its time is at least the start and below the end. If the
    start or the end is a frame, this frame belongs to the selection.

    Args:
        footage: a sequence or a source.
        start: None for the beginning.
        end: None for the end of the footage.
        every: distance between two selected frames, from 1.

    Raises:
        InputError: the selection has no frame, or live footage is asked for a start.
    """
    if every < 1:
        raise InputError(f"--every {every}: give a whole number from 1")
    if not isinstance(footage, Sequence) and footage.is_live:
        if start is not None:
            raise InputError(
                f"--start: the frames of {footage.location} begin with the run: leave out --start"
            )
        if isinstance(end, float):
            return FrameSelection(every=every, end_s=end)
        return FrameSelection(last=end, every=every)
    seconds = [each for each in (start, end) if isinstance(each, float)]
    times = frame_times(footage, max(seconds)) if seconds else []
    first = 1 if start is None else _first_from(start, times)
    last = end if end is None or isinstance(end, int) else _first_from(end, times) - 1
    length = len(times) if isinstance(start, float) else _exact_length(footage)
    if length is not None and first > length:
        raise InputError(f"--start: {footage.name} ends before it, with frame {length}")
    if last is not None and last < first:
        raise InputError("--end: it comes before the first frame to track: give a later one")
    return FrameSelection(first, last, every)


def frame_times(footage: Sequence | Source, until: float = math.inf) -> list[float]:
    """Return the times of the frames of a recording in seconds since frame 1.

    Args:
        footage: a sequence or a recorded source.
        until: seconds; the times end with the first one that is not below it.
    """
    length = _exact_length(footage)
    if length is None:
        return footage.frame_times(until)
    times = (number / footage.frame_rate for number in range(length))
    return [*_up_to(times, until)]


def _up_to(times: Iterable[float], until: float) -> Iterable[float]:
    for time in times:
        yield time
        if time >= until:
            return


def _first_from(instant: Instant, times: list[float]) -> int:
    """Return the number of the first frame at an instant or after it."""
    if isinstance(instant, int):
        return instant
    return 1 + bisect_left(times, instant - _TOLERANCE_S)


def _exact_length(footage: Sequence | Source) -> int | None:
    """Return the number of frames if they are files; the header of a video may be wrong."""
    return footage.length if isinstance(footage, Sequence | NumberedSource) else None
