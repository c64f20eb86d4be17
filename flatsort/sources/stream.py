"""URLs: streams without an end, and videos with one."""

import re
import time
from collections.abc import Generator
from contextlib import closing
from pathlib import PurePosixPath

from av.container import InputContainer

from flatsort.sources.container import (
    Decoder,
    open_container,
    plausible_rate,
    upright_image,
    video_stream,
    without_password,
)
from flatsort.sources.live import Arrival, LiveSource
from flatsort.sources.source import Source
from flatsort.sources.video_file import VideoFile


def open_url(url: str, timeout: float) -> Source:
    """A live source where nobody knows when it ends, else a video with every frame.

    Args:
        url: whatever FFmpeg opens: rtsp, rtmp, http(s), udp, ...
        timeout: seconds without data after which it counts as lost.

    Raises:
        InputError: nobody answers, or there is no video.
    """
    container = open_container(url, timeout)
    name = _name(url)
    if _has_end(container):
        container.close()
        return VideoFile(url, name, timeout)
    stream = video_stream(container)
    rate = plausible_rate(stream.average_rate or stream.guessed_rate)
    receiver = StreamReceiver(container, timeout)
    # Reading itself times out first and knows more of the reason.
    return LiveSource(receiver, name, without_password(url), rate, timeout + 1.0)


class StreamReceiver:
    """A stream's frames as they come.

    Args:
        container: opened; closed when the arrivals are.
        timeout: as it was opened with.
    """

    def __init__(self, container: InputContainer, timeout: float) -> None:
        self._container = container
        self._decoder = Decoder(container, timeout)

    @property
    def failure(self) -> str | None:
        """Why it ended."""
        return self._decoder.failure

    def arrivals(self) -> Generator[Arrival, None, None]:
        """The frames, decoded, not converted."""
        with closing(self._container):
            # Of a series of JPEGs FFmpeg makes the timestamps up.
            is_untimed = self._container.format.name == "mpjpeg"
            for frame in self._decoder.frames():
                seconds = time.monotonic() if is_untimed or frame.time is None else frame.time
                yield Arrival(seconds, lambda frame=frame: upright_image(frame))

    def close(self) -> None:
        """Close a stream whose arrivals nobody began."""
        self._container.close()


def _has_end(container: InputContainer) -> bool:
    """Whether it is a file behind a URL; of a playlist the size says nothing."""
    return container.duration is not None or (container.format.name != "hls" and container.size > 0)


def _name(url: str) -> str:
    """Host and last part of the path, as a file name: camera.local-stream1."""
    place, _, path = re.split("[?#]", without_password(url).partition("://")[2])[0].partition("/")
    host = re.sub(r":\d+$", "", place)
    words = [host, PurePosixPath(path).stem]
    return re.sub(r"[^\w.+-]+", "_", "-".join(word for word in words if word)) or "stream"
