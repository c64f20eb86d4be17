"""The folder of a run belongs to one request."""

import pytest

from flatsort.adaptation.run_folder import RunFolder
from flatsort.adaptation.training_plan import Plan
from flatsort.errors import InputError

WORDS = {"--source": "/walk.mp4", "--minutes": 10.0, "--classes": ("person",)}


def test_the_same_request_continues(tmp_path):
    run = RunFolder(tmp_path / "mine")
    assert not run.is_claimed
    run.claim(WORDS)
    RunFolder(tmp_path / "mine").claim({**WORDS, "--classes": ["person"]})
    assert run.is_claimed


def test_another_request_is_refused_with_the_options_that_differ(tmp_path):
    run = RunFolder(tmp_path / "mine")
    run.claim(WORDS)
    with pytest.raises(InputError, match="a run with another --minutes, --seed: give the same"):
        run.claim({**WORDS, "--minutes": 5.0, "--seed": 1})


def test_a_request_without_the_edits_of_the_run_is_another_one(tmp_path):
    run = RunFolder(tmp_path / "mine")
    run.claim({**WORDS, "--edits": "digest"})
    with pytest.raises(InputError, match="a run with another --edits: give the same"):
        run.claim(WORDS)


def test_a_failed_run_is_removed(tmp_path):
    run = RunFolder(tmp_path / "mine")
    run.claim(WORDS)
    run.save_plan(Plan(1, 1.0, 0))
    run.forget()
    assert list(tmp_path.iterdir()) == []
    run.claim({"--source": "another"})


def test_the_plan_is_stored(tmp_path):
    run = RunFolder(tmp_path / "mine")
    assert run.load_plan() is None
    run.save_plan(Plan(300, 0.25, 7))
    assert RunFolder(tmp_path / "mine").load_plan() == Plan(300, 0.25, 7)


@pytest.mark.parametrize("text", ["", "[1]", "{", '{"steps": 3}'])
def test_damaged_files_are_named(tmp_path, text):
    run = RunFolder(tmp_path)
    (tmp_path / "plan.json").write_text(text)
    with pytest.raises(InputError, match=r"plan\.json.*: remove "):
        run.load_plan()
