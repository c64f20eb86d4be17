"""One tracking run: the order of its calls, its times and its end."""

import numpy as np
import pytest

from flatsort.detectors.detection_file import DetectionTable
from flatsort.errors import InputError
from flatsort.files.mot_files import read_detections
from flatsort.files.sequence import Sequence
from flatsort.sinks import ResultFile, StopTracking
from flatsort.sources.numbered import SequenceSource
from flatsort.tracker import AppearanceMetric
from flatsort.tracking.feed import SequenceFeed, SourceFeed
from flatsort.tracking.run import track_feed
from flatsort.tracking.tracker_options import TrackerOptions


class Corners:
    """A descriptor that gives every box the same feature, and notes its calls."""

    metric = AppearanceMetric("cosine", gate=0.2)

    def __init__(self, needs_images=False):
        self.needs_images = needs_images
        self.started = []
        self.calls = []

    def start_frame(self, frame_number):
        self.started.append(frame_number)

    def __call__(self, frame, boxes_tlwh):
        self.calls.append((self.started[-1], frame is not None, len(boxes_tlwh)))
        return np.ones((len(boxes_tlwh), 2), np.float32)


class Diary:
    """A sink that notes what it receives."""

    def __init__(self, needs_images=False, stop_at=None):
        self.needs_images = needs_images
        self.stop_at = stop_at
        self.entries = []

    def __enter__(self):
        self.entries.append("enter")
        return self

    def __exit__(self, kind, error, trace):
        self.entries.append("exit" if kind is None else kind.__name__)

    def write(self, frame, tracks):
        self.entries.append((frame.number, frame.image is not None, tracks.ids.tolist()))
        if frame.number == self.stop_at:
            raise StopTracking


def go(sequence, descriptor=None, options=None, sinks=()):
    rows = read_detections(sequence.find_detections(), sequence.length)
    detector = DetectionTable(rows)
    return track_feed(
        SequenceFeed(sequence), detector, descriptor, options or TrackerOptions(), sinks
    )


ONE = (((0, 0, 255), 10, 20, 20, 50, 0),)


def test_every_sink_sees_every_frame_in_order(make_sequence):
    sinks = [Diary(), Diary()]
    report = go(make_sequence(ONE, length=3, images=False), sinks=sinks)
    expected = ["enter", (1, False, [1]), (2, False, [1]), (3, False, [1]), "exit"]
    assert [sink.entries for sink in sinks] == [expected, expected]
    assert (report.frames, report.identities, report.dropped) == (3, 1, 0)
    assert report.description == 0


@pytest.fixture
def frames_read(monkeypatch):
    """Numbers of the frames that are read from files, in order of reading."""
    read, read_frame = [], Sequence.read_frame

    def note(sequence, number):
        read.append(number)
        return read_frame(sequence, number)

    monkeypatch.setattr(Sequence, "read_frame", note)
    return read


@pytest.mark.parametrize(
    ("sink", "descriptor", "read"),
    [
        (Diary(), Corners(), []),
        (Diary(needs_images=True), Corners(), [1, 2]),
        (Diary(), Corners(needs_images=True), [1, 2]),
        (Diary(needs_images=True), Corners(needs_images=True), [1, 2]),
    ],
)
def test_images_are_read_once_for_all_that_need_them(
    make_sequence, frames_read, sink, descriptor, read
):
    go(make_sequence(ONE, length=2), descriptor, sinks=[sink])
    assert {entry[1] for entry in sink.entries[1:-1]} == {sink.needs_images}
    assert {call[1] for call in descriptor.calls} == {descriptor.needs_images}
    assert frames_read == read


def test_frames_without_boxes_to_describe_are_not_read(make_sequence, frames_read):
    rows = "".join(
        f"{n},-1,10,20,{width},50,{confidence},-1,-1,-1\n"
        for n, width, confidence in ((1, 20, 0.9), (2, 20, 0.1), (3, "nan", 0.9), (5, 20, 0.9))
    )
    go(make_sequence(ONE, length=6, detections=rows), Corners(needs_images=True))
    assert frames_read == [1, 5]


def test_a_damaged_frame_ends_the_run_when_it_is_due(make_sequence):
    sequence = make_sequence(ONE, length=6)
    sequence.frame_path(3).write_bytes(b"")
    descriptor = Corners(needs_images=True)
    with pytest.raises(InputError, match=r"000003\.jpg: truncated"):
        go(sequence, descriptor)
    assert [call[0] for call in descriptor.calls] == [1, 2]


def test_the_descriptor_starts_each_frame_and_describes_frames_with_boxes(make_sequence):
    text = "".join(f"{n},-1,10,20,20,50,0.9,-1,-1,-1\n" for n in (4, 2, 2))
    sequence = make_sequence((), length=5, images=False, detections=text)
    descriptor = Corners()
    go(sequence, descriptor)
    assert descriptor.started == [1, 2, 3, 4, 5]
    assert descriptor.calls == [(2, False, 2), (4, False, 1)]


def test_detections_of_a_frame_keep_the_files_order(make_sequence):
    """SORT numbers new tracks by their row."""
    rows = [(2, 100), (1, 10), (2, 12), (1, 99)]
    text = "".join(f"{n},-1,{left},20,20,50,0.9,-1,-1,-1\n" for n, left in rows)
    sequence = make_sequence((), length=2, images=False, detections=text)
    lefts = {}

    class NotesLefts(Diary):
        def write(self, frame, tracks):
            lefts[frame.number] = dict(
                zip(tracks.ids.tolist(), tracks.boxes_tlwh[:, 0], strict=True)
            )

    go(sequence, sinks=[NotesLefts()])
    assert lefts[1] == pytest.approx({1: 10, 2: 99})
    assert lefts[2] == pytest.approx({1: 12, 2: 100}, abs=0.5)


def test_a_sequence_that_the_user_stops_leaves_no_files(make_sequence, tmp_path):
    sequence = make_sequence(ONE, length=9, images=False)
    first, last = Diary(), Diary(stop_at=4)
    statistics = go(sequence, sinks=[first, ResultFile(tmp_path / "s.txt"), last])
    assert first.entries[-1] == last.entries[-1] == "StopTracking"
    assert (statistics.frames, statistics.is_kept) == (4, False)
    assert not list(tmp_path.glob("s.txt"))


def test_a_source_that_the_user_stops_leaves_the_frames_so_far(make_sequence, tmp_path):
    sequence = make_sequence(ONE, length=9)
    first, last = Diary(), Diary(stop_at=4)
    sinks = [first, ResultFile(tmp_path / "s.txt"), last]
    detector = DetectionTable(read_detections(sequence.find_detections(), sequence.length))
    feed = SourceFeed(SequenceSource(sequence))
    statistics = track_feed(feed, detector, None, TrackerOptions(), sinks)
    assert first.entries[-1] == last.entries[-1] == "exit"
    assert (statistics.frames, statistics.is_kept) == (4, True)
    assert (tmp_path / "s.txt").read_text().count("\n") == 4


def test_a_sequence_stopped_in_its_last_frame_is_whole(make_sequence):
    sink = Diary(stop_at=3)
    statistics = go(make_sequence(ONE, length=3, images=False), sinks=[sink])
    assert (statistics.is_kept, sink.entries[-1]) == (True, "exit")


def test_sinks_see_a_failure(make_sequence):
    sequence = make_sequence(ONE, length=4)
    sequence.frame_path(3).write_bytes(b"")
    sink = Diary(needs_images=True)
    with pytest.raises(InputError, match=r"000003\.jpg"):
        go(sequence, sinks=[sink])
    assert sink.entries[-1] == "InputError"


def test_without_images_nothing_is_opened(make_sequence):
    sink = Diary(needs_images=True)
    with pytest.raises(InputError, match="has no frames"):
        go(make_sequence(length=2, images=False), sinks=[sink])
    assert sink.entries == []


def test_the_descriptors_time_is_not_the_trackers(make_sequence):
    import time

    class Slow(Corners):
        def __call__(self, frame, boxes_tlwh):
            time.sleep(0.01)
            return super().__call__(frame, boxes_tlwh)

    report = go(make_sequence(ONE, length=5, images=False), Slow())
    # Each of the five calls sleeps for at least 10 ms.
    assert report.description >= 0.05
    assert report.association >= 0


class Faded(Corners):
    """A descriptor whose calibrated gate is too strict for the change in frame 20."""

    metric = AppearanceMetric("cosine", gate=0.05)

    def __call__(self, frame, boxes_tlwh):
        # The cosine of the two features is 0.9, so their distance is 0.1.
        feature = [1.0, 0.0] if self.started[-1] < 20 else [0.9, np.sqrt(1 - 0.81)]
        return np.array([feature] * len(boxes_tlwh), np.float32)


@pytest.mark.parametrize(
    ("options", "identities"),
    [
        (TrackerOptions(), 2),
        (TrackerOptions(paper_metric=True), 1),
        (TrackerOptions(paper_metric=True, max_distance=0.05), 2),
        (TrackerOptions(max_distance=0.15), 1),
    ],
)
def test_the_options_choose_the_gate(make_sequence, options, identities):
    rows = "".join(f"{n},-1,10,20,20,50,0.9,-1,-1,-1\n" for n in (*range(1, 11), *range(20, 31)))
    sequence = make_sequence(ONE, length=30, images=False, detections=rows)
    assert go(sequence, Faded(), options).identities == identities
