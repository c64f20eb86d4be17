"""Collecting from a tiny sequence and from an invented camera."""

import time
from itertools import count

import numpy as np
import pytest

from flatsort.adaptation.collector import Collector
from flatsort.adaptation.observed_footage import FootageStore
from flatsort.adaptation.schedule import BURST, Effort
from flatsort.descriptors import load_descriptor
from flatsort.detectors.registry import load_detector
from flatsort.errors import InputError
from flatsort.images.crops import cut_crops
from flatsort.sources.frame_selection import FrameSelection
from flatsort.sources.live import Arrival, LiveSource
from flatsort.sources.numbered import SequenceSource
from flatsort.sources.source import Frame
from flatsort.tracker import Detections

LONG = 10**6


@pytest.fixture
def sequence(make_sequence):
    return make_sequence(length=6)


@pytest.fixture
def store(tmp_path):
    return FootageStore(tmp_path / "footage")


def collector(store, sequence, detector=None):
    word = f"file:{sequence.folder / 'det' / 'det.txt'}"
    return Collector(
        detector or load_detector(word), load_descriptor("histogram", sequence), 16, store
    )


def collect(store, sequence, detector=None, seconds=LONG, boxes=LONG):
    with SequenceSource(sequence) as source:
        collector(store, sequence, detector).collect(source, seconds, boxes)
    return store.load()


def test_a_part_is_collected(store, sequence):
    with SequenceSource(sequence) as source:
        collector(store, sequence).collect(source, LONG, LONG, FrameSelection(3, 5))
    assert store.load().numbers.tolist() == [3, 4, 5]
    assert (store.progress().position, store.progress().is_over) == (5, True)


def test_everybody_is_cut_out_and_described(store, sequence):
    found = collect(store, sequence)
    assert found.numbers.tolist() == list(range(1, 7))
    assert found.frames.tolist() == np.repeat(range(1, 7), 2).tolist()
    assert found.sizes.tolist() == [[160, 120]] * 6
    image = sequence.read_frame(3)
    boxes = np.array([[10, 20, 20, 50], [100, 40, 24, 60]], np.float32)
    np.testing.assert_array_equal(found.boxes_tlwh[4:6], boxes)
    np.testing.assert_array_equal(found.images[4:6], cut_crops(image, boxes, 16, 16))
    histogram = load_descriptor("histogram", sequence)
    np.testing.assert_array_equal(found.features[4:6], histogram(image, boxes))
    progress = store.progress()
    assert (progress.position, progress.is_over) == (6, True)
    assert (progress.effort.frames, progress.effort.boxes) == (6, 12)


def test_invalid_boxes_are_dropped(store, sequence):
    def detect(frame):
        boxes = [[10, 20, 20, 50], [10, 20, 0, 50], [np.nan, 20, 20, 50]]
        return Detections(np.array(boxes, float), np.full(3, 0.9))

    assert len(collect(store, sequence, detect)) == 6


def test_frames_without_people_count_as_processed(store, sequence):
    found = collect(store, sequence, lambda frame: Detections.empty())
    assert len(found) == 0
    assert len(found.numbers) == 6
    assert store.progress().is_over


def test_enough_boxes_end_collecting(store, sequence):
    assert collect(store, sequence, boxes=5).numbers.tolist() == [1, 2, 3]
    assert store.progress().is_over


class Fails:
    """A detector that fails once, at a given frame."""

    def __init__(self, at):
        self.at, self.seen = at, []

    def __call__(self, frame):
        if frame.number == self.at:
            self.at = None
            raise InputError("the network does not take it")
        self.seen.append(frame.number)
        return Detections(np.array([[10.0, 20, 20, 50]]), np.array([0.9]))


def test_collecting_continues_after_an_interrupt_without_losing_frames(store, sequence):
    detector = Fails(at=4)
    with pytest.raises(InputError):
        collect(store, sequence, detector)
    progress = store.progress()
    assert (progress.position, progress.is_over) == (3, False)
    found = collect(store, sequence, detector)
    assert detector.seen == found.numbers.tolist() == [1, 2, 3, 4, 5, 6]
    # Skipping the first three frames again costs time and finds no boxes.
    effort = store.progress().effort
    assert (effort.frames, effort.skipped, effort.boxes) == (6, 3, 6)
    # Another run has nothing left to do.
    assert collect(store, sequence, detector).numbers.tolist() == [1, 2, 3, 4, 5, 6]
    assert len(detector.seen) == 6


def test_an_interrupt_counts_no_frame_twice(store, sequence, monkeypatch):
    """Ctrl-C comes after the third frame is processed and before it is counted."""
    add = Effort.add

    def interrupted(self, *numbers):
        if self.frames == 2:
            raise KeyboardInterrupt
        add(self, *numbers)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Effort, "add", interrupted)
        collect(store, sequence)
    assert store.load().numbers.tolist() == [1, 2, 3]
    assert collect(store, sequence).numbers.tolist() == [1, 2, 3, 4, 5, 6]


class Camera:
    """A camera that gives frames until its connection is lost."""

    name, is_live, length, frame_rate = "camera", True, None, 10.0

    def __init__(self, lost_after):
        self._lost_after = lost_after

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def frames(self, wanted=None):
        for number, due in zip(count(1), wanted, strict=False):
            if number > self._lost_after:
                return
            assert number == due
            yield Frame(number, number / 10, np.full((60, 80, 3), 90, np.uint8))


def person(frame):
    return Detections(np.array([[10.0, 10, 20, 40]]), np.array([0.9]))


def test_the_bursts_of_a_camera_have_a_gap_between_their_numbers(store, sequence):
    collector(store, sequence, person).collect(Camera(BURST + 3), LONG, LONG)
    bursts = [burst.tolist() for burst in store.load().bursts()]
    assert [len(burst) for burst in bursts] == [BURST, 3]
    assert bursts[1][0] - bursts[0][-1] > 100
    # The camera is lost. Another run continues, with a gap before the numbers of its frames.
    assert not store.progress().is_over
    collector(store, sequence, person).collect(Camera(4), LONG, LONG)
    assert [len(burst) for burst in store.load().bursts()] == [BURST, 3, 4]


class Feed:
    """Twenty frames, one every few milliseconds."""

    failure = None

    def arrivals(self):
        for number in range(20):
            time.sleep(0.005)
            yield Arrival(number / 200, lambda: np.full((60, 80, 3), 90, np.uint8))

    def close(self):
        pass


def test_a_stream_that_is_read_by_a_thread(store, sequence):
    with LiveSource(Feed(), "stream", "here", 200.0, timeout=5.0) as source:
        collector(store, sequence, person).collect(source, LONG, LONG)
    [burst] = store.load().bursts()
    # The stream gives its newest frame, so it may drop some; the last frame always arrives.
    assert 1 <= len(burst) <= 20
    assert source.notes[0].startswith("stream ended after ")


def test_a_burst_is_not_finished_when_the_limit_is_reached(store, sequence):
    collector(store, sequence, person).collect(Camera(10**9), LONG, 7)
    assert len(store.load()) == 7
    assert store.progress().is_over
