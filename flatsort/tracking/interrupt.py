"""Ctrl-C between two frames, never within one."""

import signal
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Self, TypeVar

Item = TypeVar("Item")
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """Makes an interrupt wait until it does no harm; a context manager.

    While :meth:`until` waits for an item an interrupt ends it at once; at any other time within the
    block, when the next item is asked for. A second interrupt is a KeyboardInterrupt wherever it
    falls. Terminations (SIGTERM) are treated like interrupts.

    Attributes:
        signal: number of the signal that came, or None.
    """

    def __init__(self) -> None:
        self.signal: int | None = None
        self._waits = False
        self._previous: dict[int, object] = {}

    def __enter__(self) -> Self:
        # Only the main thread may, and what runs in the background may have been told to ignore it.
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                if signal.getsignal(number) is not signal.SIG_IGN:
                    self._previous[number] = signal.signal(number, self._interrupt)
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def until(self, items: Iterator[Item]) -> Iterator[Item]:
        """The items, until there are no more or an interrupt came."""
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
        self._waits = True
        try:
            return next(items)
        finally:
            self._waits = False

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        is_first, self.signal = self.signal is None, number
        if self._waits or not is_first:
            raise KeyboardInterrupt
