"""The adapt command with a tiny network: it writes weights and a report, and resumes."""

import json
import re
import shutil
import signal
import subprocess
import sys

import pytest
import torch

from flatsort.adaptation import training_plan
from flatsort.adaptation.adapt import adapt
from flatsort.adaptation.request import AdaptationRequest
from flatsort.commands.adapt import main, parse_arguments, read_request
from flatsort.files.file_digest import digest_of
from flatsort.files.paths import RUNS
from flatsort.reid_vae.model.architecture import ARCHITECTURES, Architecture
from flatsort.reid_vae.weights.weights import load_weights
from tests.flatsort.tiny_architecture import TINY

BUDGET = {"ARCHITECTURE": "tiny", "BATCH_SIZE": 8, "LEAST_STEPS": 6, "MOST_STEPS": 6}
COLOURS = ((0, 0, 255), (255, 0, 0), (0, 200, 0), (0, 200, 200), (200, 0, 200), (250, 250, 250))
LENGTH = 14


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    """Make trainings six steps long, and restore the number of threads afterwards."""
    monkeypatch.setitem(ARCHITECTURES, "tiny", Architecture(**TINY))
    for name, value in BUDGET.items():
        monkeypatch.setattr(training_plan, name, value)
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def footage(make_sequence):
    """Six labelled people walk through 14 frames; one of them is held out."""
    people = tuple((colour, 10 + 50 * n, 20, 20, 50, 1) for n, colour in enumerate(COLOURS))
    sequence = make_sequence(people, LENGTH, size=(320, 120))
    sequence.ground_truth_path.parent.mkdir()
    sequence.ground_truth_path.write_text(
        "".join(
            f"{frame},{n + 1},{9 + frame + 50 * n},20,20,50,1,1,1\n"
            for frame in range(1, LENGTH + 1)
            for n in range(len(COLOURS))
        )
    )
    return sequence


@pytest.fixture
def words(footage, tmp_path):
    """Make the command line without the command's name; it writes below the folder ``place``."""

    def make(*more, place="a"):
        return [
            *("--source", str(footage.folder), "--out", "mine"),
            *("--detector", f"file:{footage.folder / 'det' / 'det.txt'}", "--minutes", "60"),
            *("--before", "histogram", "--threads", "1"),
            *("--runs", str(tmp_path / place / "runs")),
            *("--weights", str(tmp_path / place / "weights")),
            *map(str, more),
        ]

    return make


def test_weights_and_a_report_appear(tool, words, tmp_path):
    outcome = tool(main, *words())
    assert outcome.status == 0, outcome.err
    folder = tmp_path / "a" / "runs" / "adapt" / "mine"
    lines = outcome.out.splitlines()
    assert lines[0].startswith("14 of 14 frames of MOT16-98 looked at in ")
    assert lines[0].endswith(" s: 84 boxes.")
    assert lines[1] == (
        "84 boxes are confident and large enough to learn from, in 6 tracklets of two or more; 14 "
        "boxes are held out of training."
    )
    assert lines[2] == "Learned from 84 crops, linked to 6 people."
    assert lines[3].startswith("Training: 6 steps, about ")
    assert re.match("Kept the (trained descriptor|descriptor computed at once): of 100", lines[4])
    # The terms of the objective are for the people who train descriptors.
    assert " rms " not in outcome.err
    assert "equal error" not in outcome.out
    assert lines[5].startswith(f"Wrote {tmp_path / 'a' / 'weights' / 'mine.safetensors'}: ")
    assert lines[6].startswith(
        "Cannot tell whether mine is better than histogram: too few people to say. 0 people stayed"
    )
    assert lines[-1] == f"Report: {folder / 'report.md'}"
    page = (folder / "report.md").read_text()
    for line in lines[:-1]:
        assert line in page or line.startswith(("Tracks: ", "By labels"))
    for picture in ("identities.png", "sheet.png"):
        assert f"]({picture})" in page
        assert (folder / picture).is_file()
    # Pairs must be 20 frames apart, so 14 frames are too few for them; tracks are scored.
    assert "## Tracks, by labels" in page
    assert "## People, by labels" not in page


def test_the_weights_are_those_that_err_less_on_held_out_crops(tool, words, tmp_path):
    out = tool(main, *words()).out
    pattern = r"Kept the (.*): of 100 pairs of boxes held out, (.*) are .* trained one (.*)\."
    kept, closed, trained = re.search(pattern, out).groups()
    is_trained = float(trained) > float(closed)
    assert kept == ("trained descriptor" if is_trained else "descriptor computed at once")
    folder = tmp_path / "a" / "runs" / "adapt" / "mine"
    chosen = folder / ("trained" if is_trained else "closed")
    for suffix in ("safetensors", "onnx"):
        written = (tmp_path / "a" / "weights" / f"mine.{suffix}").read_bytes()
        assert written == (chosen / f"mine.{suffix}").read_bytes()
    assert (folder / "sheet.png").read_bytes() == (chosen / "sheet.png").read_bytes()


def test_without_time_to_train_the_closed_form_is_the_descriptor(tool, words, tmp_path):
    outcome = tool(main, *words("--minutes", 0.01))
    assert outcome.status == 0, outcome.err
    assert "The time allows no training: the descriptor is the one computed at once." in outcome.out
    model, card = load_weights(tmp_path / "a" / "weights" / "mine.safetensors")
    assert (card["settings"]["steps"], card["settings"]["start"]) == (0, "closed")
    # The decoder is the isometry alone.
    assert not model.decoder.network.last.weight.any()
    columns = model.decoder.linear.weight.detach()
    products = columns.T @ columns
    isometry = products[0, 0] * torch.eye(len(products))
    # Weights files hold half precision.
    assert torch.allclose(products, isometry, rtol=1e-3, atol=1e-3 * products[0, 0].item())
    assert "closed form" in (tmp_path / "a" / "weights" / "MODEL_CARD.md").read_text()


def test_the_weights_are_a_descriptor(tool, words, footage, tmp_path, read_rows):
    from flatsort.commands.track import main as track

    tool(main, *words())
    weights = tmp_path / "a" / "weights" / "mine.safetensors"
    results = tmp_path / "results"
    outcome = tool(track, "--seq", footage.folder, "--descriptor", weights, "--results", results)
    assert outcome.status == 0, outcome.err
    rows = read_rows(results / "mine" / "MOT16-98.txt")
    assert {row[1] for row in rows} == {1, 2, 3, 4, 5, 6}


def test_the_card_says_how_the_weights_were_made(tool, words, footage, tmp_path):
    tool(main, *words("--seed", 3))
    _, card = load_weights(tmp_path / "a" / "weights" / "mine.safetensors")
    assert card["data"]["crops"] == 70
    assert card["data"]["held_out"] == 14
    assert card["settings"]["covariance"] == "nuisance"
    assert card["calibration"]["positives"] == 4
    text = (tmp_path / "a" / "weights" / "MODEL_CARD.md").read_text()
    command = next(line for line in text.splitlines() if "tools/adapt.py --source" in line)
    again = parse_arguments(command.split()[2:])
    assert (again.source, again.seed, again.minutes) == (str(footage.folder), 3, 60)
    assert (again.detector, again.out, again.classes) == (words()[5], "mine", ["person"])


def load(tmp_path, place):
    model, card = load_weights(tmp_path / place / "weights" / "mine.safetensors")
    return model.state_dict(), card["calibration"]


KILLED = """
import functools, os, signal, sys
from flatsort.reid_vae.model.architecture import ARCHITECTURES, Architecture
from flatsort.reid_vae.training.trainer import Trainer
from flatsort.commands.adapt import main
from flatsort.adaptation import collector, training_plan

ARCHITECTURES["tiny"] = Architecture(**{tiny!r})
for name, value in {budget!r}.items():
    setattr(training_plan, name, value)
collector._PIECE_S = 0.0
Trainer.run = functools.partialmethod(Trainer.run, checkpoint_every=0.0)

def killed(function, at):
    def wrapped(self, *arguments):
        if at(self, *arguments):
            os.kill(os.getpid(), signal.SIGKILL)
        return function(self, *arguments)
    return wrapped

look, take_step = collector.Collector._look, Trainer._take_step
if sys.argv[1] == "collecting":
    collector.Collector._look = killed(look, lambda self, frame: frame.number == 9)
else:
    Trainer._take_step = killed(
        take_step, lambda self: self.settings.steps == 6 and self.step == 3
    )
main(sys.argv[2:])
"""


def test_a_killed_run_continues_to_the_same_weights(tool, words, tmp_path, monkeypatch):
    assert tool(main, *words()).status == 0
    # The plan depends on the speed of the machine; both runs must have the same plan.
    folder = tmp_path / "b" / "runs" / "adapt" / "mine"
    folder.mkdir(parents=True)
    shutil.copy(tmp_path / "a" / "runs" / "adapt" / "mine" / "plan.json", folder)
    code = KILLED.format(tiny=TINY, budget=BUDGET)
    for phase in ("collecting", "training"):
        done = subprocess.run(
            [sys.executable, "-c", code, phase, *words(place="b")], capture_output=True, check=False
        )
        assert done.returncode == -signal.SIGKILL, done.stderr
        assert not (tmp_path / "b" / "weights" / "mine.safetensors").exists()
        pieces = sorted(path.name for path in (folder / "footage").glob("0*"))
        # Eight pieces of one frame before the kill. The next run adds six frames, and a last piece
        # without frames that ends the collecting.
        assert len(pieces) == (8 if phase == "collecting" else 15)
    assert torch.load(folder / "trained" / "checkpoint.pt", weights_only=True)["step"] == 3

    def stopped(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("flatsort.adaptation.adapt.compare", stopped)
        assert tool(main, *words(place="b")).status == 130
    assert tool(main, *words(place="b")).status == 0
    straight, resumed = load(tmp_path, "a"), load(tmp_path, "b")
    assert resumed[1] == straight[1]
    for name, tensor in straight[0].items():
        assert torch.equal(tensor, resumed[0][name]), name
    assert (folder / "report.md").is_file()


def test_a_finished_run_is_only_reported_again(tool, words, tmp_path, footage):
    first = tool(main, *words())
    again = tool(main, *words())
    assert again.status == 0
    assert again.out == first.out
    assert "lambda" not in again.err


def test_the_folder_of_a_run_refuses_another_command(tool, words):
    tool(main, *words())
    error = tool(main, *words("--seed", 1)).error
    assert "mine holds a run with another --seed: give the same command to continue" in error


def test_weights_that_another_program_made_are_not_overwritten(tool, words, tmp_path):
    path = tmp_path / "a" / "weights" / "mine.safetensors"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"precious")
    assert "mine.safetensors exists, but no run in" in tool(main, *words()).error
    assert path.read_bytes() == b"precious"


def test_footage_with_too_few_people_frees_the_folder(tool, words, tmp_path):
    error = tool(main, *words("--min-confidence", 0.95)).error
    assert error.startswith(
        "0 boxes of people to learn from were found in 14 frames of MOT16-98, and at least 8 are "
        "needed: give more footage, a lower --learn-confidence or --min-height, or another"
    )
    assert not (tmp_path / "a" / "runs" / "adapt" / "mine").exists()
    assert tool(main, *words()).status == 0


def test_people_who_could_not_be_followed(tool, words, make_sequence):
    # People move by one and a half box widths per frame, so boxes never overlap.
    people = (((0, 0, 255), 10, 20, 20, 50, 30),)
    running = make_sequence(people, 10, name="MOT16-96", size=(400, 120))
    more = (
        *("--source", running.folder),
        *("--detector", f"file:{running.folder / 'det' / 'det.txt'}"),
    )
    assert "hardly a box in MOT16-96 could be linked to a box" in tool(main, *words(*more)).error


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        (["--out", "none"], "--out 'none': take letters"),
        (["--out", "a/b"], "--out 'a/b': take letters"),
        (["--minutes", "0"], "--minutes must be above 0"),
        (["--minutes", "nan"], "--minutes must be above 0"),
        (["--minutes", "inf"], "--minutes must be above 0"),
        (["--min-height", "-1"], "--min-height must be above 0"),
        (["--learn-confidence", "nan"], "--learn-confidence must be a number"),
        (["--seed", "-1"], "--seed must be 0 or above"),
        (["--threads", "0"], "--threads must be above 0"),
        (["--before", "none"], "--before none: it gives no features"),
        (["--before", "features:x.npy"], "--before features:x.npy: it gives no features"),
        (["--before", "unheard"], "unheard: unknown"),
        (["--detector", "unheard"], "--detector unheard: unknown"),
        (["--source", "/absent.mp4"], "/absent.mp4: no such file"),
    ],
)
def test_wrong_words(tool, words, tmp_path, files_under, more, complaint):
    before = files_under(tmp_path)
    assert complaint in tool(main, *words(*more)).error
    assert files_under(tmp_path) == before


def test_damaged_ground_truth_is_reported_before_the_run_starts(tool, words, footage, tmp_path):
    with footage.ground_truth_path.open("a") as file:
        file.write("15,1,1,1,1,1,1,1,1\n")
    error = tool(main, *words()).error
    assert "gt.txt, line 85: frame beyond the sequence's last, 14" in error
    assert not (tmp_path / "a").exists()


def test_two_descriptors_of_one_name_are_not_compared(tool, words, tmp_path):
    own = tmp_path / "elsewhere" / "mine.safetensors"
    error = tool(main, *words("--before", own)).error
    assert f"--before {own}: this descriptor is called mine too: take another --out" in error


def test_passwords_stay_out_of_the_card():
    url = "rtsp://user:secret@camera/stream"
    command = AdaptationRequest(url, "mine").command_line()
    assert "rtsp://camera/stream" in command
    assert "secret" not in command


def test_the_request_has_the_defaults_that_the_help_states(capsys):
    words = ("walk.mp4", "--out", "mine", "--detector", "yolox-nano")
    request = read_request(parse_arguments(words))
    assert request == AdaptationRequest("walk.mp4", "mine", cache=request.cache)
    # No file of a checkout is written: runs/ belongs to the user.
    assert request.weights_path == RUNS / "weights" / "mine.safetensors"
    with pytest.raises(SystemExit):
        parse_arguments(["--help"])
    text = capsys.readouterr().out
    for name in ("minutes", "before", "learn_confidence", "min_height", "seed", "detector"):
        option, value = f"--{name.replace('_', '-')}", getattr(request, name)
        stated = value if isinstance(value, str) else f"{value:g}"
        # From this option's line to the next option's.
        paragraph = re.search(rf"^  {option} .*?(?=^  --|^\S)", text, re.DOTALL | re.MULTILINE)[0]
        # Long words are broken at hyphens.
        assert f"({stated}" in "".join(paragraph.split())


def test_python_programs_adapt_with_a_request(footage, tmp_path):
    lines = []
    request = AdaptationRequest(
        source=str(footage.folder),
        name="mine",
        detector=f"file:{footage.folder / 'det' / 'det.txt'}",
        before="histogram",
        threads=1,
        runs=tmp_path / "runs",
        weights=tmp_path / "weights",
    )
    outcome = adapt(request, tell=lines.append)
    assert outcome.findings.verdict.after == "mine"
    # One of six people is held out, and everybody is in view for 14 frames: too short for trials.
    assert outcome.findings.verdict.recommended == "histogram"
    assert any("too few people to say" in line for line in lines)
    assert outcome.card["calibration"]["gate"] > 0
    assert outcome.weights == tmp_path / "weights" / "mine.safetensors"
    assert outcome.report.is_file()
    assert lines[-1].endswith(f"Report: {outcome.report}")


def test_edits_are_certain_people(tool, words, footage, tmp_path):
    """The tracks of the first two people are exchanged from frame 8 on, says the user."""
    results = tmp_path / "results.txt"
    results.write_text(
        "".join(
            f"{frame},{n + 1},{9 + frame + 50 * n},20,20,50,1\n"
            for frame in range(1, LENGTH + 1)
            for n in range(2)
        )
    )
    edits = tmp_path / "edits.json"
    content = [{"kind": "swap", "frame": 8, "ids": [1, 2]}]
    edits.write_text(json.dumps({"sha256": digest_of(results), "edits": content}))
    given = ("--edits", edits, "--results", results)
    outcome = tool(main, *words(*given))
    assert outcome.status == 0, outcome.err
    assert "Edits tell 2 people apart in 28 boxes." in outcome.out
    folder = tmp_path / "a" / "runs" / "adapt" / "mine"
    assert json.loads((folder / "run.json").read_text())["--edits"] == digest_of(edits)
    assert "go together" in tool(main, *words("--edits", edits, place="b")).error
    results.write_text("1,1,0,0,9,9,1\n")
    assert "were marked on other results" in tool(main, *words(*given, place="b")).error
