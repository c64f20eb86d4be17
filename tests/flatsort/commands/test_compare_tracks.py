"""The command compare_tracks: output, files and errors."""

import json

import cv2
import pytest

from flatsort.commands.compare_tracks import main
from flatsort.commands.track import main as track
from tests.flatsort.clips import grey_frames, write_clip

LENGTH = 30


def run(identity, first, last, left=10):
    return "".join(
        f"{frame},{identity},{left},20,20,50,1,1,1\n" for frame in range(first, last + 1)
    )


TRUTH = run(1, 1, LENGTH) + run(2, 1, LENGTH, left=100)
# SORT switches once at each person. The tracker ours keeps person 1, and switches together with
# SORT at person 2.
SORT = run(8, 1, 10) + run(9, 20, LENGTH) + run(6, 1, 4, 100) + run(7, 5, LENGTH, 100)
OURS = run(5, 1, LENGTH) + run(3, 1, 4, 100) + run(4, 5, LENGTH, 100)


@pytest.fixture
def place(make_sequence, tmp_path, monkeypatch):
    """The working folder: sequence MOT16-98 with ground truth, results/SORT and results/ours."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MOT16_ROOT", str(tmp_path))
    sequence = make_sequence(length=LENGTH)
    (sequence.folder / "gt").mkdir()
    sequence.ground_truth_path.write_text(TRUTH)
    for name, text in (("SORT", SORT), ("ours", OURS)):
        (tmp_path / "results" / name).mkdir(parents=True)
        (tmp_path / "results" / name / "MOT16-98.txt").write_text(text)
    return tmp_path


WORDS = ("--seq", "MOT16-98", "--tracker", "SORT", "ours")


def table(text):
    """Parse the rows that start with a number, and the totals."""
    lines = [line.split() for line in text.splitlines()]
    moments = [line for line in lines if line and line[0].isdigit()]
    totals = {line[0]: line[1:] for line in lines if line and line[0] in ("SORT", "ours")}
    return moments, totals


def test_the_table_and_the_picture(tool, place, files_under):
    before = files_under(place)
    outcome = tool(main, *WORDS, "--out", "docs/a.png", "--json", "a.json")
    assert (outcome.status, outcome.err) == (0, "")
    moments, totals = table(outcome.out)
    # Both trackers switch at person 2, so they do not differ there.
    assert moments == [["1", "20", "1", "SORT", "8", "->", "9", "10", "ours", "5", "10"]]
    assert totals == {"SORT": ["2", "1", "0"], "ours": ["1", "0", "1"]}
    assert outcome.out.endswith("wrote docs/a.png: the switches at frame 20\n")
    picture = cv2.imread("docs/a.png")
    assert picture.shape[1] > picture.shape[0] > 600
    assert set(files_under(place)) - set(before) == {"docs/a.png", "a.json"}
    found = json.loads((place / "a.json").read_text())
    assert [moment["person"] for moment in found["moments"]] == [1, 2]
    assert found["trackers"]["SORT"]["switches"] == 2


def test_without_names_all_trackers_with_the_sequence_are_compared(tool, place):
    (place / "results" / "other").mkdir()
    (place / "results" / "other" / "MOT16-97.txt").write_text("")
    _, totals = table(tool(main, *WORDS[:2]).out)
    assert list(totals) == ["SORT", "ours"]


def test_the_switches_at_one_frame_can_be_drawn(tool, place):
    # Frame 4 has the old identity and 5 the new one; 15 lies between the two of another moment.
    for frame, first in ((4, 5), (15, 20)):
        outcome = tool(main, *WORDS, "--at", frame, "--out", "a.png")
        assert f"wrote a.png: the switches at frame {first}\n" in outcome.out


def test_at_a_frame_without_switches_nothing_is_written(tool, place, files_under):
    before = files_under(place)
    outcome = tool(main, *WORDS, "--at", "25", "--out", "a.png", "--json", "a.json")
    assert outcome.error == "frame 25: no tracker switches there; nearest: 5, 20"
    assert files_under(place) == before


def test_top_is_the_number_of_moments_drawn(tool, place):
    # In this file ours keeps person 2 as well.
    text = run(5, 1, LENGTH) + run(3, 1, LENGTH, 100)
    (place / "results" / "ours" / "MOT16-98.txt").write_text(text)
    for top, frames in (("1", "20"), ("9", "20, 5")):
        outcome = tool(main, *WORDS, "--top", top, "--out", "a.png")
        assert f"the switches at frame {frames}\n" in outcome.out


def test_trackers_that_never_differ(tool, place, files_under):
    (place / "results" / "ours" / "MOT16-98.txt").write_text(SORT)
    before = files_under(place)
    outcome = tool(main, *WORDS, "--out", "a.png")
    assert outcome.status == 0
    assert "The trackers never differ" in outcome.out
    moments, totals = table(outcome.out)
    assert (moments, totals["SORT"]) == ([], ["2", "0", "0"])
    assert files_under(place) == before


def test_without_ground_truth_trackers_are_compared_with_each_other(tool, place):
    (place / "MOT16-98" / "gt" / "gt.txt").unlink()
    outcome = tool(main, *WORDS, "--out", "a.jpg")
    assert outcome.status == 0, outcome.err
    moments, totals = table(outcome.out)
    # The moment is along track 5 of ours. At person 2 both change in the same frame, so neither
    # differs from the other.
    assert moments == [["1", "20", "ours", "5", "SORT", "8", "->", "9", "10", "ours", "5", "10"]]
    assert totals["SORT"] == ["1", "1", "0"]
    assert "no ground truth" in outcome.out
    assert cv2.imread("a.jpg") is not None


def test_without_frames_there_is_a_table_but_no_picture(tool, place, files_under):
    for image in (place / "MOT16-98" / "img1").iterdir():
        image.unlink()
    before = files_under(place)
    assert "has no frames: get the images" in tool(main, *WORDS, "--out", "a.png").error
    assert files_under(place) == before
    assert tool(main, *WORDS).status == 0


def test_a_single_missing_frame_is_named(tool, place, files_under):
    (place / "MOT16-98" / "img1" / "000020.jpg").unlink()
    before = files_under(place)
    error = tool(main, *WORDS, "--out", "a.png", "--json", "a.json").error
    assert "000020.jpg: cannot read frame 20" in error
    assert files_under(place) == before


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--tracker", "SORT"], "a comparison needs two trackers with MOT16-98.txt"),
        (["--tracker", "SORT", "SORT"], "two trackers"),
        (["--tracker", "SORT", "none"], "no tracker 'none' in results; there: SORT, ours"),
        (["--results", "nowhere"], "nowhere: no such folder"),
        (["--top", "0"], "--top 0: a picture has at least one moment"),
        (["--out", "a.pdf"], "a.pdf: the picture's name must end in .png or .jpg"),
        (["--out", "results"], "results: cannot write here"),
        (["--json", "results"], "results: cannot write here"),
        (["--seq", "nobody"], "no sequence 'nobody'"),
    ],
)
def test_bad_arguments(tool, place, files_under, words, message):
    before = files_under(place)
    assert message in tool(main, *WORDS, *words).error
    assert files_under(place) == before


def test_a_bad_or_missing_result_file_is_named(tool, place):
    path = place / "results" / "ours" / "MOT16-98.txt"
    path.write_text("1,1,0,0,1\n")
    assert "ours/MOT16-98.txt, line 1: 5 columns" in tool(main, *WORDS).error
    path.unlink()
    assert "ours/MOT16-98.txt: cannot read" in tool(main, *WORDS).error


def test_only_one_sequence_can_be_compared(tool, place, make_sequence):
    make_sequence(name="MOT16-97", length=2)
    assert "name it" in tool(main, "--seq", "all").error


@pytest.fixture
def video(tool, tmp_path, monkeypatch):
    """The working folder: two runs on walk.mp4, and in one of them the identity changes."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MOT16_ROOT", str(tmp_path))
    clip = write_clip(tmp_path / "walk.mp4", grey_frames(LENGTH, size=(160, 120)))
    (tmp_path / "boxes.txt").write_text(run(-1, 1, LENGTH))
    words = ("--source", clip, "--detector", "file:boxes.txt", "--tracker")
    for name in ("SORT", "ours"):
        assert tool(track, *words, name).status == 0
    path = tmp_path / "results" / "SORT" / "walk.txt"
    path.write_text(run(8, 1, 10) + run(9, 11, LENGTH))
    return clip


def test_the_records_name_a_video(tool, video):
    outcome = tool(main, "--seq", "walk", "--out", "a.png")
    assert outcome.status == 0, outcome.err
    assert "walk, 30 frames; no ground truth" in outcome.out
    assert cv2.imread("a.png") is not None
    video.rename("moved.mp4")
    assert tool(main, "--seq", "walk").status == 0
    assert (
        "walk.mp4 is not there: leave out --out"
        in tool(main, "--seq", "walk", "--out", "b.png").error
    )


def test_records_of_different_footage(tool, video):
    other = write_clip(video.with_name("other.mp4"), grey_frames(LENGTH))
    path = video.with_name("results") / "ours" / "walk.json"
    path.write_text(path.read_text().replace(str(video), str(other)))
    assert "of different footage" in tool(main, "--seq", "walk").error


def test_neither_a_sequence_nor_a_record(tool, video):
    assert "no sequence 'nothing'" in tool(main, "--seq", "nothing").error
