"""H.264 video, a frame at a time."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from flatsort.errors import InputError
from flatsort.files.atomic import check_writable

# Constant-quality factor of x264: 18 is visually lossless, 28 visibly soft.
QUALITY = 23
# Times are counted in this part of a second, of which the usual frame rates are whole parts.
_TICKS_PER_S = 90_000


class VideoWriter:
    """Writes an mp4 that browsers play; memory use does not grow with its length.

    A context manager. The file appears under its own name when the block ends well; until then,
    and if it raises, there is only a temporary one, which is removed.

    Args:
        path: ending in .mp4.
        frame_rate: frames per second.
        quality: x264's constant-quality factor; more is smaller and softer.
        keyframes: frames from one that stands by itself to the next, at most: a player that is sent
            to a frame decodes from there. x264's own if None.

    Raises:
        InputError: another ending, or, later on, the file cannot be written there.
    """

    def __init__(
        self, path: Path, frame_rate: float, quality: int = QUALITY, keyframes: int | None = None
    ) -> None:
        if path.suffix.lower() != ".mp4":
            raise InputError(f"{path}: the video's name must end in .mp4")
        check_writable(path)
        self._path = path
        self._frame_rate = frame_rate
        self._options = {"crf": str(quality), "preset": "veryfast"}
        if keyframes is not None:
            self._options["g"] = str(keyframes)
        self._temporary = path.with_name(f".{path.stem}.{os.getpid()}.tmp.mp4")
        self._size: tuple[int, int] | None = None
        # Of the frame before the first.
        self._seconds, self._ticks = -1 / frame_rate, -1

    def __enter__(self) -> "VideoWriter":
        with self._errors_named():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # faststart puts the index first: a browser can play while it loads.
            options = {"movflags": "+faststart"}
            self._container = av.open(str(self._temporary), "w", options=options)
        rate = Fraction(self._frame_rate).limit_denominator(1001)
        self._stream = self._container.add_stream("libx264", rate=rate)
        self._stream.codec_context.time_base = Fraction(1, _TICKS_PER_S)
        self._stream.pix_fmt = "yuv420p"
        self._stream.options = self._options
        return self

    def __exit__(self, kind: type[BaseException] | None, *error_and_trace: object) -> None:
        try:
            with self._errors_named(), self._container:
                if kind is None and self._size is not None:
                    self._container.mux(self._stream.encode())
            if kind is None and self._size is not None:
                os.replace(self._temporary, self._path)
        finally:
            self._temporary.unlink(missing_ok=True)

    def write(self, image: NDArray[np.uint8], seconds: float | None = None) -> None:
        """Append a frame. An odd last row or column is cut off: H.264's colour planes are half.

        Args:
            image: (H, W, 3) uint8 BGR; all must be of the first one's size.
            seconds: when it is shown, later than the last one; a frame's time after it if None.

        Raises:
            InputError: the size changes or is below 2 x 2, or the disk is full.
        """
        height, width = image.shape[0] // 2 * 2, image.shape[1] // 2 * 2
        if height < 2 or width < 2:
            raise InputError(f"{self._path}: a frame of one row or column cannot be filmed")
        if self._size is None:
            self._size = (width, height)
            self._stream.width, self._stream.height = width, height
        elif self._size != (width, height):
            raise InputError(
                f"{self._path}: frames change from {self._size[0]}x{self._size[1]} to "
                f"{width}x{height} pixels: a video needs frames of one size"
            )
        frame = av.VideoFrame.from_ndarray(image[:height, :width], format="bgr24")
        frame.time_base = Fraction(1, _TICKS_PER_S)
        self._seconds = self._seconds + 1 / self._frame_rate if seconds is None else seconds
        # What is closer than a tick would be at the same one, which the container refuses.
        self._ticks = max(round(self._seconds * _TICKS_PER_S), self._ticks + 1)
        frame.pts = self._ticks
        # The last frame's is all that tells how long it is shown.
        frame.duration = round(_TICKS_PER_S / self._frame_rate)
        with self._errors_named():
            self._container.mux(self._stream.encode(frame))

    @contextmanager
    def _errors_named(self) -> Iterator[None]:
        """FFmpeg's errors (a full disk, mostly) as sentences about our file."""
        try:
            yield
        except (OSError, FFmpegError) as error:
            raise InputError(f"{self._path}: cannot write here: {error.strerror}") from error
