"""The folders that hold trackers' results."""

import pytest

from flatsort.errors import InputError
from flatsort.files.result_folders import tracker_folders, tracker_name


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


def test_files_in_data_as_trackeval_lays_them_out(tmp_path):
    for name in ("a/MOT16-98.txt", "b/data/MOT16-98.txt", "c/data/MOT16-98.txt", "c/notes.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    # c has text files of its own, so its data/ may be anything.
    all_folders = [tmp_path / "a", tmp_path / "b" / "data", tmp_path / "c"]
    assert tracker_folders(tmp_path, None) == all_folders
    assert [tracker_name(folder) for folder in all_folders] == ["a", "b", "c"]
    assert tracker_folders(tmp_path, ["b", "a"]) == [tmp_path / "b" / "data", tmp_path / "a"]


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
