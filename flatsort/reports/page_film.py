"""The film of a page: the tracks drawn over frames that are small enough to be sent about."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import cv2
import numpy as np

from flatsort.files.mot_files import Rows
from flatsort.images.drawing import Overlay
from flatsort.images.video import VideoWriter
from flatsort.sources.source import Frame

MOST_WIDTH = 960
"""Pixels; a page has no more room."""
_QUALITY = 28
_KEYFRAME_SECONDS = 2
_LETTERS = 1.8
"""Letters are read in a page, where the film is shown smaller than it is."""
# Divisible by 3, so that the parts' base64 joined is that of the whole.
_PART_BYTES = 3 << 16


@dataclass(frozen=True)
class FilmPlan:
    """A film to be made.

    Attributes:
        path: ending in .mp4.
        width: at most, pixels.
    """

    path: Path
    width: int


class Film:
    """An mp4 of the frames with tracks drawn in; a context manager.

    Args:
        path: the film, ending in .mp4.
        rows: the results.
        last: the last frame they are about.
        frame_rate: frames per second. A frame's number tells its time; one before a number that is
            missing is shown for longer.
        width: of the film in pixels; narrower frames are not enlarged.

    Attributes:
        size: width and height of the film; None before the first frame.

    Raises:
        InputError: it cannot be written there.
    """

    wanted = None

    def __init__(self, path: Path, rows: Rows, last: int, frame_rate: float, width: int) -> None:
        self.size: tuple[int, int] | None = None
        self._rows = rows
        self._by_frame = rows.by_frame(last)
        self._width, self._frame_rate = width, frame_rate
        self._overlay = Overlay(letters=_LETTERS)
        self._video = VideoWriter(
            path, frame_rate, _QUALITY, keyframes=round(_KEYFRAME_SECONDS * frame_rate)
        )

    def __enter__(self) -> Self:
        self._video.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, *error_and_trace: object) -> None:
        self._video.__exit__(kind, *error_and_trace)

    def see(self, frame: Frame) -> None:
        """Draw and encode a frame; one of another size is brought to the first one's."""
        height, width = frame.image.shape[:2]
        if self.size is None:
            self.size = _fit(width, height, self._width)
        image = cv2.resize(frame.image, self.size, interpolation=cv2.INTER_AREA)
        scale = np.tile(np.divide(self.size, (width, height)), 2)
        here = self._by_frame[frame.number - 1] if frame.number <= len(self._by_frame) else []
        self._video.write(
            self._overlay.draw(
                image, frame.number, self._rows.ids[here], self._rows.boxes_tlwh[here] * scale
            ),
            (frame.number - 1) / self._frame_rate,
        )


@dataclass(frozen=True)
class EmbeddedFilm:
    """The film in the page.

    Attributes:
        path: an mp4; it is read while the page is written.
        size: width and height, pixels.
    """

    path: Path
    size: tuple[int, int]

    @property
    def bytes(self) -> int:
        """How large the file is."""
        return self.path.stat().st_size

    def parts(self) -> Iterator[str]:
        """Base64, so that a long film is never in memory as a whole."""
        with open(self.path, "rb") as file:
            while part := file.read(_PART_BYTES):
                yield base64.b64encode(part).decode("ascii")


def _fit(width: int, height: int, most_width: int) -> tuple[int, int]:
    """The size of the film: even, as H.264 wants it, and at least 2 x 2."""
    scale = min(1.0, most_width / width)
    return max(2, round(width * scale) // 2 * 2), max(2, round(height * scale) // 2 * 2)
