"""Commands in a clone: rules, environment, timeouts and outcomes."""

import os
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from flatsort.files.mot_files import read_detections, read_ground_truth
from flatsort.files.sequence import open_sequence
from tests.readme.page import steps
from tests.readme.rules import Provided, Rule
from tests.readme.run import Clone
from tests.readme.stand_in import FRAMES, stand_in

RULES = [
    Rule("echo never", never="it is loud"),
    Rule("cat data*", needs=("data/1.jpg",)),
    Rule("touch there", absent=("there",)),
    Rule("echo hours", resources={"hours": ""}, because="it is slow"),
    Rule("echo short*", resources={"hours": "--steps 5"}, because="it is slow"),
    Rule("echo both*", resources={"hours": "-1", "data": "--file $FILE"}, because="it is far"),
    Rule("pip install *", installs=True),
    Rule("cat before", first="echo here > before"),
    Rule("head *", answer="it's y"),
    Rule("sleep *", stop_after=0.3),
]


@pytest.fixture
def run(tmp_path):
    """Return a function that runs a page of one step, in a folder that stands for a clone."""
    folder = tmp_path / "clone"
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / ".venv" / "bin" / "python").symlink_to(sys.executable)
    log = tmp_path / "log.txt"

    def call(page, **settings):
        [step] = steps(page)
        clone = Clone(folder, RULES, [Provided("walk", "walk.mp4", "touch walk.mp4")], **settings)
        outcome = clone.run(step, log)
        return outcome, log.read_text() if log.exists() else ""

    return call


def test_a_command_runs_in_the_clone_with_its_environment(run, tmp_path):
    outcome, output = run('    echo "$PWD $VIRTUAL_ENV" && which python    # a comment')
    assert (outcome.result, outcome.note) == ("ok", "")
    folder = tmp_path / "clone"
    assert f"{folder} {folder / '.venv'}\n{folder / '.venv' / 'bin' / 'python'}\n" in output


def test_the_callers_environment_does_not_reach_a_command(run, monkeypatch):
    monkeypatch.setenv("MOT16_ROOT", "mine")
    monkeypatch.setenv("PYTHONPATH", "mine")
    assert "[|]" in run('    echo "[$MOT16_ROOT|$PYTHONPATH]"')[1]


def test_the_callers_make_variables_do_not_reach_make(run, monkeypatch, tmp_path):
    monkeypatch.setenv("MAKEFLAGS", " -- WORD=the-callers")
    (tmp_path / "clone" / "Makefile").write_text("WORD ?= its-own\nsay:\n\t@echo $(WORD)\n")
    assert run("    make say")[1].endswith("its-own\n")


def test_a_command_that_fails_or_does_not_exist(run):
    assert run("    exit 3")[0].note.startswith("exit status 3, see ")
    outcome, output = run("    no-such-command --x")
    assert outcome.result == "failed"
    assert outcome.note.startswith("exit status 127")
    assert "no-such-command" in output


def test_a_command_must_make_its_promised_file(run):
    assert run("    touch a    # -> a")[0].result == "ok"
    outcome, _ = run("    touch a    # -> b")
    assert (outcome.result, outcome.note) == ("failed", "did not make b")


def test_rules(run):
    outcome, output = run("    echo never", allowed=["hours"])
    assert (outcome.result, outcome.note, output) == ("not run", "it is loud", "")
    assert run("    cat data")[0].note == "needs missing data: data/1.jpg"
    assert run("    touch there")[0].result == "ok"
    assert run("    touch there")[0].note == "is not needed, because this exists: there"
    outcome, output = run("    cat before")
    assert (outcome.result, outcome.note) == ("ok", "after `echo here > before`")
    assert output.endswith("here\n")


def test_a_command_that_takes_hours_runs_as_printed_if_allowed(run):
    outcome, output = run("    echo hours", allowed=["data"])
    assert (outcome.result, outcome.note) == ("not run", "needs --allow hours: it is slow")
    assert not output
    outcome, output = run("    echo short    # a comment")
    assert (outcome.result, outcome.note) == ("ok", "with --steps 5: it is slow")
    assert "short --steps 5\n" in output
    for command in ("echo hours", "echo short"):
        outcome, output = run(f"    {command}", allowed=["hours"])
        assert (outcome.result, outcome.note) == ("ok", "")
        assert output.endswith(f"{command.split()[1]}\n")


def test_words_are_added_for_each_resource_that_is_not_allowed(run, monkeypatch):
    monkeypatch.delenv("FILE", raising=False)
    outcome, _ = run("    echo both", allowed=["hours"])
    assert outcome.note == "needs --allow data or $FILE: it is far"
    monkeypatch.setenv("FILE", "f.npz")
    assert run("    echo both")[1].endswith("both -1 --file f.npz\n")
    assert run("    echo both", allowed=["hours"])[1].endswith("both --file f.npz\n")
    assert run("    echo both", allowed=["hours", "data"])[1].endswith("both\n")


def test_a_prompt_is_answered(run):
    outcome, output = run("    head -n 1    # a comment")
    assert outcome.result == "ok"
    assert output == "$ head -n 1    # a comment\nit's y\n"


def test_invalid_rules():
    with pytest.raises(ValueError, match=r"rules\.toml: 'echo' has unknown resources \['money'\]"):
        Rule("echo", resources={"money": ""}, because="it costs")
    with pytest.raises(ValueError, match="must have both resources and because"):
        Rule("echo", because="it costs")


def test_an_endless_command_is_stopped_and_counts_as_ok(run):
    outcome, _ = run("    sleep 1000")
    assert (outcome.result, outcome.note) == ("ok", "stopped, because it never ends")
    # An endless command that ends by itself with an error has failed.
    assert run("    sleep no-number")[0].result == "failed"


def test_a_command_fails_at_the_timeout(run, tmp_path):
    outcome, _ = run("    (sleep 1000 & echo $! > pid; wait)", timeout=0.3)
    assert outcome.result == "failed"
    assert outcome.note.startswith("stopped after 0 s")
    # The kill reaches the whole process group. The system may need a moment to remove the orphan.
    pid = int((tmp_path / "clone" / "pid").read_text())
    deadline = time.monotonic() + 10
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not is_running(pid)


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_provided_file_is_made_once(run, tmp_path):
    outcome, _ = run("    ls walk.mp4")
    assert (outcome.result, outcome.note) == ("ok", "walk.mp4 made by `touch walk.mp4`")
    assert run("    ls walk.mp4")[0].note == ""


def test_a_given_environment_is_not_changed(run, tmp_path):
    outcome, output = run("    pip install x", environment=Path(sys.prefix))
    assert (outcome.result, output) == ("not run", "")
    assert run("    echo a b", left_out=["a b"])[0].note == "left out by --leave-out"


def test_programs(run):
    assert run('```python\nprint("he" + "re")\n```')[1].endswith("here\n")
    assert run("```python\n1 / 0\n```")[0].result == "failed"


def test_a_clone_of_this_project(tmp_path):
    root = tmp_path / "MOT16"
    (root / "train" / "MOT16-02").mkdir(parents=True)
    (tmp_path / "clips").mkdir()
    clone = Clone(tmp_path / "clone", [], [], root, environment=Path(sys.prefix))
    clone.make()
    linked = clone.folder / "data" / "MOT16" / "train" / "MOT16-02"
    assert linked.resolve() == root / "train" / "MOT16-02"
    assert (clone.folder / "data" / "clips").resolve() == tmp_path / "clips"
    assert not (clone.folder / "data" / "results").is_symlink()
    assert (clone.folder / "README.md").is_file()
    assert (clone.folder / ".venv").resolve() == Path(sys.prefix).resolve()
    assert (clone.folder / "requirements.txt").stat().st_mtime == 0


def test_a_sequence_stands_in_for_one_without_frames(mot_data, tmp_path):
    train = mot_data / "MOT16" / "train"
    without = tmp_path / "without frames"
    without.mkdir()
    (tmp_path / "MOT16-02").symlink_to(without)
    (tmp_path / "MOT16-09").symlink_to(train / "MOT16-09")
    stand_in(tmp_path, "MOT16-02", "MOT16-09")
    made, other = open_sequence(tmp_path / "MOT16-02"), open_sequence(train / "MOT16-09")
    assert (made.name, made.length, made.frame_rate) == ("MOT16-02", FRAMES, other.frame_rate)
    np.testing.assert_array_equal(made.read_frame(FRAMES), other.read_frame(FRAMES))
    for name in ("det.txt", "yolox.txt"):
        ours, theirs = (read_detections(s.find_detections(name), s.length) for s in (made, other))
        early = theirs.frames <= FRAMES
        np.testing.assert_array_equal(ours.boxes_tlwh, theirs.boxes_tlwh[early])
    truth = read_ground_truth(made.ground_truth_path, made.length, made.layout)
    assert truth.frames.max() == FRAMES
    # The folder behind the replaced link has not changed.
    assert list(without.iterdir()) == []
