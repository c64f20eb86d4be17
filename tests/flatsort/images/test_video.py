"""The mp4 file: its frames, the place of its index, and the files after a failure."""

import weakref

import av
import numpy as np
import pytest

from flatsort.errors import InputError
from flatsort.images.video import VideoWriter


def frames(count, width=64, height=48):
    """Make plain frames that grow brighter."""
    return (np.full((height, width, 3), 20 + 10 * n % 200, np.uint8) for n in range(count))


def write(path, images, frame_rate=10):
    with VideoWriter(path, frame_rate) as video:
        for image in images:
            video.write(image)


def decode(path):
    """Return codec, pixel format, frame rate, and the frames in BGR."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        images = [frame.to_ndarray(format="bgr24") for frame in container.decode(stream)]
        context = stream.codec_context
        return context.name, context.pix_fmt, float(stream.average_rate), images


@pytest.mark.parametrize("frame_rate", [10, 25, 29.97, 30, 12.5])
def test_frames_size_rate_and_codec(tmp_path, frame_rate):
    write(tmp_path / "a.mp4", frames(12), frame_rate)
    codec, pixels, rate, images = decode(tmp_path / "a.mp4")
    assert (codec, pixels) == ("h264", "yuv420p")
    assert rate == pytest.approx(frame_rate, rel=1e-4)
    assert [image.shape for image in images] == [(48, 64, 3)] * 12
    # H.264 is lossy, but the frames stay similar and in order.
    means = [image.mean() for image in images]
    np.testing.assert_allclose(means, [20 + 10 * n for n in range(12)], atol=4)


def test_colours_are_bgr(tmp_path):
    red = np.zeros((48, 64, 3), np.uint8)
    red[..., 2] = 220
    write(tmp_path / "a.mp4", [red] * 3)
    blue, green, found = decode(tmp_path / "a.mp4")[3][1].mean(axis=(0, 1))
    assert found > 190
    assert max(blue, green) < 30


def test_the_index_comes_before_the_pictures(tmp_path):
    """A browser can then play the video while it loads."""
    write(tmp_path / "a.mp4", frames(5))
    data = (tmp_path / "a.mp4").read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")


@pytest.mark.parametrize(("width", "height"), [(65, 49), (64, 49), (65, 48), (3, 2)])
def test_odd_sizes_lose_their_last_row_or_column(tmp_path, width, height):
    write(tmp_path / "a.mp4", frames(3, width, height))
    images = decode(tmp_path / "a.mp4")[3]
    assert [image.shape for image in images] == [(height // 2 * 2, width // 2 * 2, 3)] * 3


def test_a_frame_that_is_a_view_of_another_is_written(tmp_path):
    wide = np.full((48, 200, 3), 100, np.uint8)
    wide[:, ::2] = 100
    write(tmp_path / "a.mp4", [wide[:, 20:84], wide[:, ::-1][:, :64]])
    assert len(decode(tmp_path / "a.mp4")[3]) == 2


def test_frames_beyond_h264_are_refused_at_the_first(tmp_path):
    with pytest.raises(InputError, match="20000x32 pixels are too large for H"):
        write(tmp_path / "a.mp4", frames(1, 20_000, 32))
    assert list(tmp_path.iterdir()) == []


def test_a_change_of_size_is_an_error_and_leaves_nothing(tmp_path):
    images = [*frames(3), *frames(1, 80, 48)]
    with pytest.raises(InputError, match="change from 64x48 to 80x48"):
        write(tmp_path / "a.mp4", images)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("before", [0, 1, 40])
def test_an_exception_in_the_block_leaves_no_file_and_is_raised(tmp_path, before):
    def images():
        yield from frames(before)
        raise KeyError("of the caller")

    with pytest.raises(KeyError, match="of the caller"):
        write(tmp_path / "a.mp4", images())
    assert list(tmp_path.iterdir()) == []


def test_an_older_video_stays_until_the_new_one_is_complete(tmp_path):
    path = tmp_path / "a.mp4"
    path.write_text("older")

    def images():
        for image in frames(4):
            assert path.read_text() == "older"
            yield image

    write(path, images())
    assert len(decode(path)[3]) == 4
    assert list(tmp_path.iterdir()) == [path]


def test_no_frames_make_no_file(tmp_path):
    write(tmp_path / "a.mp4", [])
    assert list(tmp_path.iterdir()) == []


def test_folders_are_made(tmp_path):
    write(tmp_path / "new" / "folder" / "a.MP4", frames(2))
    assert (tmp_path / "new" / "folder" / "a.MP4").is_file()


@pytest.mark.parametrize("name", ["a.avi", "a", "a.mp4.txt", ".mp4"])
def test_another_ending(tmp_path, name):
    with pytest.raises(InputError, match=r"must end in \.mp4"):
        VideoWriter(tmp_path / name, 10)


def test_paths_that_cannot_be_written(tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "folder.mp4").mkdir()
    with (
        pytest.raises(InputError, match="cannot write here"),
        VideoWriter(tmp_path / "file" / "a.mp4", 10),
    ):
        pytest.fail("entered")
    with pytest.raises(InputError, match="it is a folder"):
        VideoWriter(tmp_path / "folder.mp4", 10)


def test_frames_are_not_kept(tmp_path):
    """Memory use is constant: the writer holds none of a hundred written frames."""
    given = []
    with VideoWriter(tmp_path / "a.mp4", 10) as video:
        for image in frames(100):
            given.append(weakref.ref(image))
            video.write(image)
            del image
            assert sum(reference() is not None for reference in given) <= 1


def test_a_larger_quality_factor_makes_a_smaller_file(tmp_path):
    noise = np.random.default_rng(0).integers(0, 255, (3, 48, 64, 3), np.uint8)
    sizes = []
    for quality in (20, 40):
        with VideoWriter(tmp_path / "a.mp4", 10, quality) as video:
            for image in noise:
                video.write(image)
        sizes.append((tmp_path / "a.mp4").stat().st_size)
    assert sizes[1] < sizes[0] / 2
