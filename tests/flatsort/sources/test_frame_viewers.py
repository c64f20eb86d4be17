"""Each frame that a viewer wants is read once, and no other frame is read."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from flatsort.errors import InputError
from flatsort.sources.frame_viewers import show
from flatsort.sources.numbered import ImageFolder, NumberedSource


class Recorder:
    def __init__(self, *wanted):
        self.wanted = frozenset(wanted) if wanted else None
        self.seen = []

    def see(self, frame):
        self.seen.append(frame.number)


@pytest.fixture
def source():
    read = []

    def read_frame(number):
        read.append(number)
        return np.zeros((4, 4, 3), np.uint8)

    source = NumberedSource("clip", Path("clip"), 10.0, 6, read_frame)
    source.read = read
    return source


def test_a_viewer_that_wants_all_frames(source):
    everything, some = Recorder(), Recorder(2, 5)
    assert show(source, [everything, some], last=6) == 6
    assert everything.seen == source.read == [1, 2, 3, 4, 5, 6]
    assert some.seen == [2, 5]


def test_unwanted_frames_are_not_read(source):
    some, others = Recorder(5, 2), Recorder(3, 5)
    assert show(source, [some, others], last=6) == 5
    assert (some.seen, others.seen, source.read) == ([2, 5], [3, 5], [2, 3, 5])


def test_no_viewer_wants_a_frame(source):
    nobody = Recorder(1)
    nobody.wanted = frozenset()
    assert show(source, [nobody], last=6) == 0
    assert source.read == []


def test_footage_that_is_longer_than_the_results(source):
    assert show(source, [Recorder()], last=4) == 6


def test_a_damaged_last_image_is_named(tmp_path):
    for name in ("1.png", "2.png", "3.png"):
        cv2.imwrite(str(tmp_path / name), np.zeros((4, 4, 3), np.uint8))
    for name in ("2.png", "3.png"):
        (tmp_path / name).write_bytes(b"")
    footage = ImageFolder(tmp_path, 10.0)
    seer = Recorder()
    with pytest.raises(InputError, match=r"ends at frame 1, .* frame 3: 2 images of .*2\.png"):
        show(footage, [seer], last=3)
    assert show(footage, [seer], last=1) == 1


def test_footage_that_is_too_short_is_refused(source):
    with pytest.raises(InputError, match="ends at frame 6, but the results have frame 9"):
        show(source, [Recorder()], last=9)
