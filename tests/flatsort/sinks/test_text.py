"""Text files of tracks: whole or absent, and written frame by frame."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from flatsort.errors import InputError
from flatsort.files.mot_files import read_results
from flatsort.sinks import CsvFile, JsonLinesFile, ResultFile
from tests.flatsort.sinks.tracks import frame, tracks

FORMATS = {"txt": ResultFile, "csv": CsvFile, "jsonl": JsonLinesFile}


def write(path):
    """Write two tracks in frame 1 (one coasts), none in frame 2 and one in frame 3."""
    with FORMATS[path.suffix[1:]](path) as sink:
        assert not sink.needs_images
        sink.write(frame(1), tracks((2, 1.005, 2, 3.333, 4.5, 0), (7, -3, 0, 10, 20, 1)))
        sink.write(frame(2), tracks())
        sink.write(frame(3), tracks((2, 1, 2, 3, 4, 0)))
        (temporary,) = path.parent.iterdir()
        assert temporary.name.endswith(f".tmp{path.suffix}")
    assert list(path.parent.iterdir()) == [path]
    return path.read_text()


def test_a_result_file(tmp_path):
    """Two decimals; the coasting track's row is written like any other."""
    assert write(tmp_path / "a" / "b" / "s.txt") == (
        "1,2,1.00,2.00,3.33,4.50,1,-1,-1,-1\n"
        "1,7,-3.00,0.00,10.00,20.00,1,-1,-1,-1\n"
        "3,2,1.00,2.00,3.00,4.00,1,-1,-1,-1\n"
    )


EXPECTED = [
    (1, 0.0, 2, 1.0, 2.0, 3.33, 4.5, 0.8765, 0, None),
    (1, 0.0, 7, -3.0, 0.0, 10.0, 20.0, 0.8765, 1, None),
    (3, 0.2, 2, 1.0, 2.0, 3.0, 4.0, 0.8765, 0, None),
]
NAMES = ["frame", "seconds", "id", "left", "top", "width", "height", "confidence"]
NAMES += ["time_since_update", "class"]


def test_a_table(tmp_path):
    first, *rows = csv.reader(write(tmp_path / "s.csv").splitlines())
    assert first == NAMES
    numbers = [(*map(float, row[:-1]), row[-1] or None) for row in rows]
    assert numbers == EXPECTED


def test_json_lines(tmp_path):
    objects = [json.loads(line) for line in write(tmp_path / "s.jsonl").splitlines()]
    assert [list(each) for each in objects] == [NAMES] * 3
    assert [tuple(each.values()) for each in objects] == EXPECTED
    assert all(isinstance(each["id"], int) for each in objects)


def test_classes_by_name_by_number_and_in_column_8(tmp_path):
    """A name with a comma is one cell; a class without a name has its number, from 1."""
    names = {0: "person", 2: 'car, "new"'}
    classed = replace(tracks(*((n, 1, 2, 3, 4, 0) for n in (1, 2, 3))), classes=np.array([0, 2, 4]))
    for suffix, kind in FORMATS.items():
        with kind(tmp_path / f"s.{suffix}", names) as sink:
            sink.write(frame(1), classed)
    lines = (tmp_path / "s.txt").read_text().splitlines()
    assert [line.split(",")[7] for line in lines] == ["1", "3", "5"]
    expected = ["person", 'car, "new"', "5"]
    rows = csv.DictReader((tmp_path / "s.csv").read_text().splitlines())
    assert [row["class"] for row in rows] == expected
    objects = [json.loads(line) for line in (tmp_path / "s.jsonl").read_text().splitlines()]
    assert [each["class"] for each in objects] == expected
    assert read_results(tmp_path / "s.txt", 1).detector_classes.tolist() == [0, 2, 4]


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_failure_writes_nothing_and_keeps_the_older_file(tmp_path, suffix):
    path = tmp_path / f"s.{suffix}"
    path.write_text("older")
    with pytest.raises(KeyError), FORMATS[suffix](path) as sink:
        sink.write(frame(1), tracks((1, 1, 2, 3, 4, 0)))
        raise KeyError
    assert path.read_text() == "older"
    assert list(tmp_path.iterdir()) == [path]


def test_an_older_file_is_replaced_not_continued(tmp_path):
    path = tmp_path / "s.txt"
    for left in (1, 2):
        with ResultFile(path) as sink:
            sink.write(frame(1), tracks((1, left, 2, 3, 4, 0)))
    assert path.read_text() == "1,1,2.00,2.00,3.00,4.00,1,-1,-1,-1\n"


def test_rows_do_not_pile_up_in_memory(tmp_path):
    """After a thousand frames the rows are on the disk."""
    with ResultFile(tmp_path / "s.txt") as sink:
        for number in range(1, 1001):
            sink.write(frame(number), tracks((1, 1, 2, 3, 4, 0), (2, 1, 2, 3, 4, 0)))
        (temporary,) = tmp_path.iterdir()
        assert temporary.stat().st_size > 60_000


@pytest.mark.parametrize("name", ["file/s.txt", "file/new/s.txt", "folder"])
@pytest.mark.parametrize("kind", FORMATS.values())
def test_an_unwritable_place_is_refused_at_once(tmp_path, name, kind):
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match="cannot write here"):
        kind(tmp_path / name)


def test_a_relative_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("s.txt", "new/s.txt"):
        with ResultFile(Path(name)):
            pass
        assert (tmp_path / name).read_text() == ""


def test_a_full_disk(tmp_path):
    """/dev/full accepts nothing."""
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("only Linux has /dev/full, a device without free space")
    with (
        pytest.raises(InputError, match="/dev/full: cannot write here: No space left"),
        ResultFile(full) as sink,
    ):
        for number in range(1, 1001):
            sink.write(frame(number), tracks((1, 1, 2, 3, 4, 0)))
