"""Let Ctrl-C stop a loop between two items, not within one; or the loops of many threads."""

import signal
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Self, TypeVar

from flatsort.sources.read_thread import Stopped

Item = TypeVar("Item")
_SIGNALS = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]
"""Ctrl-C, `kill`, and the closing of the terminal, which Windows does not signal."""


class Interruption:
    """Delays an interrupt until the current item is done; a context manager.

    If :meth:`until` is waiting for an item, an interrupt ends it at once; otherwise, it ends before
    the next item. A second interrupt raises KeyboardInterrupt at once. A termination (SIGTERM)
    and the closing of the terminal (SIGHUP) count as interrupts (SIGINT).

    Attributes:
        signal: number of the signal that came; None if none came.
        is_repeated: whether a second one came.
    """

    def __init__(self) -> None:
        self.signal: int | None = None
        self.is_repeated = False
        self._is_waiting = False
        self._previous: dict[int, object] = {}

    def __enter__(self) -> Self:
        # Python allows only the main thread to set handlers. A shell tells a background job to
        # ignore interrupts, and it must go on ignoring them.
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                if signal.getsignal(number) is not signal.SIG_IGN:
                    self._previous[number] = signal.signal(number, self._interrupt)
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def until(self, items: Iterator[Item]) -> Iterator[Item]:
        """Yield the items until there are no more, or until an interrupt comes."""
        while self.signal is None:
            try:
                item = self._wait_for(items)
            except StopIteration:
                return
            except KeyboardInterrupt:
                if self.signal is None:
                    raise
                return
            yield item

    def _wait_for(self, items: Iterator[Item]) -> Item:
        self._is_waiting = True
        try:
            return next(items)
        finally:
            self._is_waiting = False

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        is_first, self.signal = self.signal is None, number
        self.is_repeated = not is_first
        if self._is_waiting or not is_first:
            raise KeyboardInterrupt


class ThreadInterruption(Interruption):
    """Ends a loop of another thread when the main thread is interrupted.

    Python sends signals to the main thread only. The main thread also calls
    :func:`flatsort.sources.read_thread.stop_waiting`, so that a loop that waits ends at once.

    Args:
        main: the interruption that the main thread has entered.
    """

    def __init__(self, main: Interruption) -> None:
        super().__init__()
        self._main = main

    def until(self, items: Iterator[Item]) -> Iterator[Item]:
        """Yield the items until there are no more, or until an interrupt comes.

        Raises:
            KeyboardInterrupt: a second interrupt has come.
        """
        while self._main.signal is None:
            try:
                item = next(items)
            except StopIteration:
                return
            except Stopped:
                break
            yield item
        self.signal = self._main.signal
        if self._main.is_repeated:
            raise KeyboardInterrupt
