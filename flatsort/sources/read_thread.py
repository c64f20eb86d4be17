"""Read a generator in a thread, and take every item in turn or only the newest item."""

import threading
from collections import deque
from collections.abc import Generator
from typing import Any, Generic, Self, TypeVar
from weakref import WeakSet

Item = TypeVar("Item")
_JOIN_TIMEOUT_S = 1.0
"""Seconds to wait for the thread's end; usually it ends at once."""


class Ended(Exception):
    """No more items will come, or none came in time."""


class Stopped(Exception):
    """:func:`stop_waiting` has ended the wait for an item."""


def stop_waiting() -> None:
    """End every wait for an item in this process, and the later ones of the same readers."""
    with _LOCK:
        readers = list(_READERS)
    for each in readers:
        each.stop()


class Buffered(Generic[Item]):
    """Reads a generator ahead in a thread and gives every item in turn; a context manager.

    On exit the thread is abandoned if it does not end soon, because a server or a driver that never
    answers must not keep the program from ending.

    Args:
        items: the generator; the thread closes it when the block ends.
        depth: largest number of items that are read ahead.
    """

    def __init__(self, items: Generator[Item, None, None], depth: int) -> None:
        self._items = items
        self._depth = depth
        self._change = threading.Condition()
        self._read: deque[Item] = deque()
        self._ended = self._is_closed = self._is_stopped = False
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="read-thread", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        with _LOCK:
            _READERS.add(self)
        return self

    def __exit__(self, *error: object) -> None:
        with self._change:
            self._is_closed = True
            self._read.clear()
            self._change.notify_all()
        self._thread.join(_JOIN_TIMEOUT_S)

    def stop(self) -> None:
        """Make :meth:`take` raise Stopped when no item is left; any thread may call this."""
        with self._change:
            self._is_stopped = True
            self._change.notify_all()

    def take(self, timeout: float | None = None) -> Item:
        """Return the next item.

        Args:
            timeout: seconds to wait; None to wait without end.

        Raises:
            Ended: the generator has ended, or no item came in time. Only a timeout has a message.
            Stopped: :meth:`stop` was called, and no item is left.
            Exception: the error that the generator has raised.
        """
        with self._change:
            if not self._change.wait_for(self._is_decided, timeout):
                raise Ended(f"no frame for {timeout:g} s")
            if self._read:
                item = self._read.popleft()
                self._change.notify_all()
                return item
        if self._error is not None:
            raise self._error
        raise Ended if self._ended else Stopped

    def _is_decided(self) -> bool:
        return bool(self._read) or self._ended or self._is_stopped

    def _run(self) -> None:
        try:
            for item in self._items:
                with self._change:
                    self._put(item)
                    self._change.notify_all()
                    if self._is_closed:
                        break
                del item
        except Exception as error:
            self._error = error
        finally:
            self._items.close()
            with self._change:
                self._ended = True
                self._change.notify_all()

    def _put(self, item: Item) -> None:
        """Keep an item; the caller holds the lock."""
        self._change.wait_for(lambda: self._is_closed or len(self._read) < self._depth)
        self._read.append(item)


class Latest(Buffered[Item]):
    """Reads a generator in a thread and gives only the newest item.

    Args:
        items: the generator, which waits for its items; the thread closes it when the block ends.

    Attributes:
        dropped: number of items that a newer item replaced before they were taken.
    """

    def __init__(self, items: Generator[Item, None, None]) -> None:
        super().__init__(items, depth=1)
        self.dropped = 0

    def _put(self, item: Item) -> None:
        self.dropped += len(self._read)
        self._read.clear()
        self._read.append(item)


_READERS: WeakSet[Buffered[Any]] = WeakSet()
"""The readers whose threads have started."""
_LOCK = threading.Lock()
"""Held while _READERS is read or changed."""
