"""Write H.264 video frame by frame."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from fractions import Fraction
from pathlib import Path

# OpenCV comes before PyAV: after PyAV's copy of an X11 library, OpenCV's windows hang.
import cv2

# isort: split
import av
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from flatsort.errors import InputError
from flatsort.files.atomic import check_writable
from flatsort.files.file_word import url_of_path
from flatsort.reid_vae.whole_file import whole_file

QUALITY = 23
"""Constant-quality factor of x264: 18 looks lossless, 28 is visibly soft."""
PRESET = "superfast"
"""Effort of x264. At 1920 x 1080 it takes half of the time of "veryfast", and files are a fifth
larger."""
LARGEST_SIDE = 16_384
"""Largest side in pixels that x264 encodes."""
_WAITING = 4
"""Most frames that wait to be encoded: a bound on the memory."""
_TICKS_PER_S = 90_000
"""Time units per second: a common multiple of the usual frame rates, 24, 25, 30, 50 and 60."""


class VideoWriter:
    """Writes an mp4 file that browsers play; its memory use does not grow with the video.

    A thread of its own encodes, so that the caller can go on with the next frame.

    The writer is a context manager. The frames go to a temporary file. This file gets its name when
    the block ends, and is removed if the block raises.

    Args:
        path: the file; its name ends in .mp4.
        frame_rate: frames per second.
        quality: x264's constant-quality factor; larger values make smaller, softer videos.
        keyframes: the largest distance between keyframes, in frames. A player that jumps to a frame
            decodes from the keyframe before it. None: x264 decides.

    Raises:
        InputError: the name has another ending, or the file cannot be written.
    """

    def __init__(
        self, path: Path, frame_rate: float, quality: int = QUALITY, keyframes: int | None = None
    ) -> None:
        if path.suffix.lower() != ".mp4":
            raise InputError(f"{path}: the video's name must end in .mp4")
        check_writable(path)
        self._path = path
        self._frame_rate = frame_rate
        self._options = {"crf": str(quality), "preset": PRESET}
        if keyframes is not None:
            self._options["g"] = str(keyframes)
        self._stack = ExitStack()
        self._size: tuple[int, int] | None = None
        self._encoder = ThreadPoolExecutor(1, "encoder")
        self._waiting: deque[Future[None]] = deque()
        # Time of the previous frame. It starts one frame before zero.
        self._seconds, self._ticks = -1 / frame_rate, -1

    def __enter__(self) -> "VideoWriter":
        with self._errors_named():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._temporary = self._stack.enter_context(whole_file(self._path))
            # faststart puts the index first, so that a browser can play while it loads.
            options = {"movflags": "+faststart"}
            self._container = av.open(url_of_path(self._temporary), "w", options=options)
        rate = Fraction(self._frame_rate).limit_denominator(1001)
        self._stream = self._container.add_stream("libx264", rate=rate)
        self._stream.codec_context.time_base = Fraction(1, _TICKS_PER_S)
        self._stream.pix_fmt = "yuv420p"
        self._stream.options = self._options
        return self

    def __exit__(self, kind: type[BaseException] | None, *error_and_trace: object) -> None:
        with self._errors_named(), self._stack:
            self._encoder.shutdown(cancel_futures=kind is not None)
            with self._container:
                if kind is None and self._size is not None:
                    while self._waiting:
                        self._waiting.popleft().result()
                    self._container.mux(self._stream.encode())
            if kind is not None or self._size is None:
                self._temporary.unlink(missing_ok=True)

    def write(self, image: NDArray[np.uint8], seconds: float | None = None) -> None:
        """Append a frame.

        An odd last row or column is cut off, because H.264's colour planes have half the size.

        Args:
            image: (H, W, 3) uint8 BGR; all frames must have the same size.
            seconds: time at which the frame is shown, later than the time of the previous frame.
                None: the previous time plus 1 / frame rate.

        Raises:
            InputError: the size changes or is below 2 x 2 pixels, or the disk is full; the frames
                before this one may be the reason.
        """
        height, width = image.shape[0] // 2 * 2, image.shape[1] // 2 * 2
        if height < 2 or width < 2:
            raise InputError(f"{self._path}: a frame of one row or column cannot be filmed")
        if self._size is None:
            if max(width, height) > LARGEST_SIDE:
                raise InputError(
                    f"{self._path}: frames of {width}x{height} pixels are too large for H.264, "
                    f"which has at most {LARGEST_SIDE:,} pixels per side: leave the film out"
                )
            self._size = (width, height)
            self._stream.width, self._stream.height = width, height
        elif self._size != (width, height):
            raise InputError(
                f"{self._path}: frames change from {self._size[0]}x{self._size[1]} to "
                f"{width}x{height} pixels: a video needs frames of one size"
            )
        # OpenCV converts six times as fast as FFmpeg.
        planes = cv2.cvtColor(image[:height, :width], cv2.COLOR_BGR2YUV_I420)
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.time_base = Fraction(1, _TICKS_PER_S)
        self._seconds = self._seconds + 1 / self._frame_rate if seconds is None else seconds
        # The container refuses two frames at the same tick.
        self._ticks = max(round(self._seconds * _TICKS_PER_S), self._ticks + 1)
        frame.pts = self._ticks
        # Players need the duration of the last frame: no later frame ends it.
        frame.duration = round(_TICKS_PER_S / self._frame_rate)
        self._waiting.append(self._encoder.submit(self._encode, frame))
        if len(self._waiting) > _WAITING:
            with self._errors_named():
                self._waiting.popleft().result()

    def _encode(self, frame: av.VideoFrame) -> None:
        self._container.mux(self._stream.encode(frame))

    @contextmanager
    def _errors_named(self) -> Iterator[None]:
        """Turn errors of FFmpeg, such as a full disk, into sentences that name the file."""
        try:
            yield
        except (OSError, FFmpegError) as error:
            raise InputError(f"{self._path}: cannot write here: {error.strerror}") from error
