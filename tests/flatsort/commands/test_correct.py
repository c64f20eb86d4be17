"""correct.py: results rewritten whole or not at all, recorded, and undone."""

import json

import pytest

from flatsort.commands.correct import main
from flatsort.commands.track import main as track
from flatsort.files.file_digest import digest_of


@pytest.fixture
def results(tool, make_sequence, tmp_path):
    """Results of track.py: two people in 12 frames, with their record."""
    sequence = make_sequence(length=12)
    words = ("--seq", sequence.folder, "--results", tmp_path / "results", "--tracker", "mine")
    outcome = tool(track, *words, "--also", "csv")
    assert outcome.status == 0, outcome.err
    return tmp_path / "results" / "mine" / f"{sequence.name}.txt"


@pytest.fixture
def save(tmp_path):
    """Return a function that writes an edits file for results."""

    def write(results, *edits):
        path = tmp_path / "edits.json"
        names = ("kind", "frame", "ids")
        content = [dict(zip(names, edit, strict=True)) for edit in edits]
        path.write_text(json.dumps({"sha256": digest_of(results), "edits": content}))
        return path

    return write


def identities(path):
    return [int(line.split(",")[1]) for line in path.read_text().splitlines()]


def test_edits_are_applied_recorded_and_undone(tool, results, save, files_under):
    before, record_path = results.read_text(), results.with_suffix(".json")
    record_before = json.loads(record_path.read_text())
    edits = save(results, ("swap", 8, [1, 2]), ("split", 10, [1]))
    outcome = tool(main, "--results", results, "--edits", edits)
    assert outcome.status == 0, outcome.err
    name = results.name
    assert outcome.out.startswith(f"{results}: 2 edits, 2 tracks are now 3, ")
    assert f"the original is {name}.orig\n" in outcome.out
    table = results.with_suffix(".csv")
    assert f"note: {table} still has the tracks as they were" in outcome.out
    assert results.with_name(f"{name}.orig").read_text() == before
    record = json.loads(record_path.read_text())
    assert record["corrections"] == [
        {"kind": "swap", "frame": 8, "ids": [1, 2]},
        {"kind": "split", "frame": 10, "ids": [1]},
    ]
    assert record["counts"]["identities"] == 3
    # A second round of edits belongs to the corrected results; the original stays the tracker's.
    again = save(results, ("false", 1, [1]))
    assert tool(main, "--results", results, "--edits", again).status == 0
    assert len(json.loads(record_path.read_text())["corrections"]) == 3
    assert 1 not in identities(results)
    assert results.with_name(f"{name}.orig").read_text() == before
    outcome = tool(main, "--results", results, "--undo")
    assert outcome.out == f"{results}: the tracker's own results are back\n"
    assert results.read_text() == before
    assert json.loads(record_path.read_text()) == record_before
    assert files_under(results.parent) == [
        f"{results.stem}{end}" for end in (".csv", ".json", ".txt")
    ]


def test_a_correction_that_was_killed_is_completed_by_the_same_command(tool, results, save):
    """A kill between the renames leaves the new record beside the old results."""
    before, record_path = results.read_text(), results.with_suffix(".json")
    edits = save(results, ("split", 10, [1]))
    assert tool(main, "--results", results, "--edits", edits).status == 0
    after, record = results.read_text(), record_path.read_text()
    results.write_text(before)
    outcome = tool(main, "--results", results, "--edits", edits)
    assert outcome.status == 0, outcome.err
    assert "has changed since its record" in outcome.err
    assert results.read_text() == after
    assert record_path.read_text() == record


def test_an_undo_that_was_killed_is_completed_by_the_same_command(tool, results, save):
    before, record_path = results.read_text(), results.with_suffix(".json")
    record = record_path.read_text()
    assert (
        tool(main, "--results", results, "--edits", save(results, ("split", 10, [1]))).status == 0
    )
    record_path.write_text(record)
    assert tool(main, "--results", results, "--undo").status == 0
    assert results.read_text() == before
    assert not results.with_name(f"{results.name}.orig").exists()


def test_edits_that_fail_change_nothing(tool, results, save, files_under):
    texts = {path: path.read_text() for path in results.parent.iterdir()}
    edits = save(results, ("swap", 8, [1, 2]), ("split", 5, [77]))
    error = tool(main, "--results", results, "--edits", edits).error
    assert error == f"{edits}, edit 2 (split 77 in frame 5): the results have no track 77"
    assert {path: path.read_text() for path in results.parent.iterdir()} == texts


def test_edits_of_other_results(tool, results, save):
    edits = save(results, ("split", 5, [1]))
    assert tool(main, "--results", results, "--edits", edits).status == 0
    text = results.read_text()
    error = tool(main, "--results", results, "--edits", edits).error
    assert "these edits were marked on other results" in error
    assert results.read_text() == text


def test_results_of_another_program_have_no_record(tool, results, save):
    results.with_suffix(".json").unlink()
    edits = save(results, ("split", 5, [1]))
    outcome = tool(main, "--results", results, "--edits", edits)
    assert "note: these results have no record" in outcome.out
    assert not results.with_suffix(".json").exists()
    assert tool(main, "--results", results, "--undo").status == 0


def test_filled_boxes_stay_filled(tool, tmp_path, save):
    results = tmp_path / "theirs.txt"
    results.write_text("1,1,0,0,9,9,1,-1,-1,-1\n2,1,0,0,9,9,0,-1,-1,-1\n3,1,0,0,9,9,1,-1,-1,-1\n")
    edits = save(results, ("split", 3, [1]))
    assert tool(main, "--results", results, "--edits", edits).status == 0
    rows = [line.split(",") for line in results.read_text().splitlines()]
    assert [(row[1], row[6]) for row in rows] == [("1", "1"), ("1", "0"), ("2", "1")]


def test_confidences_and_classes_stay(tool, tmp_path, save):
    results = tmp_path / "theirs.txt"
    results.write_text("1,1,0,0,9,9,0.75,3,-1,-1\n2,1,0,0,9,9,1,1,-1,-1\n")
    edits = save(results, ("split", 2, [1]))
    assert tool(main, "--results", results, "--edits", edits).status == 0
    rows = [line.split(",") for line in results.read_text().splitlines()]
    assert [(row[1], row[6], row[7]) for row in rows] == [("1", "0.75", "3"), ("2", "1", "1")]


def test_tracking_again_makes_an_older_original_worthless(tool, results, save):
    assert tool(main, "--results", results, "--edits", save(results, ("split", 5, [1]))).status == 0
    words = ("--seq", json.loads(results.with_suffix(".json").read_text())["source"])
    words += ("--results", results.parents[1], "--tracker", "mine", "--min-confidence", "0.2")
    assert tool(track, *words).status == 0
    error = tool(main, "--results", results, "--undo").error
    assert "it was tracked again after the corrections" in error
    own = results.read_text() + "\n"
    results.write_text(own)
    assert tool(main, "--results", results, "--edits", save(results, ("split", 6, [1]))).status == 0
    assert tool(main, "--results", results, "--undo").status == 0
    assert results.read_text() == own


def test_nothing_to_undo(tool, results):
    assert "nothing to undo" in tool(main, "--results", results, "--undo").error


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("no json", "line 1: not JSON"),
        ("[]", "not an edits file"),
        ('{"sha256": 3, "edits": []}', "not an edits file"),
        ('{"sha256": "", "edits": []}', "has no edits"),
        ('{"sha256": "", "edits": [{"kind": "mend"}]}', "edit 1: the kind must be one of swap"),
        ('{"sha256": "", "edits": [7]}', "edit 1: the kind must be one of swap"),
        (
            '{"sha256": "", "edits": [{"kind": "split", "frame": 0, "ids": [1]}]}',
            "edit 1: the frame must be a whole number from 1",
        ),
        (
            '{"sha256": "", "edits": [{"kind": "swap", "frame": 2, "ids": [1, 1]}]}',
            "edit 1: a swap has 2 track",
        ),
        (
            '{"sha256": "", "edits": [{"kind": "split", "frame": 2, "ids": ["1"]}]}',
            "edit 1: a split has 1 track",
        ),
    ],
)
def test_files_that_hold_no_edits(tool, results, tmp_path, content, sentence):
    path = tmp_path / "wrong.json"
    path.write_text(content)
    assert sentence in tool(main, "--results", results, "--edits", path).error


def test_missing_files(tool, results, tmp_path):
    nowhere = tmp_path / "nowhere.json"
    assert "no such file" in tool(main, "--results", results, "--edits", nowhere).error
