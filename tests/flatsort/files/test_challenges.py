"""The sequences of the benchmarks, and what is missing in a folder."""

import pytest

from flatsort.files.challenges import CHALLENGES, Challenge

SMALL = Challenge("A.zip", "A", ("A-1",), ("A-2",))


@pytest.fixture
def folder(make_sequence, tmp_path):
    """Make a complete set of one training and one test sequence."""
    make_sequence(length=2, name="A-1", under=tmp_path / "train")
    make_sequence(length=2, name="A-2", under=tmp_path / "test")
    (tmp_path / "train/A-1/gt").mkdir()
    (tmp_path / "train/A-1/gt/gt.txt").write_text("")
    return tmp_path


def test_the_number_of_sequences_per_benchmark():
    sizes = {name: (len(one.train), len(one.test)) for name, one in CHALLENGES.items()}
    assert sizes == {
        **{"mot15": (11, 11), "mot16": (7, 7), "mot17": (21, 21), "mot20": (4, 4)},
        **{"mot16-labels": (7, 0), "mot17-labels": (21, 0), "mot20-labels": (4, 0)},
    }
    assert CHALLENGES["mot16"].url == "https://motchallenge.net/data/MOT16.zip"
    assert CHALLENGES["mot17"].train[:2] == ("MOT17-02-DPM", "MOT17-02-FRCNN")
    folders = [one.folder for one in CHALLENGES.values()]
    assert len(set(folders)) == len(folders)


def test_a_complete_set_lacks_nothing(folder):
    assert SMALL.missing(folder) == []


@pytest.mark.parametrize(
    "file", ["train/A-1/gt/gt.txt", "train/A-1/seqinfo.ini", "test/A-2/det/det.txt"]
)
def test_a_file_that_is_missing_is_named(folder, file):
    (folder / file).unlink()
    assert SMALL.missing(folder) == [file]


def test_missing_frames_are_counted_in_sets_that_have_frames(folder):
    (folder / "test/A-2/img1/000002.jpg").unlink()
    assert SMALL.missing(folder) == ["test/A-2: 1 of 2 frames"]
    assert Challenge("A.zip", "A", ("A-1",), ("A-2",), has_images=False).missing(folder) == []


def test_a_damaged_seqinfo_is_reported(folder):
    (folder / "train/A-1/seqinfo.ini").write_text("nothing")
    (reason,) = SMALL.missing(folder)
    assert reason.startswith("train/A-1: ") and "malformed" in reason


def test_without_seqinfo_one_frame_is_enough(folder):
    old = Challenge("A.zip", "A", ("A-1",), ("A-2", "A-3"), has_seqinfo=False)
    for part in ("train/A-1", "test/A-2"):
        (folder / part / "seqinfo.ini").unlink()
    assert old.missing(folder) == ["test/A-3"]
    for frame in (folder / "test/A-2/img1").iterdir():
        frame.unlink()
    assert old.missing(folder) == ["test/A-2: no frames", "test/A-3"]
