"""The feeds of a run: which frames they read, when, and in which thread."""

import threading
import weakref

import numpy as np
import pytest

from flatsort.errors import InputError
from flatsort.files.sequence import Sequence
from flatsort.sources.frame_selection import FrameSelection
from flatsort.sources.numbered import SequenceSource
from flatsort.sources.source import Frame
from flatsort.tracking.feed import Keep, SequenceFeed, SourceFeed


class Reel:
    """A source of ``count`` frames; it notes the reading threads, and each entry and exit."""

    name, location, frame_rate = "reel", "/reel", 10.0

    def __init__(self, count, is_live=False, damaged=None):
        self.length, self.is_live, self.damaged = count, is_live, damaged
        self.notes, self.read, self.threads = [], [], set()
        self.entered = self.left = self.closed = 0
        self.images = []

    def __enter__(self):
        self.entered += 1
        return self

    def __exit__(self, *error):
        self.left += 1

    def frames(self, wanted=None):
        assert self.entered > self.left
        try:
            for number in range(1, self.length + 1):
                self.threads.add(threading.current_thread())
                if number == self.damaged:
                    raise InputError(f"frame {number} is damaged")
                self.read.append(number)
                image = np.full((2, 3, 3), number, np.uint8)
                self.images.append(weakref.ref(image))
                yield Frame(number, number / 10, image)
                del image
        finally:
            self.closed += 1


def go_through(feed):
    seen = []
    with feed:
        for number, seconds in feed.moments():
            seen.append((number, seconds, int(feed.image(number)[0, 0, 0])))
    return seen


def test_a_camera_ends_at_a_time():
    """Frame n comes at n / 10 s, so 0.5 s ends before frame 5."""
    feed = SourceFeed(Reel(20, is_live=True), FrameSelection(end_s=0.5))
    assert [number for number, _, _ in go_through(feed)] == [1, 2, 3, 4]


def test_a_sequence_feeds_the_selected_frames(make_sequence):
    feed = SequenceFeed(make_sequence(length=9, frame_rate=10), FrameSelection(2, 8, 3))
    feed.plan(lambda number: True)
    assert (feed.length, feed.frame_rate) == (3, pytest.approx(10 / 3))
    assert [*feed.moments()] == [(2, 0.1), (5, 0.4), (8, 0.7)]


@pytest.mark.parametrize("is_live", [False, True])
def test_every_frame_of_a_source_comes_once_in_order(is_live):
    source = Reel(20, is_live)
    feed = SourceFeed(source)
    assert (feed.name, feed.frame_rate, feed.length, feed.size) == ("reel", 10.0, 20, None)
    assert go_through(feed) == [(n, n / 10, n) for n in range(1, 21)]
    assert (source.entered, source.left, source.closed) == (1, 1, 1)
    assert feed.size == (3, 2)
    assert feed.waited > 0


def test_a_file_is_read_ahead_in_a_thread_and_a_camera_is_not():
    for is_live in (False, True):
        source = Reel(20, is_live)
        with SourceFeed(source) as feed:
            moments = feed.moments()
            next(moments)
            assert (threading.main_thread() in source.threads) == is_live
            if is_live:
                assert source.read == [1]
            # The thread reads only a few frames ahead.
            assert len(source.read) <= 8
        assert (source.left, source.closed) == (1, 1)


def test_memory_holds_few_frames():
    source = Reel(200)
    most = 0
    with SourceFeed(source) as feed:
        for _ in feed.moments():
            most = max(most, sum(image() is not None for image in source.images))
    assert most <= 8


def test_an_error_comes_after_the_frames_before_it():
    source, seen = Reel(9, damaged=4), []
    with pytest.raises(InputError, match="frame 4 is damaged"), SourceFeed(source) as feed:
        for number, _ in feed.moments():
            seen.append(number)
    assert seen == [1, 2, 3]
    assert source.left == 1


def test_a_sequence_reads_only_the_images_that_the_run_asks_for(make_sequence, monkeypatch):
    sequence = make_sequence(length=5, frame_rate=4)
    read, read_frame = [], Sequence.read_frame
    monkeypatch.setattr(Sequence, "read_frame", lambda s, n: read.append(n) or read_frame(s, n))
    with SequenceFeed(sequence) as feed:
        for number, seconds in feed.moments():
            assert seconds == (number - 1) / 4
            if number in (2, 5):
                assert feed.image(number).shape == (120, 160, 3)
    assert read == [2, 5]
    assert feed.size == (160, 120)
    with SequenceFeed(sequence) as feed:
        assert [number for number, _ in feed.moments()] == [1, 2, 3, 4, 5]
    assert feed.size is None


def test_a_sequence_reads_planned_images_ahead(make_sequence, monkeypatch):
    sequence = make_sequence(length=9)
    read, read_frame = [], Sequence.read_frame
    monkeypatch.setattr(Sequence, "read_frame", lambda s, n: read.append(n) or read_frame(s, n))
    feed = SequenceFeed(sequence)
    feed.plan(lambda number: number % 2 == 1)
    with feed:
        next(feed.moments())
    # The feed reads four images ahead; those that no thread has begun are cancelled.
    assert set(read) <= {1, 3, 5, 7}
    assert read


def test_a_sequence_without_images_cannot_plan_any(make_sequence):
    feed = SequenceFeed(make_sequence(length=2, images=False))
    with pytest.raises(InputError, match="img1 has no frames: get the images"):
        feed.plan(lambda number: False)


def test_a_sequence_and_its_source_give_the_same_frames(make_sequence):
    sequence = make_sequence(length=6)
    feeds = [SequenceFeed(sequence), SourceFeed(SequenceSource(sequence))]
    seen = []
    for feed in feeds:
        feed.plan(lambda number: True)
        with feed:
            seen.append([(moment, feed.image(moment[0]).copy()) for moment in feed.moments()])
    for (ours, image), (theirs, other) in zip(*seen, strict=True):
        assert ours == theirs
        np.testing.assert_array_equal(image, other)
    assert feeds[0].location == feeds[1].location
    assert [feed.keep for feed in feeds] == [Keep.WHOLE_ONLY, Keep.FRAMES_SO_FAR]
