"""The record beside a result file."""

import json
from dataclasses import replace

import pytest

from flatsort.errors import InputError
from flatsort.tracking.run_record import make_run_record, read_run_record, write_run_record
from flatsort.tracking.run_statistics import RunStatistics
from flatsort.tracking.tracker_options import TrackerOptions


@pytest.fixture
def record():
    report = RunStatistics(
        frames=7, size=(64, 48), identities=2, detections=9, confident=8, decoding=0.12345
    )
    return make_run_record(
        report,
        TrackerOptions(min_confidence=0.5, max_age=4),
        sequence="walk",
        source="/films/walk.mp4",
        frame_rate=29.97,
        tracker="fmvae@hog",
        descriptor="fmvae",
        detector="hog",
        film=None,
        notes=["walk ended with frame 7"],
    )


def test_a_record_is_read_as_it_was_written(tmp_path, record):
    results = tmp_path / "fmvae@hog" / "walk.mp4.txt"
    assert read_run_record(results) is None
    results.parent.mkdir()
    results.write_text("1,1,0,0,5,5,1,-1,-1,-1\n")
    write_run_record(results, record)
    assert sorted(path.name for path in results.parent.iterdir()) == [
        *("walk.mp4.json", "walk.mp4.txt")
    ]
    assert replace(read_run_record(results), digest=None) == record


def test_results_that_changed_after_their_record_are_noticed(tmp_path, record, capsys):
    results = tmp_path / "walk.txt"
    results.write_text("1,1,0,0,5,5,1,-1,-1,-1\n")
    write_run_record(results, record)
    read_run_record(results)
    assert capsys.readouterr().err == ""
    results.write_text("1,2,0,0,5,5,1,-1,-1,-1\n")
    read_run_record(results)
    assert "has changed since its record walk.json was written" in capsys.readouterr().err


def test_the_values_in_the_file(tmp_path, record):
    (tmp_path / "walk.txt").write_bytes(b"")
    write_run_record(tmp_path / "walk.txt", record)
    values = json.loads((tmp_path / "walk.json").read_text())
    assert values["size"] == [64, 48]
    assert values["options"]["max_age"] == 4
    assert values["seconds"]["decoding"] == 0.123
    assert set(values["seconds"]) == {
        *("decoding", "detection", "description", "association", "output")
    }
    assert values["counts"]["confident"] == 8
    assert values["versions"]["numpy"]
    assert "supervision" not in values["versions"]
    # The SHA-256 of nothing.
    assert values["digest"].startswith("e3b0c44298fc1c14")


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "7", '{"sequence": "walk"', '{"sequence": "walk"}', "\xff"]
)
def test_files_that_are_no_record(tmp_path, text):
    (tmp_path / "walk.json").write_text(text, encoding="latin-1")
    with pytest.raises(InputError, match=r"walk\.json: not a record of tools/track\.py"):
        read_run_record(tmp_path / "walk.txt")


def test_unknown_values_in_a_record_are_ignored(tmp_path, record):
    (tmp_path / "walk.txt").touch()
    write_run_record(tmp_path / "walk.txt", record)
    path = tmp_path / "walk.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "weather": "fair"}))
    assert replace(read_run_record(tmp_path / "walk.txt"), digest=None) == record
