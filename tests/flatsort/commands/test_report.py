"""report.py: the run it finds, the contents of its page, and its answers to bad input."""

import re
from dataclasses import replace
from html import unescape

import numpy as np
import pytest

from flatsort.commands.report import main
from flatsort.images.video import VideoWriter
from flatsort.tracking.run_record import RunRecord, write_run_record
from tests.flatsort.report_example import write_example

RECORD = RunRecord(
    sequence="MOT16-98",
    source="elsewhere",
    frame_rate=20.0,
    size=[160, 120],
    frames=40,
    tracker="careless",
    descriptor="histogram",
    detector="somewhere/det/yolox.txt",
    options={"min_confidence": 0.4, "max_distance": 0.25, "lazy": False, "max_age": None},
    film=None,
    seconds={"decoding": 1.0, "detection": 0.0, "description": 0.5, "association": 0.5},
    counts={"detections": 80, "identities": 4},
    notes=["two frames were dropped"],
    versions={"python": "3.11.7"},
)


@pytest.fixture
def run_of(make_sequence, tmp_path):
    """A function that writes the example; it returns the sequence and the folder of results."""

    def make(record=None, **options):
        results = tmp_path / "results"
        sequence = write_example(make_sequence, results, **options)
        if record is not None:
            record = replace(record, source=str(sequence.folder))
            write_run_record(results / "careless" / f"{sequence.name}.txt", record)
        return sequence, results

    return make


def text_of(page):
    """Return the text of a page without tags, with single spaces."""
    body = re.sub(r"<(script|style).*?</\1>", "", page.read_text(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


def test_a_run_with_its_record(tool, run_of, tmp_path):
    sequence, results = run_of(RECORD)
    page = tmp_path / "new" / "page.html"
    words = ("--seq", sequence.folder, "--tracker", "careless", "--results", results)
    outcome = tool(main, *words, "--out", page)
    assert outcome.status == 0, outcome.err
    megabytes = f"{page.stat().st_size / 1e6:.1f} MB"
    assert re.fullmatch(
        rf"wrote {page}: {megabytes}, with a film of [\d.]+ MB; 4 tracks\n", outcome.out
    )
    text = text_of(page)
    for words in (
        "MOT16-98 careless",
        "Descriptor histogram",
        "Detector yolox.txt",
        "Detector somewhere/det/yolox.txt",
        "Frames 40 at 20 per second",
        "Size 160 x 120",
        "of footage 2.0 s people 4 at most at a time 3",
        "usual time in sight 0.9 s longest time in sight 2.0 s",
        "people in truth 2",
        "switches 1 fragments 1",
        "Frames per second 20",
        "IDs 1 switches: the track on a person changes",
        "FP 4 false alarms",
        "Waiting for frames 1.00 25.00 50 %",
        "gate 0.25",
        "Pairs by the people of the ground truth",
        "Min confidence 0.4",
        "Max age the tracker's own",
        "Lazy no",
        "Detections 80",
        "two frames were dropped",
    ):
        assert words in text, words
    # A stage that took no time is not listed.
    assert "Detector 0.00" not in text
    # Track 7 has four frames; the other tracks have more than five.
    counts = [page.read_text().count(f'id="crop-{track}-') for track in (1, 2, 3, 7)]
    assert min(counts[:3]) >= 5
    assert counts[3] == 4


def test_classes_stand_in_heading_and_timeline(tool, run_of, tmp_path):
    record = replace(RECORD, classes={"1": "person", "3": "car"})
    sequence, results = run_of(record)
    path = results / "careless" / f"{sequence.name}.txt"
    lines = [line.split(",") for line in path.read_text().splitlines()]
    identities = sorted({line[1] for line in lines})
    for line in lines:
        line[7] = "3" if line[1] == identities[0] else "1"
    path.write_text("".join(",".join(line) + "\n" for line in lines))
    page = tmp_path / "page.html"
    words = ("--seq", sequence.folder, "--tracker", "careless", "--results", results)
    outcome = tool(main, *words, "--out", page, "--no-video")
    assert outcome.status == 0, outcome.err
    text = text_of(page)
    assert f"Classes {len(identities) - 1} person, 1 car" in text
    assert "car, visible in" in text
    assert "person, visible in" in text


def test_another_program_s_results(tool, run_of, tmp_path):
    """Without a record and without --tracker, the only tracker with the sequence is taken."""
    sequence, results = run_of()
    page = tmp_path / "page.html"
    words = ("--seq", sequence.folder, "--results", results, "--no-video", "--out", page)
    outcome = tool(main, *words)
    assert outcome.status == 0, outcome.err
    assert "note: Not known: the run has no record beside its results." in outcome.out
    assert "Name it with --descriptor." in outcome.out
    assert "film" not in outcome.out
    text = text_of(page)
    assert "<video" not in page.read_text()
    assert "careless" in text
    assert "gate" not in text


def test_a_result_file_and_a_video(tool, run_of, tmp_path):
    """The user's own footage has no ground truth."""
    sequence, results = run_of()
    film = tmp_path / "walk.mp4"
    with VideoWriter(film, 20.0) as video:
        for number in range(1, 41):
            video.write(sequence.read_frame(number))
    theirs = tmp_path / "theirs.txt"
    theirs.write_text((results / "careless" / "MOT16-98.txt").read_text())
    page = tmp_path / "page.html"
    words = ("--results", theirs, "--source", film, "--descriptor", "histogram", "--out", page)
    outcome = tool(main, *words)
    assert outcome.status == 0, outcome.err
    text = text_of(page)
    assert text.startswith("walk · theirs walk theirs Descriptor histogram")
    assert "people 4 at most at a time 3 usual time in sight 0.9 s" in text
    assert "Ground truth" not in text
    assert "only with switches" not in text
    assert "Pairs by the tracks of the result" in text
    assert "Pairs by the people of the ground truth" not in text


def test_the_record_tells_where_the_footage_is(tool, run_of, tmp_path):
    sequence, results = run_of(RECORD)
    page = tmp_path / "page.html"
    path = results / "careless" / "MOT16-98.txt"
    assert tool(main, "--results", path, "--out", page).status == 0
    assert "people in truth 2" in text_of(page)
    # The footage is moved: the parts of the page that do not need it are still there.
    sequence.folder.rename(tmp_path / "moved")
    outcome = tool(main, "--results", path, "--out", page)
    assert outcome.status == 0
    assert f"note: The footage, {sequence.folder}, is not there" in outcome.out
    text = text_of(page)
    assert "people 4" in text
    assert "Waiting for frames" in text
    assert "<video" not in page.read_text()
    again = tool(main, "--results", path, "--source", tmp_path / "moved", "--out", page)
    assert "note" not in again.out
    assert "people in truth 2" in text_of(page)


def test_a_sequence_without_frames(tool, run_of, tmp_path):
    sequence, results = run_of(RECORD, images=False)
    page = tmp_path / "page.html"
    outcome = tool(main, "--seq", sequence.folder, "--results", results, "--out", page)
    assert outcome.status == 0, outcome.err
    assert "note: MOT16-98 has no frames, only boxes." in outcome.out
    assert "HOTA" in text_of(page)


def test_a_tracker_that_looks_at_boxes_only(tool, run_of, tmp_path):
    sequence, results = run_of(replace(RECORD, descriptor="none"))
    page = tmp_path / "page.html"
    words = ("--seq", sequence.folder, "--results", results, "--no-video", "--out", page)
    assert "note: None: the run used boxes only, no descriptor." in tool(main, *words).out


@pytest.mark.parametrize("content", ["", "3,5,10,20,20,50,1,-1,-1,-1\n"])
def test_results_with_no_row_or_one(tool, run_of, tmp_path, content):
    sequence, results = run_of(RECORD)
    (results / "careless" / "MOT16-98.txt").write_text(content)
    page = tmp_path / "page.html"
    outcome = tool(main, "--seq", sequence.folder, "--results", results, "--out", page)
    assert outcome.status == 0, outcome.err
    assert f"people {len(content.splitlines())}" in text_of(page)


def test_features_that_the_run_kept_are_not_computed_again(
    tool, run_of, tmp_path, tiny_weights, monkeypatch
):
    """track.py runs with a cache; then the page is made with an encoder that would fail."""
    from flatsort.commands.track import main as track
    from flatsort.descriptors.vae import VaeDescriptor

    sequence, results = run_of()
    weights = tiny_weights()
    words = ("--descriptor", weights, "--cache", tmp_path / "cache", "--results", results)
    assert tool(track, "--seq", sequence.folder, *words).status == 0

    def fail(*_):
        raise AssertionError("described again")

    monkeypatch.setattr(VaeDescriptor, "__call__", fail)
    page = tmp_path / "page.html"
    words = ("--seq", sequence.folder, "--tracker", "tiny", "--no-video", "--out", page, *words)
    outcome = tool(main, *words)
    assert outcome.status == 0, outcome.err
    # One pair in each of the frames 6, 11, ..., 36: no track is confirmed in frame 1.
    assert "two boxes of one frame: 7 pairs" in text_of(page)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--out", "page.txt"], "page.txt: the page's name must end in .html"),
        (["--out", "page.html"], "name the run: give --seq and --tracker, or --results"),
        (["--out", "results/page.html/page.html"], "results/page.html is not a folder"),
        (["--out", "p.html", "--width", "8"], "--width 8: a film is at least 16 pixels wide"),
        (["--out", "p.html", "--width", "80", "--no-video"], "which --no-video leaves out"),
        (["--out", "p.html", "--seq", "a", "--source", "b"], "--seq already names the footage"),
        (["--out", "p.html", "--results", "gone.txt"], "gone.txt: no such result file"),
        (["--out", "p.html", "--seq", "MOT16-98", "--tracker", "mine"], "no tracker 'mine'"),
        (["--out", "p.html", "--seq", "MOT16-77"], "has no MOT16-77.txt: track it first"),
        (
            ["--out", "p.html", "--results", "results/careless/MOT16-98.txt", "--tracker", "mine"],
            "is already the file of one tracker",
        ),
        (
            ["--out", "p.html", "--results", "results/careless/MOT16-98.txt"],
            "there is no MOT16-98.json beside it",
        ),
        (
            ["--out", "p.html", "--results", "results/careless/MOT16-98.txt", "--source", "gone"],
            "no sequence 'gone'",
        ),
    ],
)
def test_bad_options(tool, run_of, tmp_path, monkeypatch, files_under, words, complaint):
    run_of()
    (tmp_path / "results" / "page.html").touch()
    monkeypatch.chdir(tmp_path)
    before = files_under(tmp_path)
    assert complaint in tool(main, *words, "--mot-root", "nowhere").error
    assert files_under(tmp_path) == before


def test_two_trackers_have_the_sequence(tool, run_of, tmp_path):
    sequence, results = run_of()
    (results / "other").mkdir()
    (results / "other" / "MOT16-98.txt").write_text("")
    words = ("--seq", sequence.folder, "--results", results, "--out", tmp_path / "p.html")
    assert "careless, other have MOT16-98.txt: name one with --tracker" in tool(main, *words).error


def test_an_impossible_frame_number(tool, run_of, tmp_path):
    sequence, _ = run_of()
    path = tmp_path / "theirs.txt"
    path.write_text("99999999999,1,0,0,10,10,1,-1,-1,-1\n")
    film = tmp_path / "walk.mp4"
    with VideoWriter(film, 20.0) as video:
        video.write(sequence.read_frame(1))
    words = ("--results", path, "--source", film, "--out", tmp_path / "p.html")
    assert "theirs.txt, line 1: frame beyond" in tool(main, *words).error


def test_tracks_without_a_picture_are_counted(tool, run_of, tmp_path):
    sequence, results = run_of(RECORD)
    path = results / "careless" / "MOT16-98.txt"
    path.write_text(path.read_text() + "1,9,900,900,10,10,1,-1,-1,-1\n")
    page = tmp_path / "page.html"
    words = ("--seq", sequence.folder, "--results", results, "--no-video", "--out", page)
    assert "note: 4 of the 5 tracks have pictures: the longest ones" in tool(main, *words).out


def test_footage_that_does_not_fit(tool, run_of, tmp_path, files_under):
    sequence, results = run_of()
    film = tmp_path / "short.mp4"
    with VideoWriter(film, 20.0) as video:
        for _ in range(10):
            video.write(np.zeros((40, 40, 3), np.uint8))
    before = files_under(tmp_path)
    path = results / "careless" / "MOT16-98.txt"
    outcome = tool(main, "--results", path, "--source", film, "--out", tmp_path / "p.html")
    assert "short ends at frame 10, but the results have frame 40" in outcome.error
    sequence.frame_path(30).write_bytes(b"damaged")
    words = ("--seq", sequence.folder, "--results", results, "--out", tmp_path / "p.html")
    assert "000030.jpg: truncated or not an image" in tool(main, *words).error
    assert files_under(tmp_path) == before
