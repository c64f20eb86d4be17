"""Frames read ahead: in order, once, few at a time, until the block ends."""

import threading
import time

import numpy as np
import pytest

from flatsort.errors import InputError
from flatsort.sources.read_ahead import ReadAhead


class Shelf:
    """Frames that hold their number; notes which frames were read, and in which threads."""

    def __init__(self, damaged=(), wait=0.0):
        self.damaged, self.wait = damaged, wait
        self.reads = []
        self.threads = set()

    def read(self, number):
        self.reads.append(number)
        self.threads.add(threading.current_thread().name)
        time.sleep(self.wait)
        if number in self.damaged:
            raise InputError(f"frame {number} is damaged")
        return np.full((2, 3, 3), number, np.uint8)


def settle(shelf, count):
    """Wait, at most ten seconds, until this many reads have started."""
    deadline = time.monotonic() + 10
    while len(shelf.reads) < count and time.monotonic() < deadline:
        time.sleep(0.001)


def reading_threads():
    return [each for each in threading.enumerate() if each.name.startswith("read-ahead")]


def test_each_frame_is_read_once_in_order_by_the_thread():
    shelf = Shelf()
    with ReadAhead(shelf.read, range(1, 31)) as frames:
        seen = [int(frames.frame(number)[0, 0, 0]) for number in range(1, 31)]
    assert seen == shelf.reads == list(range(1, 31))
    assert all(name.startswith("read-ahead") for name in shelf.threads)


def test_two_threads_read_at_the_same_time():
    # The barrier lets two threads pass together; with one thread it times out and raises.
    together = threading.Barrier(2, timeout=10)
    with ReadAhead(lambda number: (together.wait(), number)[1], range(1, 9), threads=2) as frames:
        assert [frames.frame(number) for number in range(1, 9)] == list(range(1, 9))


def test_a_frame_asked_for_twice_is_read_once():
    shelf = Shelf()
    with ReadAhead(shelf.read, []) as frames:
        assert frames.frame(7) is frames.frame(7)
    assert shelf.reads == [7]


@pytest.mark.parametrize("depth", [1, 3])
def test_at_most_depth_frames_are_read_ahead(depth):
    shelf = Shelf()
    with ReadAhead(shelf.read, range(1, 21), depth=depth) as frames:
        for number in range(1, 16):
            settle(shelf, number - 1 + depth)
            assert len(shelf.reads) == number - 1 + depth
            frames.frame(number)
        time.sleep(0.02)
        assert len(shelf.reads) == 15 + depth


def test_an_unplanned_frame_is_read_on_demand():
    shelf = Shelf()
    with ReadAhead(shelf.read, [2, 5, 6]) as frames:
        assert [int(frames.frame(n)[0, 0, 0]) for n in range(1, 8)] == list(range(1, 8))
    assert sorted(shelf.reads) == list(range(1, 8))


def test_skipped_frames_do_not_block_the_others():
    shelf = Shelf()
    with ReadAhead(shelf.read, range(1, 101), depth=2) as frames:
        assert frames.frame(60)[0, 0, 0] == 60
        assert frames.frame(61)[0, 0, 0] == 61
    assert shelf.reads.count(60) == shelf.reads.count(61) == 1


def test_an_error_is_raised_when_its_frame_is_due():
    shelf = Shelf(damaged=(3,))
    with ReadAhead(shelf.read, range(1, 9)) as frames:
        settle(shelf, 3)
        for number in (1, 2):
            assert frames.frame(number)[0, 0, 0] == number
        with pytest.raises(InputError, match=r"^frame 3 is damaged$"):
            frames.frame(3)
        assert frames.frame(4)[0, 0, 0] == 4


@pytest.mark.parametrize("error", [KeyboardInterrupt, InputError, None])
def test_the_thread_ends_with_the_block(error):
    shelf = Shelf(wait=0.005)
    frames = ReadAhead(shelf.read, range(1, 1000))
    try:
        with frames:
            frames.frame(1)
            if error:
                raise error
    except (KeyboardInterrupt, InputError):
        pass
    assert not reading_threads()
    assert len(shelf.reads) < 10


def test_only_the_time_of_waiting_is_counted():
    shelf = Shelf(wait=0.02)
    with ReadAhead(shelf.read, [1]) as frames:
        frames.frame(1)
        frames.frame(2)
        waited = frames.waited
        assert waited >= 0.02
        frames.frame(2)
        assert frames.waited == waited
