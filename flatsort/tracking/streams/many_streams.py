"""Track many sources at the same time, each in a thread of its own."""

import threading
import time
from collections.abc import Callable
from collections.abc import Sequence as Items
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from flatsort.errors import InputError, failure_text
from flatsort.processors import one_core
from flatsort.sources.read_thread import stop_waiting
from flatsort.sources.source import Source
from flatsort.tracking.interrupt import Interruption, ThreadInterruption
from flatsort.tracking.run_parts import Loaders
from flatsort.tracking.streams.shared_networks import SharedNetworks
from flatsort.tracking.track_footage import TrackedFootage, track_footage
from flatsort.tracking.tracker_options import make_tracker
from flatsort.tracking.tracking_request import TrackingRequest

_TICK_S = 0.2
"""Seconds between two looks at an interruption; a reader that starts later is stopped then."""
_FAREWELL_S = 1.0
"""Seconds that the threads have to discard their unfinished files after a second interrupt."""


@dataclass(frozen=True)
class Stream:
    """A source, and how to track it."""

    source: Source
    request: TrackingRequest


@dataclass(frozen=True)
class EndedStream:
    """A stream that has ended.

    Attributes:
        name: name of its footage.
        tracked: its run; None if the run failed.
        error: the error that ended the run; None if it did not fail.
    """

    name: str
    tracked: TrackedFootage | None
    error: BaseException | None

    @property
    def failure(self) -> str | None:
        """The failure as a sentence that names the stream; None without one, or for a bug."""
        reason = None if self.error is None else failure_text(self.error)
        return None if reason is None else f"{self.name}: {reason}"


def track_streams(streams: Items[Stream], report: Callable[[EndedStream], None]) -> int | None:
    """Track all streams to their ends, or until the user stops them all.

    The results of each stream are those of a run of its own. A stream that fails leaves the others
    alone. Call this in the main thread, to which Python sends signals.

    Args:
        streams: at least one; their names differ, and their requests name the same descriptor.
        report: called in this thread with each stream when it ends.

    Returns:
        The number of the signal that stopped the streams; None if none came.

    Raises:
        InputError: the descriptor or an option cannot be used; then no stream has started.
        KeyboardInterrupt: a second interrupt came.
    """
    networks = SharedNetworks()
    _check(streams[0].request, networks)
    ended: SimpleQueue[EndedStream] = SimpleQueue()
    with Interruption() as interruption:
        threads = [
            threading.Thread(
                target=_run,
                args=(stream, networks.loaders(), interruption, ended),
                name=f"track {stream.source.name}",
                # After a second interrupt, the program ends even if a network is still at work.
                daemon=True,
            )
            for stream in streams
        ]
        try:
            for thread in threads:
                thread.start()
            for _ in threads:
                report(_next(ended, interruption))
        except BaseException:
            _dismiss(threads, interruption)
            raise
    return interruption.signal


def refuse_equal_names(sources: Items[Source]) -> None:
    """Refuse sources whose result files would have the same name.

    Raises:
        InputError: two sources have the same name.
    """
    seen: dict[str, Source] = {}
    for source in sources:
        # Some file systems do not tell Door.txt from door.txt.
        other = seen.setdefault(source.name.casefold(), source)
        if other is not source:
            raise InputError(
                f"{other.location} and {source.location} would both write {source.name}.txt: "
                "rename one of them, or track them one after the other with different --tracker "
                "names"
            )


def _check(request: TrackingRequest, networks: SharedNetworks) -> None:
    """Load the descriptor and make a tracker, so that a wrong option ends the command at once.

    Their libraries and machine code are then loaded before any thread needs them.
    """
    descriptor = networks.load_descriptor(request.descriptor)
    make_tracker(descriptor if request.linking is None else None, request.options)


def _run(
    stream: Stream,
    loaders: Loaders,
    interruption: Interruption,
    ended: SimpleQueue[EndedStream],
) -> None:
    """Track one stream in this thread, and tell the main thread how it ended."""
    tracked, error = None, None
    try:
        with one_core():
            tracked = track_footage(
                stream.source, stream.request, loaders, ThreadInterruption(interruption)
            )
    except BaseException as raised:
        error = raised
    ended.put(EndedStream(stream.source.name, tracked, error))


def _next(ended: SimpleQueue[EndedStream], interruption: Interruption) -> EndedStream:
    """Wait for the next stream that ends; after an interrupt, end the waits of all streams."""
    while True:
        if interruption.signal is not None:
            stop_waiting()
        try:
            return ended.get(timeout=_TICK_S)
        except Empty:
            continue


def _dismiss(threads: list[threading.Thread], interruption: Interruption) -> None:
    """Let the threads end without their files."""
    interruption.signal = interruption.signal or 0
    interruption.is_repeated = True
    stop_waiting()
    until = time.monotonic() + _FAREWELL_S
    for thread in threads:
        if thread.is_alive():
            thread.join(max(0.0, until - time.monotonic()))
