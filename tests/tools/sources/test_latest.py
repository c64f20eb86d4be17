"""The newest item only, in order, until the end: with a generator that is told when to go on."""

import queue
import threading

import pytest

from tools.sources.latest import Ended, Latest

WAIT = 30


class Tap:
    """A generator that gives what is put in; None ends it, an exception is raised."""

    def __init__(self):
        self.queue = queue.Queue()
        self.asked = threading.Semaphore(0)
        self.closed = threading.Event()

    def put(self, *items):
        """Put items in, and wait until each has been taken by the reading thread."""
        for item in items:
            self.queue.put(item)
        for _ in items:
            assert self.asked.acquire(timeout=WAIT)

    def items(self):
        try:
            while True:
                item = self.queue.get(timeout=WAIT)
                if item is None:
                    self.asked.release()
                    return
                if isinstance(item, Exception):
                    self.asked.release()
                    raise item
                yield item
                # Asked for the next: the last one is where it can be taken.
                self.asked.release()
        finally:
            self.closed.set()


@pytest.fixture
def tap():
    return Tap()


def test_only_the_newest_is_taken_and_the_others_are_counted(tap):
    with Latest(tap.items()) as latest:
        tap.put(1)
        assert latest.take(WAIT) == 1
        tap.put(2, 3, 4)
        assert latest.take(WAIT) == 4
        assert latest.dropped == 2
        tap.put(5)
        assert latest.take(WAIT) == 5
        assert latest.dropped == 2
        tap.put(None)


def test_what_came_before_the_end_is_still_taken(tap):
    with Latest(tap.items()) as latest:
        tap.put(1, None)
        assert latest.take(WAIT) == 1
        with pytest.raises(Ended, match=r"^$"):
            latest.take(WAIT)
        assert tap.closed.wait(WAIT)


def test_nothing_in_time(tap):
    with Latest(tap.items()) as latest:
        with pytest.raises(Ended, match=r"no frame for 0\.01 s"):
            latest.take(0.01)
        # It may come later all the same.
        tap.put(1)
        assert latest.take(WAIT) == 1
        tap.put(None)


def test_errors_pass_to_whoever_takes(tap):
    with Latest(tap.items()) as latest:
        tap.put(KeyError("of the camera"))
        with pytest.raises(KeyError, match="of the camera"):
            latest.take(WAIT)


def test_the_thread_ends_with_the_block(tap):
    with Latest(tap.items()) as latest:
        tap.put(1)
        latest.take(WAIT)
        # Whatever comes next wakes it up.
        tap.queue.put(2)
    assert tap.closed.wait(WAIT)
