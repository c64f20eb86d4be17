"""Items read in a thread: every one in its turn, or the newest for whoever is too slow for that."""

import threading
from collections import deque
from collections.abc import Generator
from typing import Generic, Self, TypeVar

Item = TypeVar("Item")
# For a thread that is about to end anyway.
_PATIENCE_S = 1.0


class Ended(Exception):
    """Nothing more will come, or nothing came in time."""


class Buffered(Generic[Item]):
    """Reads a generator ahead in a thread and gives every item in its turn; a context manager.

    The thread is left behind if it does not end soon: a server or a driver that never answers must
    not keep the program from ending.

    Args:
        items: closed, by the thread, when the block ends.
        depth: most items read and not taken yet.
    """

    def __init__(self, items: Generator[Item, None, None], depth: int) -> None:
        self._items = items
        self._depth = depth
        self._change = threading.Condition()
        self._read: deque[Item] = deque()
        self._ended = self._left = False
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="read-thread", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        with self._change:
            self._left = True
            self._read.clear()
            self._change.notify_all()
        self._thread.join(_PATIENCE_S)

    def take(self, timeout: float | None = None) -> Item:
        """The next item.

        Args:
            timeout: seconds to wait for it; None for as long as it takes.

        Raises:
            Ended: the generator has ended, or nothing came in time; the message says so then.
            Exception: whatever the generator raised.
        """
        with self._change:
            if not self._change.wait_for(lambda: self._read or self._ended, timeout):
                raise Ended(f"no frame for {timeout:g} s")
            if self._read:
                item = self._read.popleft()
                self._change.notify_all()
                return item
        if self._error is not None:
            raise self._error
        raise Ended

    def _run(self) -> None:
        try:
            for item in self._items:
                with self._change:
                    self._put(item)
                    self._change.notify_all()
                    if self._left:
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
        """Keep an item; called with the lock held."""
        self._change.wait_for(lambda: self._left or len(self._read) < self._depth)
        self._read.append(item)


class Latest(Buffered[Item]):
    """Gives the newest item that was not taken yet.

    Args:
        items: waits by itself until there is something; closed, by the thread, when the block ends.

    Attributes:
        dropped: items that a newer one replaced before anybody took them.
    """

    def __init__(self, items: Generator[Item, None, None]) -> None:
        super().__init__(items, depth=1)
        self.dropped = 0

    def _put(self, item: Item) -> None:
        self.dropped += len(self._read)
        self._read.clear()
        self._read.append(item)
