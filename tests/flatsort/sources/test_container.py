"""Passwords in URLs, frame rates in headers, and files without video."""

from fractions import Fraction

import av
import numpy as np
import pytest

from flatsort.errors import InputError
from flatsort.sources.container import open_container, plausible_rate, without_password


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("rtsp://me:secret@camera.local:554/1?x=a@b", "rtsp://camera.local:554/1?x=a@b"),
        ("http://me@host/a@b.mp4", "http://host/a@b.mp4"),
        ("http://a:b@c:d@host/x", "http://host/x"),
        ("http://host/a@b.mp4", "http://host/a@b.mp4"),
        ("http://[::1", "http://[::1"),
        ("me@home/walk.mp4", "me@home/walk.mp4"),
        ("walk.mp4", "walk.mp4"),
    ],
)
def test_passwords_are_not_shown(given, shown):
    assert without_password(given) == shown


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        (Fraction(30000, 1001), 30000 / 1001),
        (0.01, 0.01),
        *((none, 25.0) for none in (None, 0, -1.0, float("nan"), float("inf"), 90_000)),
    ],
)
def test_implausible_rates_are_replaced(rate, expected):
    assert plausible_rate(rate) == expected


def test_music_with_a_cover_is_no_video(tmp_path):
    path = tmp_path / "song.mp4"
    with av.open(str(path), "w") as container:
        sound = container.add_stream("aac", rate=16_000)
        cover = container.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 32, 32, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        frame = av.AudioFrame.from_ndarray(
            np.zeros((1, 3200), np.float32), format="fltp", layout="mono"
        )
        frame.sample_rate = 16_000
        container.mux(sound.encode(frame))
        picture = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="bgr24")
        container.mux(cover.encode(picture.reformat(format="yuvj420p")))
        for stream in (sound, cover):
            container.mux(stream.encode())
    with pytest.raises(InputError, match="it has no video that can be decoded"):
        open_container(str(path), None)


def test_a_url_that_does_not_exist():
    with pytest.raises(InputError, match=r"http://\[::1: cannot open it"):
        open_container("http://[::1", 5.0)
