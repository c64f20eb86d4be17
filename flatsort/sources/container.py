"""Video files and streams through FFmpeg: open, decode and turn upright."""

import errno
import re
import time
from collections.abc import Iterator
from fractions import Fraction

# OpenCV comes before PyAV: after PyAV's copy of an X11 library, OpenCV's windows hang.
import cv2  # noqa: F401 - only its place counts

# isort: split
import av
import numpy as np
from av.container import InputContainer
from av.error import ExitError, FFmpegError, InvalidDataError
from av.sidedata.sidedata import Type
from av.stream import Disposition
from av.video.stream import VideoStream
from numpy.typing import NDArray

from flatsort.errors import InputError
from flatsort.files.file_word import url_of_path
from flatsort.processors import available_cores

_FALLBACK_RATE = 25.0
"""Frames per second of footage whose header gives no plausible rate."""


def open_container(location: str, timeout: float | None) -> InputContainer:
    """Open a file or URL that has video; the caller closes the container.

    Args:
        location: path or URL.
        timeout: seconds without data after which a URL counts as lost; None for files.

    Raises:
        InputError: the location cannot be opened, or has no video.
    """
    # FFmpeg's log would overwrite the progress bar.
    av.logging.set_level(av.logging.PANIC)
    shown = without_password(location)
    # UDP loses packets, and each lost packet spoils all pictures up to the next key frame.
    options = {"rtsp_transport": "tcp"} if location.lower().startswith("rtsp") else {}
    limits = None if timeout is None else (timeout, timeout)
    address = location if "://" in location else url_of_path(location)
    begun = time.monotonic()
    try:
        # Titles and other texts in the file may be in any encoding; nothing here reads them.
        container = av.open(address, options=options, timeout=limits, metadata_errors="replace")
    except ExitError as error:
        raise _no_answer(shown, timeout) from error
    except (InvalidDataError, EOFError) as error:
        # An RTSP server that accepts and stays silent ends like damaged data, after the timeout.
        if timeout is not None and time.monotonic() - begun >= timeout:
            raise _no_answer(shown, timeout) from error
        raise InputError(f"{shown}: not a video, or a video that was cut off") from error
    except (OSError, FFmpegError) as error:
        raise InputError(f"{shown}: cannot open it: {error.strerror}") from error
    complaint = None
    if container.format.name == "tty":
        # FFmpeg opens any text file as the output of a terminal.
        complaint = "a text file, not a video"
    elif not _video_streams(container):
        complaint = "it has no video that can be decoded"
    if complaint:
        container.close()
        raise InputError(f"{shown}: {complaint}")
    video_stream(container).codec_context.thread_count = available_cores()
    return container


def _no_answer(shown: str, timeout: float) -> InputError:
    return InputError(f"{shown}: no answer within {timeout:g} s: check that it is running")


def video_stream(container: InputContainer) -> VideoStream:
    """Return the container's first video stream."""
    return _video_streams(container)[0]


class Decoder:
    """Decodes a container's video and skips damaged packets.

    It decodes one picture at a time: FFmpeg's frame threads hold frames back, and lose the frames
    around a damaged one.

    Args:
        container: an open container, at its beginning.
        timeout: the timeout that the container was opened with, for messages.

    Attributes:
        damaged: number of damaged packets so far.
        failure: reason why reading ended early, as a phrase; None if reading has not ended early.
    """

    def __init__(self, container: InputContainer, timeout: float | None) -> None:
        self.damaged = 0
        self.failure: str | None = None
        self._container = container
        self._timeout = timeout

    def frames(self) -> Iterator[av.VideoFrame]:
        """Iterate over all frames that can be decoded, in the order of presentation."""
        for packet in self.packets():
            yield from self._decode(packet)
        # The decoder still holds frames that it kept back to sort them by time.
        if self.failure:
            yield from self._decode(None)

    def packets(self) -> Iterator[av.Packet]:
        """Iterate over the remaining packets; an empty last packet flushes the decoder."""
        packets = self._container.demux(video_stream(self._container))
        while True:
            try:
                packet = next(packets, None)
            except ExitError:
                self.failure = f"no data for {self._timeout or 0:g} s"
                return
            except (OSError, FFmpegError) as error:
                # FFmpeg reports EIO if a server hangs up.
                is_cut = error.errno == errno.EIO
                self.failure = "the connection was closed" if is_cut else error.strerror
                return
            if packet is None:
                return
            yield packet

    def _decode(self, packet: av.Packet | None) -> list[av.VideoFrame]:
        try:
            return video_stream(self._container).decode(packet)
        except FFmpegError:
            self.damaged += 1
            return []


class UprightImages:
    """Turns and mirrors the frames of one video by their display matrices.

    PyAV ties a frame to its side data in a cycle, which keeps the picture until Python's collector
    comes by: many videos in one process would fill gigabytes. So the matrix is read for the first
    frame, and again only when the rotation changes.
    """

    def __init__(self) -> None:
        self._rotation: int | None = None
        self._matrix: NDArray[np.int32] | None = None

    def __call__(self, frame: av.VideoFrame) -> NDArray[np.uint8]:
        """Return a frame as (H, W, 3) uint8 BGR."""
        if self._rotation != frame.rotation:
            self._rotation, self._matrix = frame.rotation, _display_matrix(frame)
        image = frame.to_ndarray(format="bgr24")
        if self._matrix is None:
            return image
        # FFmpeg maps the point (x, y) to (a x + c y, b x + d y), in fixed-point numbers.
        (a, b, _), (c, d, _), _ = self._matrix.tolist()
        if abs(a) < abs(c):
            image, a, d = image.transpose(1, 0, 2), c, b
        image = image[:: -1 if d < 0 else 1, :: -1 if a < 0 else 1]
        return np.ascontiguousarray(image)


def _display_matrix(frame: av.VideoFrame) -> NDArray[np.int32] | None:
    for each in frame.side_data:
        if each.type is Type.DISPLAYMATRIX:
            return np.frombuffer(each, np.int32).reshape(3, 3).copy()
    return None


def without_password(location: str) -> str:
    """Return a URL without user and password; a path stays as it is."""
    return re.sub(r"^(\w[\w+.-]*://)[^/?#]*@", r"\1", location)


def plausible_rate(rate: Fraction | float | None) -> float:
    """Return a header's frame rate, or 25 if it is not plausible."""
    return float(rate) if rate is not None and 0 < rate <= 1000 else _FALLBACK_RATE


def _video_streams(container: InputContainer) -> list[VideoStream]:
    """Return the video streams, without cover pictures and streams that have no decoder."""
    return [
        stream
        for stream in container.streams.video
        if not stream.disposition & Disposition.attached_pic and stream.codec_context is not None
    ]
