"""The record beside a result file."""

import json
import re
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
    with pytest.raises(InputError, match=r"walk\.json.*: remove it, or track again"):
        read_run_record(tmp_path / "walk.txt")


def test_unknown_values_in_a_record_are_ignored(tmp_path, record):
    (tmp_path / "walk.txt").touch()
    write_run_record(tmp_path / "walk.txt", record)
    path = tmp_path / "walk.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "weather": "fair"}))
    assert replace(read_run_record(tmp_path / "walk.txt"), digest=None) == record


WRONG = [None, True, -1, 2.5, 1e300, float("nan"), "word", [], ["a"], {}, {"a": []}, [[1]]]


@pytest.mark.parametrize("value", WRONG, ids=repr)
def test_each_field_is_read_or_refused(tmp_path, record, value):
    """Whatever a field holds, a record comes back only if all its fields have their types."""
    (tmp_path / "walk.txt").touch()
    write_run_record(tmp_path / "walk.txt", record)
    path = tmp_path / "walk.json"
    written = json.loads(path.read_text())
    for name in written:
        path.write_text(json.dumps({**written, name: value}))
        try:
            found = getattr(read_run_record(tmp_path / "walk.txt"), name)
        except InputError as error:
            assert str(error).startswith(f"{path}: not a record of tools/track.py (")
            assert str(error).endswith("): remove it, or track again")
        else:
            assert type(found) in (type(getattr(record, name)), type(value))
            assert found == value


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"frame_rate": "fast"}, 'frame_rate is "fast", not a number'),
        ({"frame_rate": 0}, "frame_rate must be above 0"),
        ({"frames": 7.5}, "frames is 7.5, not a whole number"),
        ({"frames": -1}, "frames at least 0"),
        ({"size": [64]}, "size must have a width and a height"),
        ({"size": [64, True]}, "an entry of size is true, not a whole number"),
        ({"counts": {"identities": 10**16}}, "counts.identities is 10000000000000000: a number"),
        ({"seconds": {"decoding": -1}}, "seconds and counts must be at least 0"),
        ({"classes": {"person": "1"}}, "classes must map whole numbers to names"),
        ({"options": {"min_confidence": "high"}}, 'min_confidence is "high", not a number'),
        ({"notes": "none"}, 'notes is "none", not a list'),
    ],
)
def test_a_wrong_value_is_named(tmp_path, record, changed, complaint):
    (tmp_path / "walk.txt").touch()
    write_run_record(tmp_path / "walk.txt", record)
    path = tmp_path / "walk.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changed}))
    with pytest.raises(InputError, match=re.escape(complaint)):
        read_run_record(tmp_path / "walk.txt")
