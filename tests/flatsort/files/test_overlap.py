"""No output may be an input: paths, links, words, pictures in folders, and parts of sequences."""

import os
from pathlib import Path

import pytest

from flatsort.errors import InputError
from flatsort.files.overlap import refuse_overlap


@pytest.fixture
def film(tmp_path):
    path = tmp_path / "walk.mp4"
    path.write_bytes(b"film")
    return path


def test_other_files_are_fine(film, tmp_path):
    refuse_overlap([tmp_path / "out.mp4", tmp_path / "out.txt"], [film, "0", "none", "rtsp://x/1"])


@pytest.mark.parametrize("kind", ["itself", "relative", "symbolic link", "hard link", "not there"])
def test_an_output_over_an_input_is_refused(film, kind, monkeypatch):
    other = film.with_name("other.mp4")
    if kind == "itself":
        other = film
    elif kind == "relative":
        monkeypatch.chdir(film.parent)
        other = Path("sub/../walk.mp4")
    elif kind == "symbolic link":
        other.symlink_to(film)
    elif kind == "hard link":
        os.link(film, other)
    else:
        # A link to a file that a later step makes: both names are one file, though neither exists.
        other.symlink_to(film.with_name("later.mp4"))
        with pytest.raises(InputError, match="two outputs have this name"):
            refuse_overlap([film.with_name("later.mp4"), other], [])
        return
    with pytest.raises(InputError, match="the command reads this file and would overwrite it"):
        refuse_overlap([other], [film])
    assert film.read_bytes() == b"film"


@pytest.mark.parametrize("word", ["file:{}", "onnx:{},size=640", "features:{}", "{}"])
def test_a_word_names_a_file(film, word):
    with pytest.raises(InputError, match="would overwrite"):
        refuse_overlap([film], [word.format(film)])


def test_a_picture_in_the_folder_that_is_read(tmp_path):
    picture = tmp_path / "1.png"
    picture.write_bytes(b"picture")
    with pytest.raises(InputError, match="would overwrite"):
        refuse_overlap([picture], [tmp_path])
    # A film of an earlier run is no frame.
    (tmp_path / "out.mp4").write_bytes(b"film")
    refuse_overlap([tmp_path / "out.mp4"], [tmp_path])


@pytest.mark.parametrize("part", ["seqinfo.ini", "det/det.txt", "gt/gt.txt", "img1/000001.jpg"])
def test_no_part_of_a_sequence_is_an_output(make_sequence, part):
    sequence = make_sequence()
    path = sequence.folder / part
    path.parent.mkdir(exist_ok=True)
    path.touch()
    with pytest.raises(InputError, match="belongs to a sequence"):
        refuse_overlap([path], [])


def test_a_device_is_never_the_same_file():
    refuse_overlap([Path("/dev/stdout"), Path("/dev/stdout")], ["/dev/stdin"])
