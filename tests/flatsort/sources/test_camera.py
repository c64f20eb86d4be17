"""Cameras. OpenCV's capture of a clip stands in for a camera."""

import cv2
import pytest

from flatsort.errors import InputError
from flatsort.sources.camera import CameraReceiver, open_camera
from flatsort.sources.live import LiveSource
from tests.flatsort.clips import grey_frames, number_of, write_clip


def test_frames_come_until_the_camera_gives_no_more(tmp_path):
    capture = cv2.VideoCapture(str(write_clip(tmp_path / "a.mp4", grey_frames(5))))
    receiver = CameraReceiver(capture)
    arrivals = list(receiver.arrivals())
    assert [number_of(arrival.image()) for arrival in arrivals] == [1, 2, 3, 4, 5]
    times = [arrival.seconds for arrival in arrivals]
    assert times == sorted(times)
    assert receiver.failure == "the camera gives no more frames"
    assert not capture.isOpened()


def test_a_camera_as_a_source_gives_its_newest_frames(tmp_path):
    capture = cv2.VideoCapture(str(write_clip(tmp_path / "a.mp4", grey_frames(20))))
    source = LiveSource(CameraReceiver(capture), "camera-0", "0", 30.0, timeout=30)
    with source:
        frames = list(source.frames())
    numbers = [number_of(frame.image) for frame in frames]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] == 20
    assert [frame.number for frame in frames] == list(range(1, len(frames) + 1))
    ended = f"camera-0 ended after {len(frames)} frames: the camera gives no more frames"
    assert source.notes[0] == ended


def test_a_camera_that_is_not_used_is_released(tmp_path):
    capture = cv2.VideoCapture(str(write_clip(tmp_path / "a.mp4", grey_frames(2))))
    with LiveSource(CameraReceiver(capture), "camera-0", "0", 30.0, timeout=30):
        pass
    assert not capture.isOpened()


def test_a_missing_camera_is_an_error(capfd):
    with pytest.raises(InputError, match="camera 97 cannot be opened: connect it, or"):
        open_camera(97, 1.0)
    assert capfd.readouterr() == ("", "")
