"""The words of --camera-motion."""

import pytest

from flatsort.camera_motion.movement_file import MovementFile
from flatsort.camera_motion.optical_flow import OpticalFlow
from flatsort.camera_motion.registry import load_camera_motion
from flatsort.errors import InputError


@pytest.mark.parametrize("word", [None, "boxes", "none"])
def test_without_a_measurement(make_sequence, word):
    assert load_camera_motion(word, "MOT16-98", make_sequence()) is None


def test_auto_takes_frames_where_there_are_any(make_sequence, tmp_path):
    with_frames = make_sequence()
    without = make_sequence(images=False, under=tmp_path / "bare")
    assert isinstance(load_camera_motion("auto", "MOT16-98", with_frames), OpticalFlow)
    assert load_camera_motion("auto", "MOT16-98", without) is None
    assert isinstance(load_camera_motion("auto", "walk", None), OpticalFlow)


def test_frames_must_be_there(make_sequence):
    assert isinstance(load_camera_motion("frames", "walk", None), OpticalFlow)
    with pytest.raises(InputError, match="img1 has no frames: get the images, or choose boxes"):
        load_camera_motion("frames", "MOT16-98", make_sequence(images=False))


def test_a_file_or_a_folder_of_files(make_sequence, tmp_path):
    path = tmp_path / "MOT16-98.txt"
    path.write_text("".join(f"{n} 1 0 0 0 1 0\n" for n in range(8)))
    sequence = make_sequence()
    for word in (path, tmp_path):
        assert isinstance(load_camera_motion(str(word), "MOT16-98", sequence), MovementFile)


@pytest.mark.parametrize("word", ["absent.txt", "frame", "."])
def test_a_missing_file(make_sequence, tmp_path, monkeypatch, word):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"no such file .*\.?: give a file of movements, or one"):
        load_camera_motion(word, "MOT16-97", make_sequence())
