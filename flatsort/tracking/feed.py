"""The feeds of a run: each gives the times of its frames, and the images that the run asks for."""

import enum
import math
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from flatsort.errors import InputError
from flatsort.files.sequence import Sequence
from flatsort.processors import available_cores
from flatsort.sources.frame_selection import ALL, FrameSelection
from flatsort.sources.read_ahead import DEPTH, ReadAhead
from flatsort.sources.read_thread import Buffered, Ended
from flatsort.sources.source import Frame, Source

Moment = tuple[int, float]
"""A frame's number and its seconds since the first frame."""


class Keep(enum.Enum):
    """The files that a run keeps if it stops before the last frame."""

    WHOLE_ONLY = enum.auto()
    """No files."""
    FRAMES_SO_FAR = enum.auto()
    """Files with the frames so far; no files if there were no frames."""


class Feed(Protocol):
    """Gives a run its frames; a context manager that ends the reading threads on exit.

    Attributes:
        name: name of the footage, for result files.
        location: place of the footage, as in :class:`flatsort.sources.source.Source`.
        selection: the frames of the footage that the feed gives.
        frame_rate: nominal rate of these frames per second.
        length: number of these frames, or an estimate; None if unknown.
        keep: the files to keep if the run stops early. WHOLE_ONLY needs an exact ``length``.
        notes: sentences about the frames so far, for the user.
        waited: seconds for which the run has waited for frames.
        size: (width, height) of the first image in pixels; None until an image was read.
    """

    name: str
    location: str
    selection: FrameSelection
    frame_rate: float
    length: int | None
    keep: Keep
    notes: list[str]
    waited: float
    size: tuple[int, int] | None

    def plan(self, is_needed: Callable[[int], bool]) -> None:
        """Announce, before the feed is entered, that the run needs images.

        Args:
            is_needed: returns whether the run will probably need the image of a frame, by number.

        Raises:
            InputError: the footage has no images.
        """

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...

    def moments(self) -> Iterator[Moment]:
        """Iterate over the moments of the frames in order; call it once per run."""

    def image(self, number: int) -> NDArray[np.uint8]:
        """Return the image of the frame that :meth:`moments` gave last, (H, W, 3) uint8 BGR."""


class SequenceFeed:
    """Feeds a MOTChallenge sequence; reads only the images that the run asks for.

    Threads read the planned images ahead. Other images are read when the run asks for them.

    Args:
        sequence: the sequence; it may lack images if the run needs none.
        selection: its frames to track.
    """

    keep = Keep.WHOLE_ONLY

    def __init__(self, sequence: Sequence, selection: FrameSelection = ALL) -> None:
        self.name, self.selection = sequence.name, selection
        self._numbers = selection.numbers(sequence.length)
        self.length = len(self._numbers)
        self.location = str(sequence.folder.resolve())
        self.frame_rate = sequence.frame_rate / selection.every
        self.notes: list[str] = []
        self.size: tuple[int, int] | None = None
        self._sequence = sequence
        self._images = _read_ahead(sequence, [])

    @property
    def waited(self) -> float:
        """Seconds for which the run has waited for frames."""
        return self._images.waited

    def plan(self, is_needed: Callable[[int], bool]) -> None:
        """Choose the images to read ahead; see :meth:`Feed.plan`."""
        self._sequence.check_images(
            "get the images, or track with --descriptor none and without --video and --also coco, "
            "cvat or yolo"
        )
        planned = [n for n in self._numbers if is_needed(n)]
        self._images = _read_ahead(self._sequence, planned)

    def __enter__(self) -> Self:
        self._images.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._images.__exit__(*error)

    def moments(self) -> Iterator[Moment]:
        """Iterate over the selected frames, at equal intervals."""
        return ((n, (n - 1) / self._sequence.frame_rate) for n in self._numbers)

    def image(self, number: int) -> NDArray[np.uint8]:
        """Return a frame's image; see :meth:`Feed.image`."""
        image = self._images.frame(number)
        self.size = self.size or _size(image)
        return image


class SourceFeed:
    """Feeds the user's own footage: the selected frames of a source.

    A thread reads a recording ahead. A live source gives its newest frame whenever the run asks for
    a frame.

    Args:
        source: the source; the feed enters and exits it.
        selection: its frames to track.
    """

    keep = Keep.FRAMES_SO_FAR

    def __init__(self, source: Source, selection: FrameSelection = ALL) -> None:
        self.name, self.location = source.name, source.location
        self.selection = selection
        self.frame_rate = source.frame_rate / selection.every
        self.length = selection.count(source.length)
        self.waited = 0.0
        self.size: tuple[int, int] | None = None
        self._source = source
        self._stack = ExitStack()
        self._next: Callable[[], Frame | None] = lambda: None
        self._image: NDArray[np.uint8] | None = None

    @property
    def notes(self) -> list[str]:
        """Sentences about the frames so far, for the user."""
        return self._source.notes

    def plan(self, is_needed: Callable[[int], bool]) -> None:
        """Do nothing, because every frame of a source comes with its image."""

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self._source)
            frames = self._source.frames(self.selection.wanted)
            if self._source.is_live:
                stack.callback(frames.close)
                self._next = lambda: next(frames, None)
            else:
                self._next = stack.enter_context(Buffered(frames, DEPTH)).take
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.__exit__(*error)

    def moments(self) -> Iterator[Moment]:
        """Iterate over the frames as they come.

        Raises:
            InputError: the footage ends before the first selected frame.
        """
        is_empty = True
        end_s = math.inf if self.selection.end_s is None else self.selection.end_s
        with suppress(Ended):
            while (frame := self._wait()) is not None and frame.seconds < end_s:
                self._image = frame.image
                self.size = self.size or _size(frame.image)
                number, seconds, is_empty = frame.number, frame.seconds, False
                # The frame would keep its image in memory until the next frame has come.
                del frame
                yield number, seconds
        if is_empty and self.selection.first > 1:
            raise InputError(f"--start: {self.name} has no frame {self.selection.first}")

    def _wait(self) -> Frame | None:
        self._image = None
        start = time.perf_counter()
        try:
            return self._next()
        finally:
            self.waited += time.perf_counter() - start

    def image(self, number: int) -> NDArray[np.uint8]:
        """Return the last frame's image; see :meth:`Feed.image`."""
        return self._image


def _read_ahead(sequence: Sequence, planned: list[int]) -> ReadAhead:
    # Decoding takes longer than the rest of a run, so there is one thread per core.
    return ReadAhead(sequence.read_frame, planned, threads=available_cores())


def _size(image: NDArray[np.uint8]) -> tuple[int, int]:
    return image.shape[1], image.shape[0]
