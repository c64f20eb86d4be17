"""Files that name sources: their lines, and what is wrong with a bad one."""

import pytest

from flatsort.errors import InputError
from flatsort.sources.source_list import read_source_list


@pytest.fixture
def file(tmp_path):
    """Return a function that writes the file."""

    def write(content):
        path = tmp_path / "cameras.txt"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_one_name_per_line_with_the_lines_numbers(file):
    path = file("\ufeff# the yard\n  yard one.mp4 \r\n\nrtsp://a/1#2\n#0\n1\n")
    assert read_source_list(path) == {"yard one.mp4": 2, "rtsp://a/1#2": 4, "1": 6}


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("# nothing\n\n", "cameras.txt: it names no source: write one per line"),
        ("a\nb\n a\n", "cameras.txt, line 3: line 1 names a too: remove one of them"),
        (b"\xff\xfe\x00a", "cameras.txt: not a text file in UTF-8: save it as one"),
    ],
)
def test_bad_files(file, content, complaint):
    path = file(content)
    with pytest.raises(InputError) as error:
        read_source_list(path)
    assert str(error.value) == f"{path.parent}/{complaint}"


def test_a_folder_and_a_missing_file(tmp_path):
    for path in (tmp_path, tmp_path / "absent"):
        with pytest.raises(InputError, match=rf"^{path}: cannot read it \(.+\): give a text file"):
            read_source_list(path)
