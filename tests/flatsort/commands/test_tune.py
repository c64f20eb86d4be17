"""The command tune: files, resumption, errors, and the way of its preset file into track.py."""

import json

import pytest

from flatsort.commands.eval_mot import main as eval_mot
from flatsort.commands.track import main as track
from flatsort.commands.tune import main
from tests.flatsort.tuning.conftest import two_sequences

__all__ = ["two_sequences"]


@pytest.fixture
def words(two_sequences, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folders = [str(each.folder) for each in two_sequences]
    return ["--preset", "sort", "--seq", *folders, "--objective", "IDF1", "--trials", "12"]


def test_the_preset_file_gives_track_the_reported_score(words, tool, tmp_path, two_sequences):
    done = tool(main, *words, "--held-out", "MOT16-97", "--name", "try")
    assert done.status == 0, done.err
    assert "wrote runs/tune/try/preset.json and runs/tune/try/report.md" in done.out
    report = (tmp_path / "runs/tune/try/report.md").read_text()
    (row,) = [line for line in report.splitlines() if "best" in line and "left out" in line][:1]
    reported = [cell.strip() for cell in row.strip("|").split("|")]
    folder = str(two_sequences[0].folder)
    tool(track, "--seq", folder, "--preset", "runs/tune/try/preset.json", "--tracker", "tuned")
    tool(eval_mot, "--seq", folder, "--columns", "Purity", "--json", "scores.json")
    columns = json.loads((tmp_path / "scores.json").read_text())["tuned"]["OVERALL"]
    assert reported[2:4] == [f"{columns[name]:.1f}" for name in ("HOTA", "IDF1")]
    assert reported[7] == str(columns["IDs"])


def test_without_held_out_each_sequence_is_left_out_once(words, tool, tmp_path):
    done = tool(main, *words[:-1], "2", "--name", "all")
    assert "| MOT16-97   |" in done.out
    assert "| MOT16-98   |" in done.out
    found = json.loads((tmp_path / "runs/tune/all/preset.json").read_text())["found"]
    assert found["sequences"] == ["MOT16-97", "MOT16-98"]
    assert found["trials"] == 2


def test_a_purity_that_no_settings_reach_is_told(words, tool, tmp_path, two_sequences):
    # From frame 13 on, the ground truth calls each person by the other name.
    for sequence in two_sequences:
        rows = (sequence.folder / "gt" / "gt.txt").read_text().splitlines()
        swapped = [_swap(row) if int(row.split(",")[0]) > 12 else row for row in rows]
        (sequence.folder / "gt" / "gt.txt").write_text("\n".join(swapped) + "\n")
    done = tool(main, *words[:-1], "2", "--name", "pure", "--least-purity", "100")
    assert "No set was pure enough: `best` is the purest." in done.out


def _swap(row):
    """Give a row of the ground truth to the other person."""
    frame, person, *rest = row.split(",")
    return ",".join([frame, str(3 - int(person)), *rest])


def test_a_run_with_another_request_is_refused(words, tool):
    quick = [*words[:-1], "1", "--name", "one"]
    assert tool(main, *quick).status == 0
    assert tool(main, *quick).status == 0
    refused = tool(main, *quick, "--least-purity", "90")
    assert refused.error.startswith("runs/tune/one/request.json: the run in this folder has goal")


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        (["--trials", "0"], "--trials 0: a search tries at least one"),
        (["--least-purity", "101"], "--least-purity 101: give a percentage"),
        (["--name", "a/b"], "--name a/b: give a name, not a path"),
        (["--held-out", "MOT16-01"], "--held-out MOT16-01: not among the sequences"),
        (["--held-out", "MOT16-97", "MOT16-98"], "at least one sequence to tune on"),
        (["--preset", "deepsort"], "--preset deepsort needs a descriptor"),
        (["--detections", "other.txt"], "no such detection file for MOT16-97"),
    ],
)
def test_bad_arguments(words, tool, tmp_path, more, complaint):
    assert complaint in tool(main, *words, "--name", "bad", *more).error
    assert not (tmp_path / "runs/tune/bad/preset.json").exists()


def test_a_sequence_without_ground_truth_is_refused(words, tool, two_sequences):
    (two_sequences[1].folder / "gt" / "gt.txt").unlink()
    assert "no ground truth to tune against" in tool(main, *words, "--name", "x").error


def test_deepsort_searches_the_gate_of_its_descriptor(words, tool, tmp_path):
    preset = ["--preset", "deepsort", "--descriptor", "histogram", "--trials", "2"]
    assert tool(main, *words, *preset, "--name", "looks").status == 0
    settings = json.loads((tmp_path / "runs/tune/looks/preset.json").read_text())["settings"]
    assert {"max_distance", "budget", "max_iou_distance"} < set(settings)
