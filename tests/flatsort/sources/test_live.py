"""Live footage: numbers, times and notes of frames that the test sends one by one."""

import queue
import threading

import numpy as np
import pytest

from flatsort.errors import InputError
from flatsort.sources.live import Arrival, LiveSource

WAIT = 30


class HandReceiver:
    """Gives a first frame at once, and other frames when the test sends them.

    Args:
        first: time of the first frame; None to end without a frame.
        failure: the reason that the receiver gives for its end.
    """

    def __init__(self, first, failure=None):
        self.failure = failure
        self.converted = []
        self.closed = threading.Event()
        self._coming = queue.Queue()
        self._coming.put(first)
        self._ended, self._there, self._change = 1, 0, threading.Condition()

    def deliver(self, *seconds):
        """Send frames with these times and wait until they have come; None ends the stream."""
        for each in seconds:
            self._coming.put(each)
        self._ended += len(seconds)
        with self._change:
            assert self._change.wait_for(lambda: self._there == self._ended, WAIT)

    def arrivals(self):
        try:
            while (seconds := self._coming.get(timeout=WAIT)) is not None:
                yield Arrival(seconds, lambda seconds=seconds: self.convert(seconds))
                # The reading thread asks for the next frame, so the last one can be taken.
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


def live(receiver, timeout=WAIT):
    return LiveSource(receiver, "camera-0", "0", 10.0, timeout)


def test_a_slow_tracker_gets_the_newest_frame_and_its_time():
    receiver = HandReceiver(5.0)
    seen = []
    with live(receiver) as source:
        assert source.is_live
        assert source.length is None
        for frame in source.frames():
            seen.append((frame.number, frame.seconds, int(frame.image[0, 0, 0])))
            if len(seen) == 1:
                receiver.deliver(5.1, 5.2, 5.3)
            elif len(seen) == 2:
                receiver.deliver(5.4)
            else:
                receiver.deliver(None)
    expected = [(1, 0.0, 50), (2, 0.3, 53), (3, 0.4, 54)]
    assert np.array(seen) == pytest.approx(np.array(expected))
    assert source.notes == [
        "camera-0 ended after 3 frames: the stream came to its end",
        "2 frames of camera-0 came while the tracker was busy and were dropped",
    ]
    # Dropped frames are never converted.
    assert receiver.converted == [5.0, 5.3, 5.4]


def test_a_lost_receiver_says_why():
    receiver = HandReceiver(1.0, failure="the connection was closed")
    source = live(receiver)
    for _ in source.frames():
        receiver.deliver(None)
    assert source.notes == ["camera-0 ended after 1 frames: the connection was closed"]


def test_a_silent_receiver_counts_as_lost():
    source = live(HandReceiver(1.0), timeout=0.2)
    frames = source.frames()
    assert next(frames).number == 1
    assert list(frames) == []
    assert source.notes == ["camera-0 ended after 1 frames: no frame for 0.2 s"]


def test_a_source_without_frames_is_an_error():
    receiver = HandReceiver(None, failure="the camera gives no more frames")
    with pytest.raises(InputError, match="0: no frame came: the camera gives no more frames"):
        list(live(receiver).frames())


def test_closing_the_generator_closes_the_camera():
    receiver = HandReceiver(1.0)
    source = live(receiver)
    with source:
        frames = source.frames()
        next(frames)
        # The thread ends with the next frame at the latest.
        receiver._coming.put(1.2)
        frames.close()
    assert receiver.closed.wait(WAIT)
    assert source.notes == []
    unused = HandReceiver(1.0)
    with live(unused):
        pass
    assert unused.closed.is_set()


def test_frames_that_are_not_wanted_are_not_converted():
    receiver = HandReceiver(0.1)
    seen = []
    for frame in live(receiver).frames([1, 3]):
        seen.append((frame.number, frame.seconds))
        if frame.number == 1:
            receiver.deliver(0.2)
            threading.Timer(0.05, receiver.deliver, [0.3]).start()
    assert seen == [(1, 0.0), (3, pytest.approx(0.2))]
    assert receiver.converted == [0.1, 0.3]
