"""A clip without an end, what is found in it, and what tracking it takes of memory."""

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
from flatsort.tracker import Detections
from flatsort.tracker.tracks import Tracks

MIB = 2**20


class LoopedSource:
    """A clip over and over, as one film whose numbers and times go on.

    Args:
        source: the clip; not live.
        frames: how many to deliver.

    Attributes:
        period: frames of the clip; None until it has been through once.
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
        """The frames; ``wanted`` is for sources that can skip."""
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
        """A frame's number in the clip."""
        return number if self.period is None else (number - 1) % self.period + 1


class Remembered:
    """A detector that looks at each frame of a looped clip once.

    Args:
        detector: what looks.
        source: the clip.
    """

    def __init__(self, detector: Detector, source: LoopedSource) -> None:
        self.needs_images = detector.needs_images
        self._detector, self._source = detector, source
        self._found: dict[int, Detections] = {}

    def __call__(self, frame: Frame) -> Detections:
        """As in the clip's first round."""
        place = self._source.place(frame.number)
        if place not in self._found:
            self._found[place] = self._detector(replace(frame, number=place))
        return self._found[place]


class MemoryLog:
    """A sink that notes the memory of this process now and then.

    Args:
        every: frames from one note to the next.

    Attributes:
        notes: seconds of footage and bytes resident, one a note.
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
        """Take a note if it is time."""
        if frame.number % self._every == 0:
            self.notes.append((frame.seconds, resident_bytes()))

    def slope(self) -> float:
        """MiB that an hour of footage adds, by least squares over the second half of the notes.

        The first half is for what is allocated once: libraries, a tracker's galleries.
        """
        late = np.array(self.notes[len(self.notes) // 2 :], float)
        if len(late) < 2:
            return float("nan")
        return float(np.polyfit(late[:, 0] / 3600, late[:, 1] / MIB, 1)[0])


def resident_bytes() -> int:
    """Memory of this process now; where the system does not tell, the most it ever was."""
    pages = Path("/proc/self/statm")
    if pages.is_file():
        return int(pages.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return peak_bytes()


def peak_bytes() -> int:
    """The most memory that this process ever had."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Kilobytes, but on one system.
    return peak if sys.platform == "darwin" else peak * 1024
