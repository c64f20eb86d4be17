"""track.py --adapt: one command that learns from a recording and then tracks it."""

import json

import pytest
import torch

from flatsort.adaptation import training_plan
from flatsort.commands.track import main
from flatsort.files.paths import WEIGHTS
from flatsort.reid_vae.model.architecture import ARCHITECTURES, Architecture
from flatsort.tracking.run_record import read_run_record
from tests.flatsort.clips import write_clip
from tests.flatsort.tiny_architecture import TINY

COLOURS = ((0, 0, 255), (255, 0, 0), (0, 200, 0), (0, 200, 200), (200, 0, 200), (250, 250, 250))
LENGTH = 14


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    """Make trainings six steps long, and restore the number of threads afterwards."""
    monkeypatch.setitem(ARCHITECTURES, "tiny", Architecture(**TINY))
    for name, value in {"ARCHITECTURE": "tiny", "BATCH_SIZE": 8, "LEAST_STEPS": 6}.items():
        monkeypatch.setattr(training_plan, name, value)
    monkeypatch.setattr(training_plan, "MOST_STEPS", 6)
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def footage(make_sequence):
    """Six people walk through 14 frames."""
    people = tuple((colour, 10 + 50 * n, 20, 20, 50, 1) for n, colour in enumerate(COLOURS))
    return make_sequence(people, LENGTH, size=(320, 120))


@pytest.fixture
def track(tool, tmp_path):
    def call(*words):
        return tool(main, *words, "--descriptor", "histogram", "--results", tmp_path / "results")

    return call


def test_one_command_learns_and_tracks(track, footage, tmp_path, own_feature_cache, read_rows):
    card = (WEIGHTS / "MODEL_CARD.md").read_bytes()
    outcome = track("--seq", footage.folder, "--adapt", 5)
    assert outcome.status == 0, outcome.err
    first, second, *_ = outcome.out.splitlines()
    # Everybody is in view for 14 frames only: too short for trials.
    assert first.startswith("Cannot tell whether adapted is better than histogram: too few people")
    assert "Keep histogram." in first
    results = tmp_path / "results" / "histogram" / "MOT16-98.txt"
    assert second.startswith(f"{results}: 14 frames")
    assert {row[1] for row in read_rows(results)} == {1, 2, 3, 4, 5, 6}
    (folder,) = (own_feature_cache / "runs" / "adapt").iterdir()
    assert folder.name.startswith("MOT16-98-")
    names = {path.name for path in folder.iterdir()}
    assert {"adapted.safetensors", "adapted.onnx", "report.md", "MODEL_CARD.md"} <= names
    assert str(folder / "report.md") in first
    assert (WEIGHTS / "MODEL_CARD.md").read_bytes() == card


def test_the_same_request_learns_only_once(track, footage, own_feature_cache):
    first = track("--seq", footage.folder, "--adapt", 5)
    (folder,) = (own_feature_cache / "runs" / "adapt").iterdir()
    written = (folder / "adapted.safetensors").stat().st_mtime_ns
    again = track("--seq", footage.folder, "--adapt", 5, "--offline")
    # --offline tracks boxes of lower confidence, so its request is another one.
    assert again.status == 0, again.err
    assert len(list(folder.parent.iterdir())) == 2
    third = track("--seq", footage.folder, "--adapt", 5)
    assert third.out.splitlines()[0] == first.out.splitlines()[0]
    assert "comparing" not in third.err
    assert (folder / "adapted.safetensors").stat().st_mtime_ns == written


def test_other_pictures_in_the_same_folder_are_another_recording(track, footage, own_feature_cache):
    rows = footage.folder / "det" / "det.txt"
    words = ("--source", footage.image_folder, "--detector", f"file:{rows}", "--adapt", 5)
    assert track(*words).status == 0
    footage.frame_path(LENGTH).unlink()
    assert track(*words).status == 0
    assert len(list((own_feature_cache / "runs" / "adapt").iterdir())) == 2


@pytest.mark.parametrize("descriptor", ["adapted", "none"])
def test_the_recommended_descriptor_is_used(
    track, footage, own_feature_cache, tmp_path, descriptor
):
    """A verdict that recommends another descriptor, as a finished run has stored it."""
    track("--seq", footage.folder, "--adapt", 5)
    (folder,) = (own_feature_cache / "runs" / "adapt").iterdir()
    weights = str(folder / "adapted.safetensors")
    word = weights if descriptor == "adapted" else "none"
    choice = {"headline": "A is better here than B.", "descriptor": word}
    (folder / "choice.json").write_text(json.dumps(choice))
    outcome = track("--seq", footage.folder, "--adapt", 5, "--tracker", "t")
    assert outcome.out.startswith("A is better here than B.\n")
    record = read_run_record(tmp_path / "results" / "t" / "MOT16-98.txt")
    assert record.descriptor == word


def test_a_choice_whose_weights_are_gone_is_made_again(track, footage, own_feature_cache):
    track("--seq", footage.folder, "--adapt", 5)
    (folder,) = (own_feature_cache / "runs" / "adapt").iterdir()
    gone = {"headline": "old", "descriptor": str(folder / "gone.safetensors")}
    (folder / "choice.json").write_text(json.dumps(gone))
    outcome = track("--seq", footage.folder, "--adapt", 5)
    assert outcome.out.startswith("Cannot tell whether adapted is better")


def test_a_video_with_too_few_people_is_tracked_all_the_same_and_detected_once(
    track, tmp_path, footage, own_feature_cache
):
    frames = [footage.read_frame(number) for number in range(1, LENGTH + 1)]
    clip = write_clip(tmp_path / "walk.mp4", frames)
    outcome = track("--source", clip, "--detector", "hog", "--adapt", 1)
    assert outcome.status == 0, outcome.err
    # HOG finds nobody in these pictures.
    assert outcome.out.startswith(
        "Cannot tell whether learning from walk would help: 0 boxes of people to learn from were "
        "found in 14 frames of walk, and at least 8 are needed. Keep histogram.\n"
    )
    assert "boxes of 14 frames come from an earlier run" in outcome.out
    assert not list((own_feature_cache / "runs" / "adapt").iterdir())


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--descriptor", "features:x.npy"), "it gives no features of new boxes"),
        (("--preset", "sort"), "--adapt with --preset sort: it tracks by motion alone"),
    ],
)
def test_options_that_exclude_it(tool, footage, words, complaint):
    assert complaint in tool(main, "--seq", footage.folder, "--adapt", 5, *words).error


@pytest.mark.parametrize("minutes", ["0", "-1", "nan", "inf", "soon"])
def test_minutes_are_above_0(tool, footage, minutes):
    outcome = tool(main, "--seq", footage.folder, f"--adapt={minutes}")
    assert outcome.status == 2
    assert "give minutes above 0, such as 3" in outcome.err
