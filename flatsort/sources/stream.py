"""Footage behind a URL: a stream without an end, or a video with an end."""

import re
import time
from collections.abc import Generator
from contextlib import closing
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from flatsort.sources.container import (
    Decoder,
    UprightImages,
    open_container,
    plausible_rate,
    video_stream,
    without_password,
)
from flatsort.sources.live import Arrival, LiveSource
from flatsort.sources.source import Source

if TYPE_CHECKING:
    from av.container import InputContainer
from flatsort.sources.video_file import VideoFile


def open_url(url: str, timeout: float) -> Source:
    """Open a URL: a stream without a known end becomes a live source, other footage a video.

    Args:
        url: a URL that FFmpeg can open, such as rtsp, rtmp, http(s) or udp.
        timeout: seconds without data after which the URL counts as lost.

    Raises:
        InputError: the server does not answer, or there is no video.
    """
    container = open_container(url, timeout)
    name = _name(url)
    if _has_end(container):
        container.close()
        return VideoFile(url, name, timeout)
    stream = video_stream(container)
    rate = plausible_rate(stream.average_rate or stream.guessed_rate)
    receiver = StreamReceiver(container, timeout)
    # The source waits one second longer than FFmpeg, because FFmpeg's reason is more exact.
    return LiveSource(receiver, name, without_password(url), rate, timeout + 1.0)


class StreamReceiver:
    """Receives a stream's frames.

    Args:
        container: an open container; closing the generator of :meth:`arrivals` closes it.
        timeout: the timeout that the container was opened with, in seconds.
    """

    def __init__(self, container: "InputContainer", timeout: float) -> None:
        self._container = container
        self._decoder, self._upright = Decoder(container, timeout), UprightImages()

    @property
    def failure(self) -> str | None:
        """Reason why the frames ended, as a phrase; None if the stream came to its end."""
        return self._decoder.failure

    def arrivals(self) -> Generator[Arrival, None, None]:
        """Iterate over the decoded frames, which are not converted yet."""
        with closing(self._container):
            # A series of JPEGs has no timestamps; those that FFmpeg gives are invented.
            is_untimed = self._container.format.name == "mpjpeg"
            for frame in self._decoder.frames():
                seconds = time.monotonic() if is_untimed or frame.time is None else frame.time
                yield Arrival(seconds, lambda frame=frame: self._upright(frame))

    def close(self) -> None:
        """Close the stream; call this only if no iteration over :meth:`arrivals` has begun."""
        self._container.close()


def _has_end(container: "InputContainer") -> bool:
    """Return whether the footage has an end: a duration, or a size if it is not an HLS playlist."""
    return container.duration is not None or (container.format.name != "hls" and container.size > 0)


def _name(url: str) -> str:
    """Return a file name from the URL's host and last part, such as camera.local-stream1."""
    place, _, path = re.split("[?#]", without_password(url).partition("://")[2])[0].partition("/")
    host = re.sub(r":\d+$", "", place)
    words = [host, PurePosixPath(path).stem]
    return re.sub(r"[^\w.+-]+", "_", "-".join(word for word in words if word)) or "stream"
