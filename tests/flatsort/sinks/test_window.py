"""The window: on a display, without one, and beside PyAV."""

import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

from flatsort.errors import InputError
from flatsort.files.paths import PROJECT
from flatsort.images.video import VideoWriter
from flatsort.sinks import Window


@pytest.mark.parametrize("display", [None, ""])
def test_a_window_needs_a_display(monkeypatch, display):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
        if display is not None:
            monkeypatch.setenv(name, display)
    with pytest.raises(InputError, match="needs a display"):
        Window("title")


@pytest.mark.parametrize("module", ["images.video", "sources.container", "sources.registry"])
def test_opencv_is_loaded_before_pyav(module):
    """Otherwise OpenCV's windows hang: PyAV brings an X11 library of its own."""
    program = f"import sys, flatsort.{module}; loaded = list(sys.modules); "
    program += "print(loaded.index('cv2') < loaded.index('av') if 'av' in loaded else True)"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (ended.stdout, ended.stderr) == ("True\n", "")


def test_a_program_that_loads_pyav_first_is_told_so():
    program = (
        "import av, cv2\n"
        "from flatsort.sinks import Window\n"
        "try:\n    Window('title')\nexcept ValueError as error:\n    print(error)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        env={"DISPLAY": ":99"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "imports av before cv2: import cv2 first" in ended.stdout, ended.stderr


def test_a_window_shows_frames_as_track_py_opens_it(tmp_path):
    """A run beside PyAV, on a display without a screen; before, it hung at its first frame."""
    server = shutil.which("Xvfb")
    if server is None:
        pytest.skip("no Xvfb, which gives a display without a screen: apt-get install xvfb")
    clip = tmp_path / "clip.mp4"
    with VideoWriter(clip, 25) as film:
        for _ in range(5):
            film.write(np.full((48, 64, 3), 90, np.uint8))
    (tmp_path / "det.txt").write_text("1,-1,10,10,20,30,0.9\n2,-1,10,10,20,30,0.9\n")
    reading, writing = os.pipe()
    # The server chooses a free number and tells it.
    display = subprocess.Popen(
        [server, "-displayfd", str(writing)], pass_fds=[writing], stderr=subprocess.DEVNULL
    )
    try:
        number = os.read(reading, 9).decode().strip()
        words = ["--source", str(clip), "--detector", f"file:{tmp_path / 'det.txt'}", "--show"]
        words += ["--descriptor", "none", "--results", str(tmp_path), "--no-cache"]
        ended = subprocess.run(
            [sys.executable, str(PROJECT / "tools" / "track.py"), *words],
            env={**os.environ, "DISPLAY": f":{number}"},
            capture_output=True,
            text=True,
            timeout=120,
        )
    finally:
        display.kill()
        display.wait()
        os.close(reading)
        os.close(writing)
    assert ended.returncode == 0, ended.stderr
    assert "5 frames" in ended.stdout
