"""The endless clip with its frames and times, and the log of memory."""

import numpy as np
import pytest

from benchmarks.endurance import main
from benchmarks.endurance_loop import MIB, LoopedSource, MemoryLog, Remembered, resident_bytes
from flatsort.sources.source import Frame
from flatsort.sources.video_file import VideoFile
from flatsort.tracker import Detections
from tests.flatsort.clips import grey_frames, number_of, write_clip


@pytest.fixture
def clip(tmp_path):
    return write_clip(tmp_path / "a.mp4", grey_frames(10))


def test_a_looped_clip_goes_on_where_it_ended(clip):
    source = LoopedSource(VideoFile(str(clip), "a"), 25)
    for _ in range(2):
        with source:
            frames = list(source.frames())
        assert [frame.number for frame in frames] == list(range(1, 26))
        assert [number_of(frame.image) for frame in frames] == [n % 10 + 1 for n in range(25)]
        assert [frame.seconds for frame in frames] == pytest.approx([n / 10 for n in range(25)])
    assert [source.place(n) for n in (1, 10, 11, 25)] == [1, 10, 1, 5]


def test_each_frame_of_the_clip_is_detected_once(clip):
    seen = []

    class Counted:
        needs_images = True

        def __call__(self, frame):
            seen.append((frame.number, number_of(frame.image)))
            return Detections(np.full((1, 4), frame.number), np.ones(1))

    source = LoopedSource(VideoFile(str(clip), "a"), 25)
    detector = Remembered(Counted(), source)
    found = [int(detector(frame).boxes_tlwh[0, 0]) for frame in source.frames()]
    assert seen == [(n, n) for n in range(1, 11)]
    assert found == [n % 10 + 1 for n in range(25)]


def test_the_slope_is_that_of_the_second_half():
    """100 MiB at the start do not count; the 10 MiB per hour afterwards do."""
    log = MemoryLog(1)
    hours = np.arange(20) / 10
    log.notes = [(3600 * h, int((100 * (h < 0.8) + 10 * h) * MIB)) for h in hours]
    assert log.slope() == pytest.approx(10, abs=0.01)
    assert np.isnan(MemoryLog(1).slope())


def test_notes_are_taken_at_regular_intervals():
    log = MemoryLog(10)
    for number in range(1, 36):
        log.write(Frame(number, number / 10, None), None)
    assert [seconds for seconds, _ in log.notes] == [1, 2, 3]
    assert all(10 * MIB < resident < 1e12 for _, resident in log.notes)


def test_resident_memory_grows_with_an_array():
    before = resident_bytes()
    held = np.ones(64 * MIB, np.uint8)
    assert resident_bytes() - before > 50 * MIB
    del held


def test_the_command(tool, clip, tmp_path):
    (tmp_path / "det.txt").write_text("".join(f"{n},-1,10,10,9,30,0.9\n" for n in range(1, 11)))
    words = ("--source", clip, "--frames", 120, "--detector", f"file:{tmp_path / 'det.txt'}")
    outcome = tool(main, *words, "--descriptor", "histogram", "--out", tmp_path / "out")
    assert outcome.status == 0, outcome.err
    assert "120 frames (0.00 hours of footage, one clip repeated)" in outcome.out
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        *("endurance.json", "endurance.md")
    }
    assert "give at least 60" in tool(main, *words[:3], 59).error
