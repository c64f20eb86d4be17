"""Which folders are trackers."""

import pytest

from flatsort.errors import InputError
from flatsort.files.result_folders import tracker_folders


@pytest.fixture
def results(tmp_path):
    for name in ("b/MOT16-98.txt", "a/MOT16-98.txt", "deep/er/MOT16-98.txt", "notes/readme.md"):
        path = tmp_path / "results" / name
        path.parent.mkdir(parents=True)
        path.touch()
    return tmp_path / "results"


def test_all_with_text_files_in_order_of_names(results):
    assert tracker_folders(results, None) == [results / "a", results / "b"]


def test_those_named_in_their_order_and_once(results):
    assert tracker_folders(results, ["b", "deep/er", "b"]) == [results / "b", results / "deep/er"]


@pytest.mark.parametrize(
    ("folder", "names", "message"),
    [
        ("nowhere", None, "no such folder: say where"),
        (".", ["c"], "no tracker 'c' in .*; there: a, b"),
        ("notes", None, "no TRACKER/SEQ.txt files here"),
        ("notes", ["c"], "there: no trackers"),
    ],
)
def test_what_is_not_there(results, folder, names, message):
    with pytest.raises(InputError, match=message):
        tracker_folders(results / folder, names)
