"""The newest of what comes, for whoever is too slow to take everything."""

import threading
import time
from collections.abc import Generator
from typing import Generic, Self, TypeVar

Item = TypeVar("Item")


class Ended(Exception):
    """Nothing more will come, or nothing came in time."""


class Latest(Generic[Item]):
    """Reads a generator in a thread and keeps its newest item only; a context manager.

    Args:
        items: waits by itself until there is something; closed, by the thread, when the block ends.

    Attributes:
        dropped: items that a newer one replaced before anybody took them.
    """

    def __init__(self, items: Generator[Item, None, None]) -> None:
        self.dropped = 0
        self._items = items
        self._change = threading.Condition()
        self._waiting: list[Item] = []
        self._ended = self._left = False
        self._error: BaseException | None = None
        # A camera's driver may never return, and must not keep the program from ending.
        self._thread = threading.Thread(target=self._read, name="latest-frame", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._left = True
        self._thread.join(timeout=1.0)

    def take(self, timeout: float) -> Item:
        """The newest item that was not taken yet.

        Args:
            timeout: seconds to wait for it.

        Raises:
            Ended: the generator has ended, or nothing came in time.
            Exception: whatever the generator raised.
        """
        deadline = time.monotonic() + timeout
        with self._change:
            while not (self._waiting or self._ended):
                left = deadline - time.monotonic()
                if left <= 0:
                    raise Ended(f"no frame for {timeout:g} s")
                self._change.wait(left)
            if self._waiting:
                return self._waiting.pop()
        if self._error is not None:
            raise self._error
        raise Ended

    def _read(self) -> None:
        try:
            for item in self._items:
                with self._change:
                    self.dropped += len(self._waiting)
                    self._waiting = [item]
                    self._change.notify()
                if self._left:
                    break
        except Exception as error:
            self._error = error
        finally:
            self._items.close()
            with self._change:
                self._ended = True
                self._change.notify()
