"""Video files and streams as FFmpeg sees them: opened, decoded, turned upright."""

import errno
import re
from collections.abc import Iterator
from fractions import Fraction

import av
import numpy as np
from av.container import InputContainer
from av.error import ExitError, FFmpegError, InvalidDataError
from av.stream import Disposition
from av.video.stream import VideoStream
from numpy.typing import NDArray

from flatsort.errors import InputError

_FALLBACK_RATE = 25.0


def open_container(location: str, timeout: float | None) -> InputContainer:
    """Open a file or URL that holds video; to be closed.

    Args:
        location: path or URL.
        timeout: seconds without data after which a URL counts as lost; None for files.

    Raises:
        InputError: it cannot be opened, or holds no video.
    """
    # FFmpeg's own log would be written across the progress bar.
    av.logging.set_level(av.logging.PANIC)
    shown = without_password(location)
    # By UDP packets get lost, and with them all pictures up to the next key frame.
    options = {"rtsp_transport": "tcp"} if location.lower().startswith("rtsp") else {}
    limits = None if timeout is None else (timeout, timeout)
    try:
        container = av.open(location, options=options, timeout=limits)
    except ExitError as error:
        raise InputError(f"{shown}: no answer within {timeout:g} s: is it running?") from error
    except (InvalidDataError, EOFError) as error:
        raise InputError(f"{shown}: not a video, or one that was cut off") from error
    except (OSError, FFmpegError) as error:
        raise InputError(f"{shown}: cannot open it: {error.strerror}") from error
    complaint = None
    if container.format.name == "tty":
        # FFmpeg plays any .txt as a terminal would.
        complaint = "a text file, not a video"
    elif not _video_streams(container):
        complaint = "there is no video in it that can be decoded"
    if complaint:
        container.close()
        raise InputError(f"{shown}: {complaint}")
    return container


def video_stream(container: InputContainer) -> VideoStream:
    """The first stream of moving pictures."""
    return _video_streams(container)[0]


class Decoder:
    """Decodes a container's video; where packets are damaged it goes on with the next.

    One picture at a time: decoding several side by side holds frames back, and loses those around
    a damaged one.

    Args:
        container: opened, at its beginning.
        timeout: as it was opened with; for messages.

    Attributes:
        damaged: packets skipped so far.
        failure: why reading ended before the end, a phrase; None if it did not.
    """

    def __init__(self, container: InputContainer, timeout: float | None) -> None:
        self.damaged = 0
        self.failure: str | None = None
        self._container = container
        self._timeout = timeout

    def frames(self) -> Iterator[av.VideoFrame]:
        """All frames that can be decoded, in the order of presentation."""
        for packet in self.packets():
            yield from self._decode(packet)
        # What the decoder held back to bring the frames in order.
        if self.failure:
            yield from self._decode(None)

    def packets(self) -> Iterator[av.Packet]:
        """What is still to be read, undecoded; the last, empty ones empty the decoder."""
        packets = self._container.demux(video_stream(self._container))
        while True:
            try:
                packet = next(packets, None)
            except ExitError:
                self.failure = f"no data for {self._timeout or 0:g} s"
                return
            except (OSError, FFmpegError) as error:
                # What FFmpeg makes of a server that hangs up.
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


def upright_image(frame: av.VideoFrame) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 BGR, turned as the camera was held."""
    image = frame.to_ndarray(format="bgr24")
    turns = round(frame.rotation / 90) % 4
    return np.ascontiguousarray(np.rot90(image, turns)) if turns else image


def without_password(location: str) -> str:
    """A path as it is, a URL without user and password."""
    return re.sub(r"^(\w[\w+.-]*://)[^/?#]*@", r"\1", location)


def plausible_rate(rate: Fraction | float | None) -> float:
    """A frame rate as a header has it, or a usual one where that is none."""
    return float(rate) if rate is not None and 0 < rate <= 1000 else _FALLBACK_RATE


def _video_streams(container: InputContainer) -> list[VideoStream]:
    """Without the covers of music files, and what this FFmpeg has no decoder for."""
    return [
        stream
        for stream in container.streams.video
        if not stream.disposition & Disposition.attached_pic and stream.codec_context is not None
    ]
