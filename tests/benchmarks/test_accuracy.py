"""benchmarks/accuracy*.py: results, scores of halves and without sequences, and the page."""

from dataclasses import replace

import pytest

from benchmarks import accuracy
from benchmarks.accuracy_boxes import BoxSet
from benchmarks.accuracy_page import write_page
from benchmarks.accuracy_plot import COLUMNS, draw
from benchmarks.accuracy_runs import can_run, seconds_per_frame, split_installed, track
from benchmarks.accuracy_scores import jackknife_error, score_results
from benchmarks.accuracy_trackers import contenders
from flatsort.files.mot_files import read_detections

TRACKERS = ("sort", "flatsort")


@pytest.fixture
def box_set(make_sequence):
    """Two sequences of 8 frames; in the second one, nobody is found in the first half."""
    pairs = []
    for name, first in (("MOT16-97", 1), ("MOT16-98", 5)):
        sequence = make_sequence(name=name, images=False)
        boxes = (sequence.folder / "det" / "det.txt").read_text().splitlines(keepends=True)
        (sequence.folder / "gt").mkdir()
        truth = [f"{frame},{person},{box},1,1,1\n" for frame, person, box in _numbered(boxes)]
        (sequence.folder / "gt" / "gt.txt").write_text("".join(truth))
        found = [row for row in boxes if int(row.split(",")[0]) >= first]
        (sequence.folder / "det" / "det.txt").write_text("".join(found))
        pairs.append((sequence, read_detections(sequence.find_detections(), sequence.length)))
    return BoxSet("yolox", "Painted boxes", 0.6, "By hand.", tuple(pairs), has_halves=True)


def _numbered(boxes):
    """Yield frame, person (1 or 2 in turn) and box of each row of detections."""
    for place, row in enumerate(boxes):
        words = row.split(",")
        yield words[0], place % 2 + 1, ",".join(words[2:6])


@pytest.fixture
def ours():
    return [each for each in contenders() if each.name in TRACKERS]


def test_halves_and_left_out_sequences_are_scored_apart(box_set, ours, tmp_path):
    for contender in ours:
        track(contender, box_set, tmp_path)
    scores = score_results(box_set, tmp_path / "flatsort")
    # flatsort confirms at once in the first frame, and in the second match of a later track: two
    # people in the second sequence are missed in 4 frames and at the fifth.
    assert scores["whole"]["FN"] == 2 * 5
    assert scores["halves"]["FN"] == 2
    # All boxes of the other sequence are found: 16 of 16, and 6 of 16.
    without = {name: each["MOTA"] for name, each in scores["without"].items()}
    assert without == {"MOT16-97": pytest.approx(100 * 6 / 16), "MOT16-98": 100}
    assert scores["halves"]["Purity"] == 100
    assert "AssRe" in scores["whole"]


def test_a_set_without_halves_has_no_score_of_them(box_set, ours, tmp_path):
    one = replace(box_set, boxes=box_set.boxes[:1], has_halves=False)
    track(ours[0], one, tmp_path)
    scores = score_results(one, tmp_path / ours[0].name)
    assert (scores["halves"], scores["without"]) == (None, {})


def test_the_jackknife_of_a_mean_is_its_standard_error():
    # The values 1, 2, 6 have the mean 3 and the standard error sqrt(14 / 2 / 3). Without one value,
    # the means are 4, 3.5 and 1.5.
    assert jackknife_error([4, 3.5, 1.5]) == pytest.approx((14 / 2 / 3) ** 0.5)


def test_trackers_that_need_frames_do_not_run_without(box_set):
    everyone = {each.name: each for each in contenders()}
    assert can_run(everyone["flatsort"], box_set)
    assert not can_run(everyone["deepsort fmvae-track"], box_set)


def test_our_trackers_are_always_there():
    installed, missing = split_installed(contenders())
    assert {each.name for each in installed} >= {"sort", "flatsort", "deepsort fmvae-track"}
    assert not any(each.is_ours for each in missing)
    names = [each.name for each in contenders()]
    assert len(set(names)) == len(names)


def test_trackers_of_the_same_speed_can_be_drawn():
    names = ["one", "two"]
    entry = {
        "title": "Painted boxes",
        "sequences": ["A"],
        "scores": {name: {"whole": dict.fromkeys(COLUMNS, 50.0)} for name in names},
        "seconds_per_frame": {"one": 15e-6, "two": 15.01e-6},
    }
    figure = draw(entry, {name: {"is_ours": False} for name in names})
    figure.draw_without_rendering()  # A layout without room for the axes warns: an error here.
    assert all(axes.get_position().width > 0.15 for axes in figure.axes)


def test_the_page_compares_ours_with_the_best_peer(box_set, ours, tmp_path):
    entry = {"title": "Painted boxes", "note": "By hand.", "strong": 0.6}
    entry["sequences"] = [sequence.name for sequence, _ in box_set.boxes]
    entry["scores"], entry["seconds_per_frame"], trackers = {}, {}, {}
    for contender in ours:
        track(contender, box_set, tmp_path)
        entry["scores"][contender.name] = score_results(box_set, tmp_path / contender.name)
        entry["seconds_per_frame"][contender.name] = seconds_per_frame(contender, box_set, 1)
        trackers[contender.name] = {
            "package": "p",
            "version": "1",
            "settings": "defaults",
            "takes_all": contender.takes_all,
            "is_ours": contender.name == "flatsort",
        }
    write_page({"sets": {"yolox": entry}, "trackers": trackers}, tmp_path)
    page = (tmp_path / "benchmark.md").read_text()
    assert (tmp_path / "benchmark.png").stat().st_size > 1000
    assert "## Painted boxes, 2 sequences" in page
    assert "### Painted boxes, second halves" in page
    rows = [line for line in page.splitlines() if line.startswith("| HOTA")]
    (row,) = [[cell.strip() for cell in line.strip("|").split("|")] for line in rows]
    whole = {name: entry["scores"][name]["whole"]["HOTA"] for name in TRACKERS}
    assert row[:5] == [
        "HOTA",
        f"{whole['flatsort']:.2f}",
        "sort",
        f"{whole['sort']:.2f}",
        f"{whole['flatsort'] - whole['sort']:+.2f}",
    ]
    assert "The times have not been measured." in page


@pytest.fixture
def command(tool, monkeypatch, tmp_path):
    """A function that runs the command on figures of its own."""
    monkeypatch.setattr(accuracy, "FIGURES", tmp_path / "accuracy.json")
    monkeypatch.setattr(accuracy, "ROOT", tmp_path)
    return lambda *words: tool(accuracy.main, "--results", tmp_path / "runs", *words)


def test_the_page_needs_scores(command):
    assert "no scores yet: run the steps track and score first" in command("--step", "page").error


def test_bad_arguments(command, make_sequence, tmp_path):
    assert "no MOTChallenge sequences" in command("--mot-root", tmp_path / "nowhere").error
