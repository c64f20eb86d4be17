"""The folders that hold trackers' results."""

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


def test_all_folders_with_text_files_sorted_by_name(results):
    assert tracker_folders(results, None) == [results / "a", results / "b"]


def test_named_folders_keep_their_order_and_occur_once(results):
    assert tracker_folders(results, ["b", "deep/er", "b"]) == [results / "b", results / "deep/er"]


@pytest.mark.parametrize(
    ("folder", "names", "message"),
    [
        ("nowhere", None, "no such folder: give --results"),
        (".", ["c"], "no tracker 'c' in .*; there: a, b"),
        ("notes", None, "no TRACKER/SEQ.txt here"),
        ("notes", ["c"], "there: no trackers"),
    ],
)
def test_missing_folders(results, folder, names, message):
    with pytest.raises(InputError, match=message):
        tracker_folders(results / folder, names)
