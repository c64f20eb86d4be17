"""Items of a generator that the test controls: all in turn, or only the newest."""

import queue
import threading

import pytest

from flatsort.sources.read_thread import Buffered, Ended, Latest, Stopped, stop_waiting

WAIT = 30


class Tap:
    """A generator that yields the items put in; None ends it, and it raises a given exception."""

    def __init__(self):
        self.queue = queue.Queue()
        self.asked = threading.Semaphore(0)
        self.closed = threading.Event()

    def put(self, *items):
        """Put items in, and wait until the reading thread has taken each of them."""
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
                # The reading thread asks for the next item, so the last one can be taken.
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


def test_items_before_the_end_can_still_be_taken(tap):
    with Latest(tap.items()) as latest:
        tap.put(1, None)
        assert latest.take(WAIT) == 1
        with pytest.raises(Ended, match=r"^$"):
            latest.take(WAIT)
        assert tap.closed.wait(WAIT)


def test_taking_times_out(tap):
    with Latest(tap.items()) as latest:
        with pytest.raises(Ended, match=r"no frame for 0\.01 s"):
            latest.take(0.01)
        # The item may still come later.
        tap.put(1)
        assert latest.take(WAIT) == 1
        tap.put(None)


def test_an_error_of_the_generator_is_raised_by_take(tap):
    with Latest(tap.items()) as latest:
        tap.put(KeyError("of the camera"))
        with pytest.raises(KeyError, match="of the camera"):
            latest.take(WAIT)


@pytest.mark.parametrize("kind", [Latest, lambda items: Buffered(items, 3)])
def test_the_thread_ends_with_the_block(tap, kind):
    with kind(tap.items()) as reader:
        tap.put(1)
        reader.take(WAIT)
        # The next item wakes the thread up.
        tap.queue.put(2)
    assert tap.closed.wait(WAIT)


@pytest.mark.parametrize("kind", [Latest, lambda items: Buffered(items, 3)])
def test_a_thread_that_never_answers_is_abandoned(kind):
    never = threading.Event()

    def items():
        never.wait(WAIT)
        yield 1

    with kind(items()) as reader, pytest.raises(Ended):
        reader.take(0.01)
    never.set()


def test_every_item_comes_in_turn():
    with Buffered((n for n in range(200)), 3) as buffered:
        assert [buffered.take() for _ in range(200)] == list(range(200))
        for _ in range(2):
            with pytest.raises(Ended):
                buffered.take()


def test_at_most_depth_items_are_read_ahead(tap):
    with Buffered(tap.items(), depth=2) as buffered:
        # The thread holds the third item and does not ask for a fourth.
        tap.put(1, 2)
        for number in (3, 4, 5):
            tap.queue.put(number)
        assert not tap.asked.acquire(timeout=0.05)
        assert buffered.take() == 1
        assert tap.asked.acquire(timeout=WAIT)
        assert not tap.asked.acquire(timeout=0.05)
        assert [buffered.take() for _ in range(4)] == [2, 3, 4, 5]
        tap.queue.put(None)


def test_an_error_comes_after_the_items_before_it():
    def items():
        yield 1
        raise KeyError("of the file")

    with Buffered(items(), 3) as buffered:
        assert buffered.take() == 1
        with pytest.raises(KeyError, match="of the file"):
            buffered.take()


def test_leaving_early_closes_the_generator():
    closed = threading.Event()

    def items():
        try:
            yield from range(1000)
        finally:
            closed.set()

    with Buffered(items(), 3) as buffered:
        buffered.take()
    assert closed.is_set()


def test_a_stop_ends_the_waits_of_all_readers_and_the_items_so_far_stay():
    taps = [Tap(), Tap()]
    with Buffered(taps[0].items(), 4) as buffered, Latest(taps[1].items()) as latest:
        taps[0].put(1, 2)
        threading.Timer(0.05, stop_waiting).start()
        # The test would take half a minute if the stop did not end this wait.
        with pytest.raises(Stopped):
            latest.take(WAIT)
        assert [buffered.take(), buffered.take()] == [1, 2]
        with pytest.raises(Stopped):
            buffered.take()
        taps[0].put(None)
        with pytest.raises(Ended):
            buffered.take()
        taps[1].queue.put(None)
