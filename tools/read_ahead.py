"""Frames read ahead of their turn, in threads."""

import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, Self, TypeVar

Item = TypeVar("Item")

# Enough to bridge a frame full of people; a frame of 1920 x 1080 takes 6 MB.
DEPTH = 4


class ReadAhead(Generic[Item]):
    """Reads frames in threads before they are asked for; a context manager that ends the threads.

    Args:
        read: what is to be read by its number, mostly a frame; it must let other threads run
            meanwhile, as files and OpenCV's decoder do.
        planned: frames that will be wanted, in order. Others can be asked for all the same, and are
            read when they are.
        threads: how many read at the same time; 1 where frames can only be read in order.
        depth: most frames read or being read that were not asked for yet.

    Attributes:
        waited: seconds for which whoever asked had to wait.
    """

    def __init__(
        self,
        read: Callable[[int], Item],
        planned: Iterable[int],
        threads: int = 1,
        depth: int = DEPTH,
    ) -> None:
        self.waited = 0.0
        self._read = read
        self._planned = iter(planned)
        self._depth = depth
        self._ahead: deque[tuple[int, Future[Item]]] = deque()
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="read-ahead")
        self._number = 0
        self._item: Item | None = None

    def __enter__(self) -> Self:
        self._fill()
        return self

    def __exit__(self, *error: object) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)
        self._ahead.clear()
        self._item = None

    def frame(self, number: int) -> Item:
        """What ``read`` returns; the same may be asked for again, an earlier one must not be.

        Raises:
            InputError: whatever ``read`` raises for this frame, now and not when it was read.
        """
        if self._item is None or number != self._number:
            start = time.perf_counter()
            try:
                self._item = self._take(number)
                self._number = number
            finally:
                self.waited += time.perf_counter() - start
        return self._item

    def _take(self, number: int) -> Item:
        # Let go of the last frame first, so that no more than depth + 1 are ever in memory.
        self._item = None
        while self._ahead and self._ahead[0][0] < number:
            self._ahead.popleft()[1].cancel()
            self._fill()
        if not self._ahead or self._ahead[0][0] != number:
            return self._read(number)
        item = self._ahead.popleft()[1].result()
        self._fill()
        return item

    def _fill(self) -> None:
        while len(self._ahead) < self._depth:
            number = next(self._planned, None)
            if number is None:
                return
            self._ahead.append((number, self._threads.submit(self._read, number)))
