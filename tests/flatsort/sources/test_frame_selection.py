"""The frames from a start to an end, every Nth one."""

import itertools

import pytest

from flatsort.errors import InputError
from flatsort.sources.frame_selection import (
    ALL,
    FrameSelection,
    frame_times,
    parse_instant,
    select_frames,
)
from flatsort.sources.video_file import VideoFile
from tests.flatsort.clips import grey_frames, write_clip


class Camera:
    """The facts of live footage that a selection needs."""

    is_live, location, frame_rate, length = True, "0", 25.0, None


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("90", 90.0),
        ("90s", 90.0),
        ("1.5", 1.5),
        ("1:30", 90.0),
        ("0:01:30", 90.0),
        ("01:02:03.5", 3723.5),
        ("120f", 120),
        ("007f", 7),
    ],
)
def test_times_and_frames(text, instant):
    found = parse_instant(text)
    assert (found, type(found)) == (instant, type(instant))


@pytest.mark.parametrize("text", ["", "f", "0f", "-1", "1:60", "1:2:3:4", "1:75:00", "ten", "nan"])
def test_texts_that_name_no_instant(text):
    with pytest.raises(ValueError, match="give a time"):
        parse_instant(text)


def test_numbers_keep_to_the_footage():
    assert [*FrameSelection(3, 9, 3).numbers(100)] == [3, 6, 9]
    assert [*FrameSelection(3, 9, 3).numbers(8)] == [3, 6]
    assert [*itertools.islice(FrameSelection(2, None, 5).numbers(), 3)] == [2, 7, 12]
    assert (ALL.count(7), FrameSelection(every=3).count(7), ALL.count(None)) == (7, 3, None)
    assert ALL.wanted is None


def test_a_sequence_of_ten_frames_per_second(make_sequence):
    """Frame n is at (n - 1) / 10 s, so the second from 0.5 to 1.5 has frames 6 to 15."""
    sequence = make_sequence(length=30)
    assert select_frames(sequence) == ALL
    assert select_frames(sequence, 0.5, 1.5) == FrameSelection(6, 15)
    assert select_frames(sequence, 0.51, None, 4) == FrameSelection(7, None, 4)
    assert select_frames(sequence, 6, 15) == FrameSelection(6, 15)
    assert select_frames(sequence, end=99.0) == FrameSelection(1, 30)
    assert frame_times(sequence, 0.15) == pytest.approx([0, 0.1, 0.2])


@pytest.mark.parametrize(
    ("start", "end", "every", "complaint"),
    [
        (3.0, None, 1, "ends before it, with frame 30"),
        (31, None, 1, "ends before it, with frame 30"),
        (2.0, 1.0, 1, "--end: it comes before"),
        (None, 0.0, 1, "--end: it comes before"),
        (9, 8, 1, "--end: it comes before"),
        (None, None, 0, "--every 0"),
    ],
)
def test_empty_selections_are_refused(make_sequence, start, end, every, complaint):
    with pytest.raises(InputError, match=complaint):
        select_frames(make_sequence(length=30), start, end, every)


def test_a_video_is_asked_for_the_times_of_its_frames(tmp_path):
    """Half of the frames are missing after the first second: 2 s is frame 16, not frame 21."""
    times = [n / 10 for n in range(10)] + [1 + n / 5 for n in range(10)]
    source = VideoFile(str(write_clip(tmp_path / "a.mp4", grey_frames(20), times=times)), "a")
    assert frame_times(source) == pytest.approx(times)
    assert [frame.seconds for frame in source.frames()] == pytest.approx(times)
    assert select_frames(source, 2.0, 2.4) == FrameSelection(16, 17)
    with pytest.raises(InputError, match="with frame 20"):
        select_frames(source, 2.9)


def test_a_camera_has_an_end_but_no_start():
    assert select_frames(Camera(), None, 60.0, 2) == FrameSelection(every=2, end_s=60.0)
    assert select_frames(Camera(), None, 60) == FrameSelection(last=60)
    with pytest.raises(InputError, match="leave out --start"):
        select_frames(Camera(), 1.0)
