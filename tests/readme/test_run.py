"""Running in a clone: of this project, with commands that take no time."""

import os
import sys
import time
from pathlib import Path

import pytest

from tests.readme.page import steps
from tests.readme.rules import Rule
from tests.readme.run import Clone

RULES = [
    Rule("echo never", not_run="it is loud"),
    Rule("cat data*", needs=("$MOT16_ROOT/frames",)),
    Rule("echo short*", and_words="--steps 5", because="an hour"),
    Rule("sleep *", stop_after=0.3),
]


@pytest.fixture
def run(tmp_path):
    """Run the one step of a page in a folder that stands for a clone."""
    folder = tmp_path / "clone"
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / ".venv" / "bin" / "python").symlink_to(sys.executable)
    log = tmp_path / "log.txt"

    def call(page, **settings):
        [step] = steps(page)
        clone = Clone(folder, RULES, {"walk.mp4": "touch walk.mp4"}, **settings)
        outcome = clone.run(step, log)
        return outcome, log.read_text() if log.exists() else ""

    return call


def test_a_command_runs_in_the_clone_with_its_environment(run, tmp_path):
    outcome, output = run('    echo "$PWD $VIRTUAL_ENV" && which python    # a comment')
    assert (outcome.result, outcome.note) == ("ok", "")
    folder = tmp_path / "clone"
    assert f"{folder} {folder / '.venv'}\n{folder / '.venv' / 'bin' / 'python'}\n" in output


def test_the_callers_own_settings_do_not_reach_it(run, monkeypatch, tmp_path):
    monkeypatch.setenv("MOT16_ROOT", "mine")
    monkeypatch.setenv("PYTHONPATH", "mine")
    assert "[|]" in run('    echo "[$MOT16_ROOT|$PYTHONPATH]"')[1]
    assert f"[{tmp_path}]" in run('    echo "[$MOT16_ROOT]"', mot_root=tmp_path)[1]


def test_a_command_that_fails_or_does_not_exist(run):
    assert run("    exit 3")[0].note.startswith("exit status 3, see ")
    outcome, output = run("    no-such-command --x")
    assert outcome.result == "failed"
    assert outcome.note.startswith("exit status 127")
    assert "no-such-command" in output


def test_a_promise_that_is_not_kept(run):
    assert run("    touch a    # -> a")[0].result == "ok"
    outcome, _ = run("    touch a    # -> b")
    assert (outcome.result, outcome.note) == ("failed", "made no b")


def test_rules(run, tmp_path):
    outcome, output = run("    echo never")
    assert (outcome.result, outcome.note, output) == ("not run", "it is loud", "")
    outcome, _ = run("    cat data", mot_root=tmp_path)
    assert outcome.note == "needs data that is not here: $MOT16_ROOT/frames"
    outcome, output = run("    echo short    # a comment")
    assert (outcome.result, outcome.note) == ("ok", "with --steps 5: an hour")
    assert "short --steps 5\n" in output


def test_what_goes_on_for_ever_is_stopped_and_fine(run):
    outcome, _ = run("    sleep 1000")
    assert (outcome.result, outcome.note) == ("ok", "stopped: it would go on for ever")
    # One that ends by itself too early has failed.
    assert run("    sleep no-number")[0].result == "failed"


def test_a_command_without_an_end_fails(run, tmp_path):
    outcome, _ = run("    (sleep 1000 & echo $! > pid; wait)", timeout=0.3)
    assert outcome.result == "failed"
    assert outcome.note.startswith("no end after 0 s")
    # Killed with its group; whoever takes in orphans may need a moment to bury it.
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


def test_what_a_reader_brings_along_is_made_once(run, tmp_path):
    outcome, _ = run("    ls walk.mp4")
    assert (outcome.result, outcome.note) == ("ok", "walk.mp4 made by `touch walk.mp4`")
    assert run("    ls walk.mp4")[0].note == ""


def test_an_environment_that_is_given_stays_as_it_is(run, tmp_path):
    outcome, output = run("    pip install x", environment=Path(sys.prefix))
    assert (outcome.result, output) == ("not run", "")
    assert run("    echo a b", left_out=["a b"])[0].note == "left out by --leave-out"


def test_programs(run):
    assert run('```python\nprint("he" + "re")\n```')[1].endswith("here\n")
    assert run("```python\n1 / 0\n```")[0].result == "failed"


def test_a_clone_of_this_project(tmp_path):
    clone = Clone(tmp_path / "clone", [], {}, environment=Path(sys.prefix))
    clone.make()
    assert (clone.folder / "README.md").is_file()
    assert (clone.folder / ".venv").resolve() == Path(sys.prefix).resolve()
    assert (clone.folder / "requirements.txt").stat().st_mtime == 0
