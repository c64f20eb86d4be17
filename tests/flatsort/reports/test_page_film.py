"""The film of a page: its size, its drawn boxes, its times and its base64 parts."""

import base64

import av
import cv2
import numpy as np
import pytest

from flatsort.images.drawing import colour
from flatsort.reports import page_film as film_module
from flatsort.reports.page_film import EmbeddedFilm, Film
from flatsort.sources.source import Frame

GREY = 90


def frame(number, width, height):
    return Frame(number, 0.0, np.full((height, width, 3), GREY, np.uint8))


def decode(path):
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        rate = float(stream.average_rate)
        frames = list(container.decode(stream))
        keys = [number for number, frame in enumerate(frames) if frame.key_frame]
        times = [frame.time for frame in frames]
        return rate, keys, times, [frame.to_ndarray(format="bgr24") for frame in frames]


def test_boxes_are_drawn_where_they_are_in_the_smaller_film(make_rows, tmp_path):
    # The box is 80 x 100 px at (300, 120); the film is half as large.
    rows = make_rows((1, 7, 300, 120, 80, 100))
    with Film(tmp_path / "a.mp4", rows, 2, 10.0, width=200) as film:
        for number in (1, 2, 3):
            film.see(frame(number, 400, 240))
    assert film.size == (200, 120)
    rate, _, _, (first, second, third) = decode(tmp_path / "a.mp4")
    assert rate == 10
    assert first.shape == (120, 200, 3)
    # In the film the left side of the box is at column 150, from row 60 to row 110.
    assert np.abs(first[80:105, 150].astype(int) - colour(7)).mean() < 40
    # Frames without rows, and frames after the last row, show no box.
    for image in (second, third):
        assert np.abs(image[60:112, 145:195].astype(int) - GREY).max() < 12


def test_a_frame_after_a_missing_number_keeps_its_time(make_rows, tmp_path):
    with Film(tmp_path / "a.mp4", make_rows(), 1, 10.0, width=96) as film:
        for number in (1, 2, 4):
            film.see(frame(number, 60, 40))
    assert decode(tmp_path / "a.mp4")[2] == pytest.approx([0, 0.1, 0.3])


def test_only_wide_frames_are_scaled_down(make_rows, tmp_path):
    for (width, height), size in {
        (1920, 1080): (96, 54),
        (60, 40): (60, 40),
        (61, 41): (60, 40),
        (200, 3): (96, 2),
    }.items():
        with Film(tmp_path / "a.mp4", make_rows(), 1, 10.0, width=96) as film:
            film.see(frame(1, width, height))
        assert film.size == size


def test_frames_of_another_size_are_scaled_to_the_film(make_rows, tmp_path):
    rows = make_rows((1, 7, 0, 0, 100, 60), (2, 7, 0, 0, 200, 120))
    with Film(tmp_path / "a.mp4", rows, 2, 10.0, width=100) as film:
        film.see(frame(1, 100, 60))
        film.see(frame(2, 200, 120))
    images = decode(tmp_path / "a.mp4")[3]
    assert [image.shape for image in images] == [(60, 100, 3)] * 2
    # Both images show the same box; trail, frame number and encoding losses differ.
    assert np.abs(images[0].astype(int) - images[1]).mean() < 6


@pytest.mark.parametrize("rate", [10.0, 30.0, 29.97])
def test_frame_times_follow_numbers_and_key_frames_are_near(make_rows, tmp_path, rate):
    with Film(tmp_path / "a.mp4", make_rows(), 1, rate, width=96) as film:
        for number in range(1, 101):
            film.see(frame(number, 32, 32))
    _, keys, times, images = decode(tmp_path / "a.mp4")
    assert len(images) == 100
    np.testing.assert_allclose(times, np.arange(100) / rate, atol=0.2 / rate)
    assert np.diff([*keys, 100]).max() <= round(2 * rate)


def test_joined_parts_are_the_base64_of_the_film(tmp_path, monkeypatch):
    monkeypatch.setattr(film_module, "_PART_BYTES", 30)
    data = bytes(range(256)) * 3
    (tmp_path / "a.mp4").write_bytes(data)
    film = EmbeddedFilm(tmp_path / "a.mp4", (2, 2), b"")
    parts = list(film.parts())
    assert len(parts) == 26
    assert base64.b64decode("".join(parts), validate=True) == data
    assert film.bytes == 768


def test_the_poster_is_the_frame_with_the_most_tracks(make_rows, tmp_path):
    rows = make_rows((1, 1, 0, 0, 9, 9), (2, 1, 0, 0, 9, 9), (2, 2, 40, 0, 9, 9))
    with Film(tmp_path / "a.mp4", rows, 3, 10.0, width=64) as film:
        film.see(Frame(1, 0.0, np.full((48, 64, 3), 10, np.uint8)))
        assert film.poster
        film.see(Frame(2, 0.0, np.full((48, 64, 3), 200, np.uint8)))
        film.see(Frame(3, 0.0, np.full((48, 64, 3), 10, np.uint8)))
    poster = cv2.imdecode(np.frombuffer(film.poster, np.uint8), cv2.IMREAD_COLOR)
    assert poster.shape == (48, 64, 3)
    assert poster[45:, 60:].mean() == pytest.approx(200, abs=5)
