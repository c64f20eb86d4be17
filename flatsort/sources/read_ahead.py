"""Read frames by number in threads, before they are needed."""

import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self

import numpy as np
from numpy.typing import NDArray

DEPTH = 4
"""Frames to read ahead: enough to keep reading while the run works on a frame with many people. A
frame of 1920 x 1080 takes 6 MB."""


class ReadAhead:
    """Reads planned frames ahead in threads; a context manager that ends the threads on exit.

    Args:
        read: reads the frame with a given number, (H, W, 3) uint8 BGR. It must release the GIL, as
            file access and OpenCV's decoder do.
        planned: numbers of the frames to read ahead, in ascending order. Other frames are read
            when :meth:`frame` is called.
        threads: number of threads.
        depth: largest number of frames that wait to be taken or are being read.

    Attributes:
        waited: seconds that :meth:`frame` has taken.
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
        """Return a frame, (H, W, 3) uint8 BGR.

        Args:
            number: number of the frame; not less than in the call before.

        Raises:
            InputError: ``read`` has raised it for this frame, now or earlier in a thread.
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
        # Drop the last frame first, so that memory never holds more than depth + 1 frames.
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
