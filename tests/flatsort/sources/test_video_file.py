"""Video files: their frames, times and rotation, and damaged files."""

import gc
import struct

import av
import numpy as np
import pytest

from flatsort.errors import InputError
from flatsort.sources.container import UprightImages
from flatsort.sources.video_file import VideoFile
from tests.flatsort.clips import grey_frames, number_of, write_clip, write_sound


def opened(path):
    return VideoFile(str(path), path.stem)


@pytest.fixture
def clip(tmp_path):
    return write_clip(tmp_path / "walk.mp4", grey_frames(20))


def test_every_frame_in_order(clip):
    source = opened(clip)
    assert (source.name, source.length, source.frame_rate) == ("walk", 20, 10)
    assert source.location == str(clip.resolve())
    for _ in range(2):
        with source:
            frames = list(source.frames())
        assert [frame.number for frame in frames] == list(range(1, 21))
        assert [number_of(frame.image) for frame in frames] == list(range(1, 21))
        assert [frame.seconds for frame in frames] == pytest.approx([n / 10 for n in range(20)])
    assert frames[0].image.shape == (48, 64, 3)
    assert source.notes == []


def test_frames_that_are_not_wanted_are_not_converted(clip, monkeypatch):
    converted, convert = [], UprightImages.__call__
    monkeypatch.setattr(
        UprightImages, "__call__", lambda *both: converted.append(both) or convert(*both)
    )
    frames = list(opened(clip).frames([3, 4, 17]))
    assert [(frame.number, number_of(frame.image)) for frame in frames] == [
        (3, 3),
        (4, 4),
        (17, 17),
    ]
    assert [frame.seconds for frame in frames] == pytest.approx([0.2, 0.3, 1.6])
    assert len(converted) == 3
    assert list(opened(clip).frames([])) == []


def test_pictures_go_without_the_help_of_the_collector(clip):
    """Many videos in one process would fill gigabytes before it comes by."""
    gc.collect()
    gc.disable()
    try:
        for _ in opened(clip).frames():
            pass
        left = [each for each in gc.get_objects() if type(each) is av.VideoFrame]
    finally:
        gc.enable()
    # The first frame, whose side data are read, and the last picture.
    assert len(left) <= 2


def test_a_variable_rate_and_dropped_frames(tmp_path):
    """Ten frames at the usual interval of 0.1 s, then a gap of a second."""
    times = [n / 10 for n in range(10)] + [2.0, 2.1, 2.15]
    clip = write_clip(tmp_path / "a.mp4", grey_frames(13), times=times)
    source = opened(clip)
    assert [frame.seconds for frame in source.frames()] == pytest.approx(times)
    # On average there are 5.8 frames per second: 13 in 2.25 s. The usual rate is 10.
    assert source.frame_rate == pytest.approx(10)


def test_bgr(tmp_path):
    red = np.zeros((48, 64, 3), np.uint8)
    red[..., 2] = 220
    (frame,) = opened(write_clip(tmp_path / "a.mp4", [red])).frames()
    blue, green, found = frame.image.mean(axis=(0, 1))
    assert found > 190 > 30 > max(blue, green)


@pytest.mark.parametrize(
    ("rotation", "corner"),
    # The rotation is counter-clockwise: the top left corner moves to another corner.
    [(90, (-1, 0)), (180, (-1, -1)), (-90, (0, -1)), (0, (0, 0))],
)
def test_a_telephone_held_upright(tmp_path, rotation, corner):
    clip = write_clip(tmp_path / "a.mp4", grey_frames(2), rotation=rotation)
    for frame in opened(clip).frames():
        assert frame.image.shape == ((64, 48, 3) if rotation % 180 else (48, 64, 3))
        assert frame.image.flags.c_contiguous
        white = frame.image[..., 0] > 200
        assert white[corner]
        assert white.mean() == pytest.approx(1 / 16, abs=0.02)


@pytest.mark.parametrize(
    ("matrix", "corner"),
    [
        # (a, b, c, d) map the point (x, y) to (a x + c y, b x + d y): x to the left, y upwards.
        pytest.param((-1, 0, 0, 1), (0, -1), id="left to right"),
        pytest.param((1, 0, 0, -1), (-1, 0), id="upside down"),
        pytest.param((0, 1, 1, 0), (0, 0), id="rows and columns exchanged"),
        pytest.param((0, -1, -1, 0), (-1, -1), id="exchanged and turned"),
    ],
)
def test_a_mirrored_film(tmp_path, matrix, corner):
    clip = write_clip(tmp_path / "a.mp4", grey_frames(2))
    data = bytearray(clip.read_bytes())
    # In the track's header, 40 bytes follow its type before the matrix (ISO 14496-12).
    start = data.index(b"tkhd") + 4 + 40 + (12 if data[data.index(b"tkhd") + 4] else 0)
    a, b, c, d = (65536 * value for value in matrix)
    data[start : start + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
    clip.write_bytes(data)
    for frame in opened(clip).frames():
        assert frame.image.shape == ((64, 48, 3) if matrix[0] == 0 else (48, 64, 3))
        assert (frame.image[..., 0] > 200)[corner]


def test_a_size_that_changes_and_times_that_start_anew(tmp_path):
    parts = [
        write_clip(tmp_path / "a.ts", grey_frames(15)),
        write_clip(tmp_path / "b.ts", grey_frames(15, size=(96, 64))),
    ]
    joined = tmp_path / "c.ts"
    joined.write_bytes(b"".join(part.read_bytes() for part in parts))
    frames = list(opened(joined).frames())
    assert [frame.image.shape[:2] for frame in frames] == [(48, 64)] * 15 + [(64, 96)] * 15
    assert [number_of(frame.image) for frame in frames] == [*range(1, 16)] * 2
    assert [frame.seconds for frame in frames] == pytest.approx([n / 10 for n in range(30)])


def noise(count):
    """Frames of noise, which take many bytes each."""
    rng = np.random.default_rng(0)
    return (rng.integers(0, 255, (48, 64, 3), np.uint8) for _ in range(count))


def test_a_file_that_was_cut_off_gives_its_remaining_frames(tmp_path):
    clip = write_clip(tmp_path / "a.mp4", noise(50), faststart=True)
    data = clip.read_bytes()
    clip.write_bytes(data[: len(data) // 2])
    source = opened(clip)
    frames = list(source.frames())
    last = frames[-1].number
    assert 20 < last < 30
    note = f"a ended with frame {last}, after {frames[-1].seconds:.1f} of 5.0 s: it was cut off"
    assert source.notes[-1].startswith(note)
    # An iteration over the first frames does not see the end, so it has no notes.
    assert len(list(source.frames([1, 2]))) == 2
    assert source.notes == []


def test_a_cut_off_file_without_a_frame_count(tmp_path):
    clip = write_clip(tmp_path / "a.mkv", noise(50))
    data = clip.read_bytes()
    clip.write_bytes(data[: len(data) // 3])
    source = opened(clip)
    frames = list(source.frames())
    assert 10 < len(frames) < 25
    assert f"a ended with frame {len(frames)}, after" in source.notes[-1]


def test_damaged_packets_are_skipped(tmp_path):
    clip = write_clip(tmp_path / "a.mp4", noise(50), faststart=True)
    data = bytearray(clip.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 9000] = b"\x55" * 9000
    clip.write_bytes(data)
    source = opened(clip)
    frames = list(source.frames())
    assert 40 <= len(frames) < 50
    assert " damaged packet" in source.notes[0]
    assert frames[-1].seconds == pytest.approx(4.9, abs=0.11)


def complaint(path):
    with pytest.raises(InputError) as error:
        opened(path)
    assert str(path) in str(error.value)
    return str(error.value)


def test_files_that_are_no_video(tmp_path, clip):
    text, other, empty = (tmp_path / name for name in ("notes.txt", "notes.md", "empty.mp4"))
    text.write_text("People walk.\n" * 50)
    other.write_text("People walk.\n" * 50)
    empty.touch()
    assert "a text file, not a video" in complaint(text)
    for path in (other, empty):
        assert "not a video" in complaint(path)
    # The index of a plain mp4 is at its end.
    clip.write_bytes(clip.read_bytes()[:-400])
    assert "or a video that was cut off" in complaint(clip)


def test_sound_only(tmp_path):
    assert "it has no video that can be decoded" in complaint(write_sound(tmp_path / "a.m4a"))


def test_a_video_without_frames(tmp_path):
    path = tmp_path / "a.mov"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        container.start_encoding()
    assert "it has no video that can be decoded" in complaint(path)


def test_a_video_without_a_decodable_frame(tmp_path):
    clip = write_clip(tmp_path / "a.mp4", noise(5), faststart=True)
    data = bytearray(clip.read_bytes())
    pictures = data.index(b"mdat") + 4
    data[pictures:] = b"\x55" * (len(data) - pictures)
    clip.write_bytes(data)
    assert "no frame of it can be decoded" in complaint(clip)


def test_a_file_that_vanishes_after_it_was_opened(clip):
    source = opened(clip)
    clip.unlink()
    with pytest.raises(InputError, match=r"walk\.mp4: cannot open it: No such file"):
        next(source.frames())
