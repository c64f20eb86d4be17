"""Frames read ahead of their turn, in threads."""

import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self

import numpy as np
from numpy.typing import NDArray

# Enough to bridge a frame full of people; a frame of 1920 x 1080 takes 6 MB.
DEPTH = 4


class ReadAhead:
    """Reads frames in threads before they are asked for; a context manager that ends the threads.

    Args:
        read: the frame of a number, (H, W, 3) uint8 BGR; it must let other threads run meanwhile,
            as files and OpenCV's decoder do.
        planned: frames that will be wanted, in order. Others can be asked for all the same, and are
            read when they are.
        threads: how many read at the same time; 1 where frames can only be read in order.
        depth: most frames read or being read that were not asked for yet.

    Attributes:
        waited: seconds for which whoever asked had to wait.
    """

    def __init__(
        self,
        read: Callable[[int], NDArray[np.uint8]],
        planned: Iterable[int],
        threads: int = 1,
        depth: int = DEPTH,
    ) -> None:
        self.waited = 0.0
        self._read = read
        self._planned = iter(planned)
        self._depth = depth
        self._ahead: deque[tuple[int, Future[NDArray[np.uint8]]]] = deque()
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="read-ahead")
        self._number = 0
        self._image: NDArray[np.uint8] | None = None

    def __enter__(self) -> Self:
        self._fill()
        return self

    def __exit__(self, *error: object) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)
        self._ahead.clear()
        self._image = None

    def frame(self, number: int) -> NDArray[np.uint8]:
        """A frame; the same one may be asked for again, an earlier one must not be.

        Returns:
            (H, W, 3) uint8 BGR.

        Raises:
            InputError: whatever ``read`` raises for this frame, now and not when it was read.
        """
        if self._image is None or number != self._number:
            start = time.perf_counter()
            try:
                self._image = self._take(number)
                self._number = number
            finally:
                self.waited += time.perf_counter() - start
        return self._image

    def _take(self, number: int) -> NDArray[np.uint8]:
        # Let go of the last frame first, so that no more than depth + 1 are ever in memory.
        self._image = None
        while self._ahead and self._ahead[0][0] < number:
            self._ahead.popleft()[1].cancel()
            self._fill()
        if not self._ahead or self._ahead[0][0] != number:
            return self._read(number)
        image = self._ahead.popleft()[1].result()
        self._fill()
        return image

    def _fill(self) -> None:
        while len(self._ahead) < self._depth:
            number = next(self._planned, None)
            if number is None:
                return
            self._ahead.append((number, self._threads.submit(self._read, number)))
