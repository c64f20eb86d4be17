"""The parts of the endurance benchmark: an endless clip, a remembering detector, a memory log."""

import os
import resource
import sys
from collections.abc import Generator, Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Self

import numpy as np

from flatsort.detectors.detector import Detector
from flatsort.sources.source import Frame, Source
from flatsort.tracker import Detections, Tracks

MIB = 2**20


class LoopedSource:
    """A source that repeats a clip; frame numbers and times continue without a gap.

    Args:
        source: the clip; it must not be live.
        frames: number of frames to deliver.

    Attributes:
        period: number of frames of the clip; None before its first end.
    """

    is_live = False

    def __init__(self, source: Source, frames: int) -> None:
        self.name, self.location = source.name, source.location
        self.frame_rate, self.length = source.frame_rate, frames
        self.notes: list[str] = []
        self.period: int | None = None
        self._source = source

    def __enter__(self) -> Self:
        self._source.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._source.__exit__(*error)

    def frames(self, wanted: Iterable[int] | None = None) -> Generator[Frame, None, None]:
        """Yield all frames; ``wanted``, which lets other sources skip frames, is ignored."""
        done, begun = 0, 0.0
        while True:
            with closing(self._source.frames()) as frames:
                for frame in frames:
                    yield replace(frame, number=done + frame.number, seconds=begun + frame.seconds)
                    if done + frame.number == self.length:
                        return
            self.period = frame.number
            done += frame.number
            begun += frame.seconds + 1 / self.frame_rate

    def place(self, number: int) -> int:
        """Return the number in the clip of a frame of this source."""
        return number if self.period is None else (number - 1) % self.period + 1


class Remembered:
    """A detector that looks at each frame of a looped clip only once.

    Args:
        detector: detector for the first round.
        source: the clip.
    """

    def __init__(self, detector: Detector, source: LoopedSource) -> None:
        self.needs_images = detector.needs_images
        self._detector, self._source = detector, source
        self._found: dict[int, Detections] = {}

    def __call__(self, frame: Frame) -> Detections:
        """Return the detections of the same frame in the first round of the clip."""
        place = self._source.place(frame.number)
        if place not in self._found:
            self._found[place] = self._detector(replace(frame, number=place))
        return self._found[place]


class MemoryLog:
    """A sink that notes the memory of this process at regular intervals.

    Args:
        every: frames from one note to the next.

    Attributes:
        notes: seconds of footage and resident bytes, one pair per note.
    """

    needs_images = False

    def __init__(self, every: int) -> None:
        self.notes: list[tuple[float, int]] = []
        self._every = every

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        """Nothing to close."""

    def write(self, frame: Frame, tracks: Tracks) -> None:
        """Take a note if the frame number is a multiple of the interval."""
        if frame.number % self._every == 0:
            self.notes.append((frame.seconds, resident_bytes()))

    def slope(self) -> float:
        """Return the MiB added per hour of footage, by least squares over the later notes.

        The first half of the notes is left out: in it, libraries and galleries are allocated once.
        """
        late = np.array(self.notes[len(self.notes) // 2 :], float)
        if len(late) < 2:
            return float("nan")
        return float(np.polyfit(late[:, 0] / 3600, late[:, 1] / MIB, 1)[0])


def resident_bytes() -> int:
    """Return the memory of this process now, or its peak if the system has no /proc."""
    pages = Path("/proc/self/statm")
    if pages.is_file():
        return int(pages.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return peak_bytes()


def peak_bytes() -> int:
    """Return the peak memory of this process."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # macOS counts bytes, other systems count kilobytes.
    return peak if sys.platform == "darwin" else peak * 1024
