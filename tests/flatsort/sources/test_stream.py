"""Footage behind URLs of a local server: videos with an end, stalls and cameras."""

import socket
import time

import pytest

from flatsort.errors import InputError
from flatsort.sources.live import LiveSource
from flatsort.sources.stream import open_url
from flatsort.sources.video_file import VideoFile
from tests.flatsort.clips import grey_frames, number_of, write_clip
from tests.flatsort.loopback import Camera, Server

WAIT = 30


@pytest.fixture
def serve(tmp_path):
    servers = []

    def start(path=None, images=None):
        server = Camera(images) if path is None else Server(path.read_bytes())
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.close()


@pytest.mark.parametrize("name", ["walk.mp4", "walk.ts"])
def test_a_video_behind_a_url_has_all_its_frames(tmp_path, serve, name):
    server = serve(write_clip(tmp_path / name, grey_frames(20), faststart=name.endswith("4")))
    url = server.url.replace("http://", "http://me:secret@").replace("MOT16.zip", name)
    source = open_url(url, WAIT)
    assert isinstance(source, VideoFile)
    assert (source.name, source.frame_rate) == ("127.0.0.1-walk", 10)
    assert "secret" not in source.location
    numbers = [(frame.number, number_of(frame.image)) for frame in source.frames()]
    assert numbers == [(n, n) for n in range(1, 21)]
    assert source.notes == []


def test_a_silent_server_ends_the_video(tmp_path, serve):
    server = serve(write_clip(tmp_path / "a.mp4", grey_frames(60), faststart=True))
    source = open_url(server.url, 0.5)
    server.stalls = [len(server.content) * 2 // 3]
    frames = list(source.frames())
    assert 20 < len(frames) < 60
    assert f"ended with frame {len(frames)}, after" in source.notes[-1]
    assert source.notes[-1].endswith("of 6.0 s: no data for 0.5 s")


def test_a_server_that_closes_the_connection_ends_the_video(tmp_path, serve):
    server = serve(write_clip(tmp_path / "a.mp4", grey_frames(60), faststart=True))
    source = open_url(server.url, WAIT)
    server.cuts = [len(server.content) * 2 // 3]
    frames = list(source.frames())
    assert 20 < len(frames) < 60
    assert source.notes[-1].endswith("of 6.0 s: the connection was closed")


def test_a_camera_gives_its_newest_frame(serve):
    """The camera sends sixty pictures, 5 ms apart; the tracker takes one every 50 ms."""

    def pictures():
        for image in grey_frames(60):
            yield image
            time.sleep(0.005)

    source = open_url(serve(images=pictures()).url, WAIT)
    assert isinstance(source, LiveSource)
    numbers, times = [], []
    with source:
        for frame in source.frames():
            numbers.append(frame.number)
            times.append(frame.seconds)
            last = number_of(frame.image)
            time.sleep(0.05)
    assert numbers == list(range(1, len(numbers) + 1))
    assert times == sorted(set(times))
    # The greys start anew after 24 pictures.
    assert last == 60 % 25
    assert 1 < len(numbers) < 60
    ended, dropped = source.notes
    assert ended.startswith(f"127.0.0.1-MOT16 ended after {len(numbers)} frames: ")
    assert dropped.startswith(f"{60 - len(numbers)} frames of 127.0.0.1-MOT16 came while")


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("http://me:secret@127.0.0.1:9/a.mp4", "http://127.0.0.1:9/a.mp4: cannot open it"),
        ("rtsp://127.0.0.1:9/stream", "Connection refused"),
        ("carrier-pigeon://127.0.0.1/a", "Protocol not found"),
    ],
)
def test_a_url_without_a_server(url, complaint):
    with pytest.raises(InputError) as error:
        open_url(url, WAIT)
    assert complaint in str(error.value)
    assert "secret" not in str(error.value)


def test_a_url_without_a_video(tmp_path, serve):
    page = tmp_path / "page.html"
    page.write_text("<html>People walk.</html>" * 50)
    with pytest.raises(InputError, match="not a video"):
        open_url(serve(page).url, WAIT)
    server = serve(page)
    server.statuses = [404]
    with pytest.raises(InputError, match="404 Not Found"):
        open_url(server.url, WAIT)


def test_a_server_that_never_answers(tmp_path, serve):
    page = tmp_path / "page.html"
    page.write_text("silence")
    server = serve(page)
    server.stalls = [0]
    with pytest.raises(InputError, match=r"no answer within 0\.3 s"):
        open_url(server.url, 0.3)


def test_a_silent_rtsp_server_is_named_with_the_time():
    """It accepts the connection and never speaks."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"rtsp://127.0.0.1:{server.getsockname()[1]}/street"
        with pytest.raises(InputError, match=r"street: no answer within 0\.5 s"):
            open_url(url, 0.5)
