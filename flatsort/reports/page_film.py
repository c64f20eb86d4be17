"""Make the film of a page: the tracks drawn over frames, small enough to send by mail."""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import cv2
import numpy as np

from flatsort.files.mot_files import Rows
from flatsort.images.drawing import Overlay
from flatsort.images.track_picture import encode_jpeg
from flatsort.images.video import VideoWriter
from flatsort.sources.frame_selection import ALL, FrameSelection
from flatsort.sources.source import Frame

MOST_WIDTH = 960
"""Default width of the film in pixels; the page has no room for more."""
_QUALITY = 28
"""Constant-quality factor of x264: 28 is visibly soft, but gives small files."""
_KEYFRAME_SECONDS = 2
"""Largest number of seconds between key frames. After a jump, a browser decodes from the last key
frame before it."""
_LETTERS = 1.8
"""Size of the letters relative to other films: the page shows the film scaled down."""
_PART_BYTES = 3 << 16
"""Bytes encoded at once; divisible by 3, so that the joined parts are the base64 of the film."""


@dataclass(frozen=True)
class FilmPlan:
    """The film to make.

    Attributes:
        path: file of the film, .mp4.
        width: largest width in pixels.
    """

    path: Path
    width: int


class Film:
    """Writes an mp4 file of the frames with their tracks; a context manager and a viewer.

    Args:
        path: file of the film, .mp4.
        rows: the results.
        last: last frame of the run.
        frame_rate: frames per second. The number of a frame gives its time, so the frame before a
            missing number is shown for longer.
        width: largest width of the film in pixels; narrower frames are not enlarged.
        class_names: number -> name of the classes, from 0.
        selection: the frames to film; the film begins with the first of them.

    Attributes:
        wanted: numbers of the frames to film; None for all frames.
        size: width and height of the film, pixels; None before the first frame.
        poster: JPEG of the frame with the most tracks; b"" before it.

    Raises:
        InputError: the film cannot be written.
    """

    def __init__(
        self,
        path: Path,
        rows: Rows,
        last: int,
        frame_rate: float,
        width: int,
        class_names: Mapping[int, str] | None = None,
        selection: FrameSelection = ALL,
    ) -> None:
        self.wanted = None if selection == ALL else frozenset(selection.numbers(last))
        self._first = selection.first
        self.size: tuple[int, int] | None = None
        self.poster = b""
        self._rows = rows
        self._by_frame = rows.by_frame(last)
        self._fullest = 1 + int(np.argmax([len(here) for here in self._by_frame]))
        self._width, self._frame_rate = width, frame_rate
        self._overlay = Overlay(_LETTERS, class_names, selection.every)
        self._video = VideoWriter(
            path,
            frame_rate / selection.every,
            _QUALITY,
            keyframes=max(1, round(_KEYFRAME_SECONDS * frame_rate / selection.every)),
        )

    def __enter__(self) -> Self:
        self._video.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, *error_and_trace: object) -> None:
        self._video.__exit__(kind, *error_and_trace)

    def see(self, frame: Frame) -> None:
        """Draw and encode a frame; a frame of another size is scaled to the size of the film."""
        height, width = frame.image.shape[:2]
        if self.size is None:
            self.size = _fit(width, height, self._width)
        image = cv2.resize(frame.image, self.size, interpolation=cv2.INTER_AREA)
        scale = np.tile(np.divide(self.size, (width, height)), 2)
        known = frame.number <= len(self._by_frame)
        here = self._rows.select(self._by_frame[frame.number - 1] if known else slice(0))
        picture = self._overlay.draw(
            image,
            frame.number,
            here.ids,
            here.boxes_tlwh * scale,
            classes=here.detector_classes,
        )
        if frame.number == self._fullest or not self.poster:
            self.poster = encode_jpeg(picture)
        self._video.write(picture, (frame.number - self._first) / self._frame_rate)


@dataclass(frozen=True)
class EmbeddedFilm:
    """The film as a part of the page.

    Attributes:
        path: the mp4 file; it is read while the page is written.
        size: width and height, pixels.
        poster: JPEG that is shown before the film plays.
    """

    path: Path
    size: tuple[int, int]
    poster: bytes

    @property
    def bytes(self) -> int:
        """Size of the film's file."""
        return self.path.stat().st_size

    def parts(self) -> Iterator[str]:
        """Yield the film as base64 in parts, so that a long film is never in memory as a whole."""
        with open(self.path, "rb") as file:
            while part := file.read(_PART_BYTES):
                yield base64.b64encode(part).decode("ascii")


def _fit(width: int, height: int, most_width: int) -> tuple[int, int]:
    """Return the size of the film: even numbers, which H.264 needs, and at least 2 x 2."""
    scale = min(1.0, most_width / width)
    return max(2, round(width * scale) // 2 * 2), max(2, round(height * scale) // 2 * 2)
