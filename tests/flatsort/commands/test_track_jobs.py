"""track.py with --jobs: the same bytes as a serial run, failures at the end, and refusals."""

import json

import pytest

from flatsort.commands.make_scene import main as make_scene
from flatsort.commands.track import main
from tests.flatsort.processes import digests


def record_without_times(path):
    record = json.loads(path.read_text())
    del record["seconds"]
    return record


@pytest.fixture
def root(make_sequence, tmp_path):
    """Return a MOT root with three sequences of different lengths."""
    for number, length in (("02", 12), ("05", 4), ("09", 8)):
        make_sequence(length=length, name=f"MOT16-{number}", under=tmp_path / "root" / "train")
    return tmp_path / "root"


@pytest.fixture
def track(tool, tmp_path, root):
    def call(name, *words):
        base = ("--seq", "all", "--mot-root", root, "--results", tmp_path / name)
        return tool(main, *base, *words)

    return call


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--descriptor", "fmvae", "--also", "csv", "yolo"),
        ("--preset", "flatsort", "--descriptor", "histogram", "--offline", "--no-cache"),
    ],
)
def test_two_processes_write_the_bytes_of_a_serial_run(track, tmp_path, words):
    serial, jobs = track("serial", *words), track("jobs", *words, "--jobs", "2", "--no-cache")
    assert (serial.status, jobs.status) == (0, 0), jobs.err
    expected = digests(tmp_path / "serial")
    assert len(expected) >= 3
    assert digests(tmp_path / "jobs") == expected
    names = [
        line.split("/")[-1].split(".txt")[0] for line in jobs.out.splitlines() if ".txt" in line
    ]
    assert names == ["MOT16-02", "MOT16-05", "MOT16-09"]
    for path in (tmp_path / "serial").rglob("MOT16-*.json"):
        other = tmp_path / "jobs" / path.relative_to(tmp_path / "serial")
        expected, found = record_without_times(path), record_without_times(other)
        assert found == expected


def test_a_rendered_scene_has_the_same_bytes(tool, tmp_path):
    """Two copies of one scene, so that both processes have work."""
    for name in ("MOT16-51", "MOT16-52"):
        tool(make_scene, "--out", tmp_path / "root" / "train" / name, "--frames", "12")
    base = ("--seq", "all", "--mot-root", tmp_path / "root", "--descriptor", "fmvae-track")
    tool(main, *base, "--no-cache", "--results", tmp_path / "serial")
    outcome = tool(main, *base, "--no-cache", "--jobs", "2", "--results", tmp_path / "jobs")
    assert outcome.status == 0, outcome.err
    assert digests(tmp_path / "jobs") == digests(tmp_path / "serial") != {}


def test_notes_follow_the_line_of_their_sequence(track, root):
    """The second of three sequences has only doubtful boxes, about which there is a note."""
    path = root / "train" / "MOT16-05" / "det" / "det.txt"
    path.write_text("1,-1,10,20,20,50,0.1,-1,-1,-1\n")
    serial, jobs = track("serial"), track("jobs", "--jobs", "2")

    def kinds(outcome):
        return [line[:5] if "note" in line else line[-30:-60] for line in outcome.out.splitlines()]

    assert kinds(jobs) == kinds(serial)
    assert jobs.out.splitlines()[2].startswith("note: the frames of MOT16-05 have no detection")


def test_one_failed_sequence_is_named_at_the_end(track, root, tmp_path):
    (root / "train" / "MOT16-05" / "det" / "det.txt").write_text("1,-1,10,20,20,fifty\n")
    outcome = track("jobs", "--jobs", "2")
    assert outcome.status == 1
    assert {path.name for path in (tmp_path / "jobs" / "none").iterdir()} == {
        f"MOT16-{number}.{kind}" for number in ("02", "09") for kind in ("txt", "json")
    }
    *_, failure, total = outcome.err.splitlines()
    assert failure.startswith("error: MOT16-05: ")
    assert "det.txt, line 1: column 6 is not a number" in failure
    assert total == "1 of 3 sequences failed; the others are complete"


def test_a_plugin_goes_to_all_processes(track, tmp_path):
    plugin = tmp_path / "mean.py"
    plugin.write_text(
        "import numpy as np\nfrom flatsort import register_descriptor\n\n"
        "@register_descriptor('mean-of-frame')\n"
        "def mean(frame, boxes):\n    return np.full((len(boxes), 2), frame.mean())\n"
    )
    words = ("--descriptor", "mean-of-frame", "--plugin", plugin, "--jobs", "2")
    outcome = track("jobs", *words)
    assert outcome.status == 0, outcome.err
    assert len(digests(tmp_path / "jobs")) == 3


@pytest.mark.parametrize(
    ("words", "sentence"),
    [(("--show",), "--show does not go with --jobs"), (("--adapt", "3"), "--adapt does not go")],
)
def test_options_that_need_one_process_are_refused(track, words, sentence):
    assert sentence in track("jobs", "--jobs", "2", *words).error


@pytest.mark.parametrize("word", ["0", "-1", "two", "1.5"])
def test_a_number_of_processes_is_a_whole_number_above_0(track, word):
    outcome = track("jobs", "--jobs", word)
    assert outcome.status == 2
    assert "give a whole number above 0" in outcome.err


def test_a_dry_run_starts_no_process(track, tmp_path):
    outcome = track("jobs", "--jobs", "2", "--dry-run")
    assert outcome.status == 0, outcome.err
    assert outcome.out.count("footage") == 3
    assert not (tmp_path / "jobs").exists()
