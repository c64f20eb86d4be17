"""A recorded video: a file on disk or behind a URL."""

import heapq
import itertools
import math
import statistics
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Self

from flatsort.errors import InputError
from flatsort.sources.container import (
    Decoder,
    UprightImages,
    open_container,
    plausible_rate,
    video_stream,
    without_password,
)
from flatsort.sources.source import Frame
from flatsort.sources.timestamps import Timeline

if TYPE_CHECKING:
    from av.container import InputContainer

_PROBED = 250
"""Packets at the beginning whose timestamps give the usual interval: about ten seconds."""
_SOUND_ONLY_S = 2.0
"""Seconds by which the sound of a whole video may outlast its pictures."""


class VideoFile:
    """Every frame of a video, in the order of presentation.

    If the video was cut off or is damaged, the source gives the frames that can be decoded, and
    :attr:`notes` tell the user.

    Args:
        location: path or URL.
        name: name for result files.
        timeout: seconds without data after which a URL's video counts as cut off; None for files.

    Raises:
        InputError: the location is not a video, or no frame can be decoded.
    """

    is_live = False

    def __init__(self, location: str, name: str, timeout: float | None = None) -> None:
        self.name = name
        self.notes: list[str] = []
        self._given, self._timeout = location, timeout
        is_url = "://" in location
        self.location = without_password(location) if is_url else str(Path(location).resolve())
        with closing(open_container(location, timeout)) as container:
            stream = video_stream(container)
            interval = _usual_interval(container, self.location)
            self.frame_rate = _frame_rate(interval, stream.average_rate)
            self._announced = stream.frames
            self._duration = (container.duration or 0) / 1e6
        self.length = self._announced or round(self._duration * self.frame_rate) or None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        """Do nothing: closing the generator of :meth:`frames` closes the file."""

    def frames(self, wanted: Iterable[int] | None = None) -> Generator[Frame, None, None]:
        """Iterate over the frames; unwanted frames are decoded, but not converted.

        Raises:
            InputError: the video can no longer be opened.
        """
        self.notes = []
        remaining = iter(itertools.count(1) if wanted is None else wanted)
        due = next(remaining, None)
        timeline = Timeline(self.frame_rate)
        number, seconds = 0, 0.0
        with closing(open_container(self._given, self._timeout)) as container:
            decoder, upright = Decoder(container, self._timeout), UprightImages()
            for number, frame in enumerate(decoder.frames(), start=1):
                if due is None:
                    return
                seconds = timeline.seconds(frame.time)
                if number == due:
                    yield Frame(number, seconds, upright(frame))
                    due = next(remaining, None)
        self._note_damage(decoder, number, seconds)

    def frame_times(self, until: float = math.inf) -> list[float]:
        """Return the times of the frames in seconds since frame 1, without decoding them.

        Args:
            until: seconds; the times end with the first one that is not below it.

        Raises:
            InputError: the video can no longer be opened.
        """
        with closing(open_container(self._given, self._timeout)) as container:
            times = []
            for time in _presented(container, Timeline(self.frame_rate)):
                times.append(time)
                if time >= until:
                    break
        return times

    def _note_damage(self, decoder: Decoder, last: int, seconds: float) -> None:
        if decoder.damaged:
            packets = "packet" if decoder.damaged == 1 else "packets"
            self.notes.append(f"{decoder.damaged} damaged {packets} of {self.name} skipped")
        # A header may count frames that an edit list leaves out, so the duration decides too.
        missing_s = self._duration - seconds - 2 / self.frame_rate
        if self._announced:
            is_short = last < self._announced and missing_s > 0
        else:
            # The header does not count frames, and its duration may be that of longer sound.
            is_short = decoder.failure is not None or missing_s > _SOUND_ONLY_S
        if is_short:
            why = decoder.failure or "it was cut off or is damaged"
            self.notes.append(
                f"{self.name} ended with frame {last}, after {seconds:.1f} of "
                f"{self._duration:.1f} s: {why}"
            )


def _presented(container: "InputContainer", timeline: Timeline) -> Iterator[float]:
    """Yield the times of the packets in the order of presentation, seconds since the first one."""
    unit = video_stream(container).time_base
    waiting: list[float] = []
    for packet in Decoder(container, None).packets():
        # The last packet is empty, and an edit list may hide packets.
        if packet.size == 0 or packet.is_discard:
            continue
        if packet.pts is None or packet.dts is None:
            yield timeline.seconds(None)
            continue
        heapq.heappush(waiting, float(packet.pts * unit))
        # No later packet is presented before this one is decoded.
        while waiting and waiting[0] <= packet.dts * unit:
            yield timeline.seconds(heapq.heappop(waiting))
    yield from (timeline.seconds(each) for each in sorted(waiting))


def _usual_interval(container: "InputContainer", location: str) -> float | None:
    """Return the median interval of the first frames in seconds; None without timestamps.

    Raises:
        InputError: no frame can be decoded.
    """
    stream = video_stream(container)
    decoder = Decoder(container, None)
    if next(decoder.frames(), None) is None:
        raise InputError(f"{location}: no frame of it can be decoded")
    probed = itertools.islice(decoder.packets(), _PROBED)
    stamps = sorted(packet.pts for packet in probed if packet.pts is not None)
    steps = [later - earlier for earlier, later in itertools.pairwise(stamps) if later > earlier]
    return float(statistics.median(steps) * stream.time_base) if steps else None


def _frame_rate(usual_interval: float | None, average: Fraction | None) -> float:
    """Return the average rate, or the usual rate if dropped frames make the two differ."""
    if usual_interval is None:
        return plausible_rate(average)
    usual = 1 / usual_interval
    # In files that count milliseconds, the usual interval is rounded and the average is exact.
    return plausible_rate(average if average and abs(average / usual - 1) < 0.2 else usual)
