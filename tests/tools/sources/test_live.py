"""Live footage: numbers, times and notes, with a feed made by hand."""

import queue
import threading

import numpy as np
import pytest

from tools.errors import InputError
from tools.sources.live import Arrival, LiveSource

WAIT = 30


class HandFeed:
    """Delivers a first frame at once, and others when it is told to.

    Args:
        first: time of the first frame, None for an end without one.
        failure: what it says of its end.
    """

    def __init__(self, first, failure=None):
        self.failure = failure
        self.converted = []
        self.closed = threading.Event()
        self._coming = queue.Queue()
        self._coming.put(first)
        self._ended, self._there, self._change = 1, 0, threading.Condition()

    def deliver(self, *seconds):
        """Let frames of these times come, and wait until they are there; None ends it."""
        for each in seconds:
            self._coming.put(each)
        self._ended += len(seconds)
        with self._change:
            assert self._change.wait_for(lambda: self._there == self._ended, WAIT)

    def arrivals(self):
        try:
            while (seconds := self._coming.get(timeout=WAIT)) is not None:
                yield Arrival(seconds, lambda seconds=seconds: self.convert(seconds))
                # Asked for the next: the last one is where it can be taken.
                self._arrive()
            self._arrive()
        finally:
            self.closed.set()

    def _arrive(self):
        with self._change:
            self._there += 1
            self._change.notify_all()

    def convert(self, seconds):
        self.converted.append(seconds)
        return np.full((2, 3, 3), round(seconds * 10), np.uint8)

    def close(self):
        self.closed.set()


def live(feed, timeout=WAIT):
    return LiveSource(feed, "camera-0", "0", 10.0, timeout)


def test_a_slow_taker_gets_the_newest_frame_and_its_time():
    feed = HandFeed(5.0)
    seen = []
    with live(feed) as source:
        assert source.is_live
        assert source.length is None
        for frame in source.frames():
            seen.append((frame.number, frame.seconds, int(frame.image[0, 0, 0])))
            if len(seen) == 1:
                feed.deliver(5.1, 5.2, 5.3)
            elif len(seen) == 2:
                feed.deliver(5.4)
            else:
                feed.deliver(None)
    expected = [(1, 0.0, 50), (2, 0.3, 53), (3, 0.4, 54)]
    assert np.array(seen) == pytest.approx(np.array(expected))
    assert source.notes == [
        "camera-0 ended after 3 frames: the stream came to its end",
        "2 frames of camera-0 came while the tracker was busy and were dropped",
    ]
    # What is dropped is never converted.
    assert feed.converted == [5.0, 5.3, 5.4]


def test_a_lost_feed_says_why():
    feed = HandFeed(1.0, failure="the connection was closed")
    source = live(feed)
    for _ in source.frames():
        feed.deliver(None)
    assert source.notes == ["camera-0 ended after 1 frames: the connection was closed"]


def test_a_feed_that_falls_silent():
    source = live(HandFeed(1.0), timeout=0.2)
    frames = source.frames()
    assert next(frames).number == 1
    assert list(frames) == []
    assert source.notes == ["camera-0 ended after 1 frames: no frame for 0.2 s"]


def test_not_a_single_frame():
    feed = HandFeed(None, failure="the camera delivers no more")
    with pytest.raises(InputError, match="0: not a single frame came: the camera delivers no more"):
        list(live(feed).frames())


def test_whoever_stops_lets_go_of_the_camera():
    feed = HandFeed(1.0)
    source = live(feed)
    with source:
        frames = source.frames()
        next(frames)
        # The thread ends with the next frame at the latest.
        feed._coming.put(1.2)
        frames.close()
    assert feed.closed.wait(WAIT)
    assert source.notes == []
    unused = HandFeed(1.0)
    with live(unused):
        pass
    assert unused.closed.is_set()


def test_frames_that_are_not_wanted_are_not_converted():
    feed = HandFeed(0.1)
    seen = []
    for frame in live(feed).frames([1, 3]):
        seen.append((frame.number, frame.seconds))
        if frame.number == 1:
            feed.deliver(0.2)
            threading.Timer(0.05, feed.deliver, [0.3]).start()
    assert seen == [(1, 0.0), (3, pytest.approx(0.2))]
    assert feed.converted == [0.1, 0.3]
