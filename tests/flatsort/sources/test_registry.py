"""The sources that words of the command line open."""

import cv2
import numpy as np
import pytest

from flatsort.errors import InputError
from flatsort.sources.numbered import ImageFolder, SequenceSource
from flatsort.sources.registry import open_source
from flatsort.sources.video_file import VideoFile
from tests.flatsort.clips import grey_frames, write_clip


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    cv2.imwrite(str(folder / "1.png"), np.zeros((4, 4, 3), np.uint8))
    return folder


def test_a_video(tmp_path):
    path = write_clip(tmp_path / "walk one.mp4", grey_frames(3))
    source = open_source(str(path))
    assert isinstance(source, VideoFile)
    assert source.name == "walk one"


def test_a_folder_of_images_has_25_frames_per_second_or_the_given_rate(photos):
    assert isinstance(open_source(str(photos)), ImageFolder)
    assert open_source(str(photos)).frame_rate == 25
    assert open_source(str(photos), frame_rate=5.0).frame_rate == 5


def test_a_sequence_by_folder_and_by_name(make_sequence, tmp_path):
    sequence = make_sequence(length=2, under=tmp_path / "MOT16" / "train")
    for word in (str(sequence.folder), sequence.name):
        source = open_source(word, mot_root=tmp_path / "MOT16")
        assert isinstance(source, SequenceSource)
        assert source.name == "MOT16-98"


def test_a_folder_takes_precedence_over_a_camera(photos, monkeypatch):
    monkeypatch.chdir(photos.parent)
    photos.rename("0")
    assert open_source("0").name == "0"


@pytest.mark.parametrize(
    ("word", "complaint"),
    [
        ("absent.mp4", "absent.mp4: no such file, folder or MOTChallenge sequence"),
        ("absent/", "no such file, folder"),
        ("", "--source is empty: give a video"),
        ("87", "camera 87 cannot be opened"),
        ("empty", "empty: no images here"),
        ("file.txt", "file.txt: "),
        ("http://127.0.0.1:9/a", "cannot open it"),
    ],
)
def test_words_that_name_no_footage(tmp_path, monkeypatch, word, complaint, capfd):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "file.txt").write_text("People walk.\n" * 50)
    with pytest.raises(InputError) as error:
        open_source(word)
    assert complaint in str(error.value)
    # OpenCV and FFmpeg print nothing of their own.
    assert capfd.readouterr() == ("", "")


def test_only_images_take_a_frame_rate(photos, tmp_path):
    path = write_clip(tmp_path / "a.mp4", grey_frames(3))
    with pytest.raises(InputError, match=r"--fps: .*a\.mp4 has its own frame rate"):
        open_source(str(path), frame_rate=5.0)


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf")])
def test_invalid_rates_and_timeouts(photos, value):
    with pytest.raises(InputError, match=r"--fps .* must be a positive number"):
        open_source(str(photos), frame_rate=value)
    with pytest.raises(InputError, match=r"--timeout .* must be a positive number"):
        open_source(str(photos), timeout=value)
