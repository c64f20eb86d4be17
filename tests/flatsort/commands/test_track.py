"""track.py on hand-made sequences: its result files and its errors."""

import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from flatsort.commands.track import main
from flatsort.commands.track_arguments import parse_arguments
from flatsort.files import sequence as sequence_module
from flatsort.files.sequence import Sequence

ROOT = Path(__file__).resolve().parents[3]
RED, BLUE, GREEN = (0, 0, 255), (255, 0, 0), (0, 200, 0)
ONE = ((RED, 10, 20, 20, 50, 0),)


def line(frame, left=10, top=20, width=20, height=50, confidence=0.9):
    return f"{frame},-1,{left},{top},{width},{height},{confidence},-1,-1,-1\n"


@pytest.fixture
def track(tool, tmp_path):
    """Return a function that tracks a sequence into tmp_path/results."""

    def call(sequence, *words):
        return tool(main, "--seq", sequence.folder, "--results", tmp_path / "results", *words)

    return call


@pytest.fixture
def results(tmp_path):
    return tmp_path / "results"


# Messages


def test_a_quiet_run_prints_its_result_but_no_notes(track, make_sequence):
    """No detection reaches the lowest confidence, about which there is a note."""
    sequence = make_sequence(length=2, detections=line(1, confidence=0.1))
    loud, quiet = track(sequence), track(sequence, "--quiet")
    assert "note: the frames of MOT16-98 have no detection" in loud.out
    assert quiet.out.count("\n") == 1
    assert "MOT16-98.txt: 2 frames" in quiet.out
    assert quiet.err == ""
    assert "note: the frames of MOT16-98 have no detection" in track(sequence).out


# Results


def test_sort_reports_a_standing_person_from_the_first_frame(track, make_sequence, results):
    """The filter estimates the constant box exactly, and SORT reports new tracks at the start."""
    outcome = track(make_sequence(ONE, length=5))
    assert outcome.status == 0, outcome.err
    expected = "".join(f"{n},1,10.00,20.00,20.00,50.00,1,-1,-1,-1\n" for n in range(1, 6))
    assert (results / "none" / "MOT16-98.txt").read_text() == expected


def test_deep_sort_reports_from_the_third_frame_most_confident_first(
    track, make_sequence, results, read_rows
):
    """n_init is 3, and tracks get their ids in descending order of confidence."""
    text = "".join(line(n, confidence=0.5) + line(n, 100, 40, 24, 60, 0.9) for n in range(1, 5))
    track(make_sequence(length=4, detections=text), "--descriptor", "histogram")
    right, left = (100, 40, 24, 60), (10, 20, 20, 50)
    expected = [(n, i, *box) for n in (3, 4) for i, box in ((1, right), (2, left))]
    assert read_rows(results / "histogram" / "MOT16-98.txt") == expected


def test_flatsort_writes_the_detections_boxes(track, make_sequence, results, read_rows):
    """The second person starts in frame 2 and is confirmed in frame 3; 0.3 is doubtful."""
    text = line(1) + line(2, 13) + line(2, 100, 40, 24, 60)
    text += line(3, 16, confidence=0.3) + line(3, 104, 40, 24, 60)
    outcome = track(make_sequence(length=3, detections=text), "--preset", "flatsort")
    assert outcome.status == 0, outcome.err
    person, other = (20, 20, 50), (40, 24, 60)
    assert read_rows(results / "flatsort" / "MOT16-98.txt") == [
        (1, 1, 10, *person),
        (2, 1, 13, *person),
        (3, 1, 16, *person),
        (3, 2, 104, *other),
    ]


def test_flatsort_takes_the_frame_rate_of_the_footage(track, make_sequence, results, read_rows):
    """The sequence has 10 frames per second: 1.5 s are 15 frames."""
    sequence = make_sequence(length=20, detections=line(1) + line(16) + line(17))
    for words, expected in (
        ((), [1, 1, 1]),
        (("--max-age", "14"), [1, 2]),
        (("--max-age", "1.4s"), [1, 2]),
        (("--max-age", "1.5s"), [1, 1, 1]),
    ):
        track(sequence, "--preset", "flatsort", *words)
        rows = read_rows(results / "flatsort" / "MOT16-98.txt")
        assert [row[1] for row in rows] == expected


def test_flatsort_takes_a_descriptor(track, make_sequence, results):
    sequence = make_sequence(length=3, detections=line(1) + line(2) + line(3))
    words = ("--preset", "flatsort", "--descriptor", "histogram", "--memory", "9s")
    track(sequence, *words)
    record = json.loads((results / "flatsort-histogram" / "MOT16-98.json").read_text())
    assert (record["options"]["preset"], record["options"]["return_s"]) == ("flatsort", 9.0)
    assert record["counts"]["described"] == 3


def test_flatsort_follows_the_camera_unless_told_not_to(track, make_sequence, results, read_rows):
    """Six people move by 15 of 20 px at once: an IoU of 5 / 35 = 0.14, too little for a match."""
    text = "".join(
        line(n, 10 + 60 * k + 15 * (n - 1), 20 + 90 * (k % 2)) for n in (1, 2) for k in range(6)
    )
    sequence = make_sequence(length=2, detections=text)
    for motion, reported in (("boxes", 12), ("none", 6)):
        track(sequence, "--preset", "flatsort", "--camera-motion", motion)
        assert len(read_rows(results / "flatsort" / "MOT16-98.txt")) == reported


def test_flatsort_follows_a_camera_that_a_file_or_the_frames_show(
    track, make_sequence, results, read_rows, tmp_path
):
    """One person moves by 15 of 20 px in a scene that moves along: an IoU of 5 / 35 = 0.14."""
    text = "".join(line(n, 15 * n - 5) for n in range(1, 5))
    sequence = make_sequence(ONE, 4, detections=text)
    spots = np.random.default_rng(0).integers(0, 256, (15, 30, 3)).astype(np.uint8)
    scene = cv2.resize(spots, (240, 120), interpolation=cv2.INTER_CUBIC)
    for n in range(1, 5):
        cv2.imwrite(str(sequence.frame_path(n)), scene[:, 75 - 15 * n :][:, :160])
    rows = ["0 1 0 0 0 1 0\n", *(f"{n} 1 0 15 0 1 0\n" for n in range(1, 4))]
    (tmp_path / "gmc.txt").write_text("".join(rows))
    for motion, reported in (
        ("boxes", 1),
        ("frames", 4),
        ("auto", 4),
        (tmp_path / "gmc.txt", 4),
    ):
        track(sequence, "--preset", "flatsort", "--camera-motion", motion)
        assert len(read_rows(results / "flatsort" / "MOT16-98.txt")) == reported


def test_file_detections_read_no_frames_unless_the_camera_needs_them(
    track, make_sequence, monkeypatch
):
    read, read_frame = [], Sequence.read_frame

    def note(sequence, number):
        read.append(number)
        return read_frame(sequence, number)

    monkeypatch.setattr(Sequence, "read_frame", note)
    sequence = make_sequence(length=3)
    track(sequence, "--preset", "flatsort")
    assert read == []
    track(sequence, "--preset", "flatsort", "--camera-motion", "auto")
    assert sorted(read) == [1, 2, 3]


def test_several_sequences_need_a_folder_of_movements(tool, make_sequence, tmp_path):
    for name in ("MOT16-97", "MOT16-98"):
        make_sequence(name=name, under=tmp_path / "mot")
    (tmp_path / "gmc.txt").write_text("0 1 0 0 0 1 0\n")
    words = ["--seq", "all", "--mot-root", tmp_path / "mot", "--preset", "flatsort"]
    outcome = tool(main, *words, "--camera-motion", tmp_path / "gmc.txt")
    assert "gmc.txt: 2 sequences need a folder with one file each" in outcome.error


@pytest.mark.parametrize(("words", "people"), [((), 1), (("--min-confidence", "0.3"), 0)])
def test_min_confidence_of_flatsort_is_a_tenth(track, make_sequence, results, words, people):
    text = line(1) + line(2, confidence=0.2)
    track(make_sequence(length=2, detections=text), "--preset", "flatsort", *words)
    assert len((results / "flatsort" / "MOT16-98.txt").read_text().splitlines()) == 1 + people


def test_a_walking_person_is_followed(track, make_sequence, results, read_rows):
    """The filter starts at rest and lags behind by less than a step, then catches up."""
    track(make_sequence(((RED, 10, 20, 20, 50, 5),), length=12))
    rows = read_rows(results / "none" / "MOT16-98.txt")
    assert [row[0] for row in rows] == list(range(1, 13))
    assert {row[1] for row in rows} == {1}
    errors = [abs(row[2] - (10 + 5 * (row[0] - 1))) for row in rows]
    assert max(errors) < 5
    assert errors[-1] < 0.5


def missing(frame, length):
    return "".join(line(n) for n in range(1, length + 1) if n != frame)


def test_confidences_of_a_strange_scale_are_learned(track, make_sequence, results, read_rows):
    """The detector's sure boxes have .09, below FlatSORT's usual 0.1; its false alarms have .01."""
    people = "".join(line(n, confidence=0.09) for n in range(1, 11))
    alarms = "".join(line(n, left=50 * n, confidence=0.01) for n in range(1, 11))
    sequence = make_sequence(ONE, length=10, detections=people + alarms)
    words = ["--preset", "flatsort"]
    track(sequence, *words, "--tracker", "given")
    outcome = track(sequence, *words, "--thresholds", "auto", "--tracker", "auto")
    assert "note: learned from det.txt: boxes are sure from 0.09\n" in outcome.out
    assert read_rows(results / "given" / "MOT16-98.txt") == []
    rows = read_rows(results / "auto" / "MOT16-98.txt")
    assert [row[0] for row in rows] == list(range(1, 11))
    assert {row[1:] for row in rows} == {(1, 10, 20, 20, 50)}


@pytest.mark.parametrize(
    ("descriptor", "coasted", "frames"),
    [
        # After a miss SORT counts its hits anew: 1 in frame 7, so 3 in frame 9.
        ("none", None, [1, 2, 3, 4, 5, 9, 10]),
        ("none", 0, [1, 2, 3, 4, 5, 9, 10]),
        ("none", 1, [1, 2, 3, 4, 5, 6, 9, 10]),
        # DeepSORT confirms the track in frame 3, and by default writes one coasted frame.
        ("histogram", None, [3, 4, 5, 6, 7, 8, 9, 10]),
        ("histogram", 1, [3, 4, 5, 6, 7, 8, 9, 10]),
        ("histogram", 0, [3, 4, 5, 7, 8, 9, 10]),
    ],
)
def test_coasted_sets_the_predicted_boxes_in_the_results(
    track, make_sequence, results, read_rows, descriptor, coasted, frames
):
    words = [] if coasted is None else ["--coasted", coasted]
    sequence = make_sequence(ONE, length=10, detections=missing(6, 10))
    track(sequence, "--descriptor", descriptor, *words)
    rows = read_rows(results / descriptor / "MOT16-98.txt")
    assert [row[0] for row in rows] == frames
    assert {row[1:] for row in rows} == {(1, 10, 20, 20, 50)}


def paint(sequence, number, *people):
    """Overwrite a frame with people 20 x 50 of (colour, left)."""
    image = np.full((120, 160, 3), 90, np.uint8)
    for colour, left in people:
        image[20:70, left : left + 20] = colour
    cv2.imwrite(str(sequence.frame_path(number)), image)


def test_a_person_unseen_for_ten_frames_is_found_again(track, make_sequence, results, read_rows):
    text = "".join(line(n) for n in (*range(1, 11), *range(21, 31)))
    sequence = make_sequence(ONE, length=30, detections=text)
    for descriptor, identities in (("none", 2), ("histogram", 1)):
        track(sequence, "--descriptor", descriptor)
        rows = read_rows(results / descriptor / "MOT16-98.txt")
        assert len({row[1] for row in rows}) == identities


def test_colour_keeps_identities_if_two_people_change_places_unseen(
    track, make_sequence, results, read_rows
):
    """Both stand where the motion model expects either person, so only their colours differ."""
    text = ""
    sequence = make_sequence((), length=30)
    for n in (*range(1, 11), *range(21, 31)):
        red, blue = (50, 66) if n <= 10 else (66, 50)
        text += line(n, red, confidence=0.9) + line(n, blue, confidence=0.8)
        paint(sequence, n, (RED, red), (BLUE, blue))
    (sequence.folder / "det" / "det.txt").write_text(text)
    track(sequence, "--descriptor", "histogram")
    lefts = {row[:2]: row[2] for row in read_rows(results / "histogram" / "MOT16-98.txt")}
    # Red is more confident and gets id 1. After ten frames the filter is within three pixels.
    assert (lefts[10, 1], lefts[10, 2]) == (50, 66)
    assert lefts[30, 1] == pytest.approx(66, abs=3)
    assert lefts[30, 2] == pytest.approx(50, abs=3)
    assert {identity for _, identity in lefts} == {1, 2}


def test_none_needs_no_images(track, make_sequence, results):
    assert track(make_sequence(ONE, length=3, images=False)).status == 0
    assert len((results / "none" / "MOT16-98.txt").read_text().splitlines()) == 3


def test_a_sequence_without_detections_has_an_empty_result(track, make_sequence, results):
    outcome = track(make_sequence((), length=4, detections=""), "--descriptor", "histogram")
    assert "4 frames, 0 of 0 detections, 0 identities" in outcome.out
    assert "note: the frames of MOT16-98 have no detection of confidence >= 0.3" in outcome.out
    assert (results / "histogram" / "MOT16-98.txt").read_text() == ""


def test_invalid_boxes_are_dropped_and_counted(track, make_sequence, results, read_rows):
    broken = ["nan", "inf", "-inf", 0, -20, 1e300]
    text = "".join(line(n) for n in range(1, 5))
    text += "".join(line(2, width=value) for value in broken) + line(3, confidence="nan")
    for descriptor in ("none", "histogram"):
        sequence = make_sequence(ONE, length=4, name=f"MOT16-{descriptor}", detections=text)
        outcome = track(sequence, "--descriptor", descriptor)
        assert outcome.status == 0, outcome.err
        assert "7 invalid boxes dropped" in outcome.out
        rows = read_rows(results / descriptor / f"{sequence.name}.txt")
        assert {row[1:] for row in rows} == {(1, 10, 20, 20, 50)}


def test_the_summary_is_silent_about_invalid_boxes_if_there_are_none(track, make_sequence):
    assert "invalid" not in track(make_sequence(ONE)).out


def test_the_summary_has_the_time_of_each_stage(track, make_sequence, results):
    line = track(make_sequence(ONE, length=4), "--descriptor", "histogram").out.strip()
    assert line.startswith(f"{results / 'histogram' / 'MOT16-98.txt'}: 4 frames, 4 of 4 ")
    for part in ("decoding", "descriptor", "association", "output"):
        assert f"{part} 0." in line
    assert "\n" not in line


def test_min_confidence(track, make_sequence, results, read_rows):
    text = "".join(line(n, confidence=0.5) + line(n, 100, confidence=0.29) for n in range(1, 5))
    sequence = make_sequence(length=4, images=False, detections=text)

    def lefts(*words):
        track(sequence, *words)
        return {row[2] for row in read_rows(results / "none" / "MOT16-98.txt")}

    assert lefts() == {10}
    assert lefts("--min-confidence", 0.5) == {10}
    assert lefts("--min-confidence", 0.51) == set()
    assert lefts("--min-confidence", 0.2) == {10, 100}


def test_nms_overlap(track, make_sequence, results, read_rows):
    """Three quarters of the weaker box are covered: it is shifted by 5 of 20 columns."""
    text = "".join(line(n) + line(n, 15, confidence=0.5) for n in range(1, 5))
    sequence = make_sequence(length=4, detections=text)
    for words, boxes in (
        ((), 2),
        (("--nms-overlap", 0.7), 1),
        (("--nms-overlap", 0.9), 2),
        (("--paper",), 1),
        (("--paper", "--nms-overlap", 0.9), 2),
    ):
        track(sequence, "--descriptor", "histogram", *words)
        rows = read_rows(results / "histogram" / "MOT16-98.txt")
        assert len([row for row in rows if row[0] == 4]) == boxes


def test_max_distance_is_the_appearance_gate(track, make_sequence, results, read_rows):
    """A shirt turns from red to blue during a gap, after which overlap does not count."""
    text = "".join(line(n) for n in (*range(1, 7), *range(10, 15)))
    sequence = make_sequence(ONE, length=14, detections=text)
    for n in range(10, 15):
        paint(sequence, n, (BLUE, 10))

    def identities(distance):
        track(sequence, "--descriptor", "histogram", "--max-distance", distance)
        return len({row[1] for row in read_rows(results / "histogram" / "MOT16-98.txt")})

    assert identities(0.2) == 2
    assert identities(1.01) == 1


def test_detections_by_name_and_by_path(track, make_sequence, tmp_path, monkeypatch, results):
    sequence = make_sequence(ONE, length=4, images=False)
    (sequence.folder / "det" / "other.txt").write_text(line(1, 50) + line(2, 50))
    (tmp_path / "loose.txt").write_text(line(1, 70))
    monkeypatch.chdir(tmp_path)
    for word in ("other.txt", "other", "loose.txt", tmp_path / "loose.txt"):
        assert track(sequence, "--detections", word).status == 0
    assert (results / "none@other" / "MOT16-98.txt").read_text().startswith("1,1,50.00")
    assert (results / "none@loose" / "MOT16-98.txt").read_text().startswith("1,1,70.00")


def test_the_sequences_own_detections_take_precedence_over_a_file_here(
    track, make_sequence, tmp_path, monkeypatch, results
):
    sequence = make_sequence(ONE, length=4, images=False)
    (tmp_path / "det.txt").write_text(line(1, 70))
    monkeypatch.chdir(tmp_path)
    track(sequence)
    assert (results / "none" / "MOT16-98.txt").read_text().startswith("1,1,10.00")


def test_the_trackers_name(track, make_sequence, results):
    track(make_sequence(ONE, length=3, images=False), "--tracker", "mine")
    assert (results / "mine" / "MOT16-98.txt").is_file()


def test_all_sequences_of_a_root(tool, make_sequence, tmp_path, monkeypatch):
    root = tmp_path / "MOT16"
    for name in ("MOT16-01", "MOT16-02"):
        make_sequence(ONE, length=3, name=name, under=root / "train")
    make_sequence(ONE, length=3, name="MOT16-03", under=root / "test")
    monkeypatch.setenv("MOT16_ROOT", str(root))
    out = tmp_path / "results"
    outcome = tool(main, "--seq", "all", "--results", out, "--video", tmp_path / "films")
    assert outcome.status == 0, outcome.err
    written = sorted(path.name for path in (out / "none").iterdir())
    assert written == [f"MOT16-0{n}.{suffix}" for n in (1, 2) for suffix in ("json", "txt")]
    films = sorted(path.name for path in (tmp_path / "films").iterdir())
    assert films == ["MOT16-01.mp4", "MOT16-02.mp4"]
    assert tool(main, "--seq", "MOT16-03", "--results", out).status == 0
    assert (out / "none" / "MOT16-03.txt").is_file()
    # The film of the second sequence would replace that of the first.
    outcome = tool(main, "--seq", "all", "--results", out, "--video", tmp_path / "a.mp4")
    assert "2 sequences need a folder" in outcome.error


def test_without_seq_the_built_in_sequence_is_tracked(tool, make_sequence, tmp_path, monkeypatch):
    import flatsort.commands.track

    scene = make_sequence(ONE, length=3, name="scene", under=tmp_path / "data")
    monkeypatch.setattr(flatsort.commands.track, "BUILT_IN_SCENE", scene.folder)
    outcome = tool(main, "--results", tmp_path / "results")
    assert outcome.status == 0, outcome.err
    assert (tmp_path / "results" / "none" / "scene.txt").is_file()


def test_two_runs_give_the_same_bytes(track, make_sequence, tmp_path):
    people = tuple(
        (colour, left, top, 20, 50, step)
        for colour, left, top, step in ((RED, 10, 20, 4), (BLUE, 100, 30, -4), (GREEN, 60, 50, 1))
    )
    sequence = make_sequence(people, length=12)
    files = []
    for run in ("a", "b"):
        video = tmp_path / run / "film.mp4"
        track(sequence, "--descriptor", "histogram", "--tracker", run, "--video", video)
        files.append((tmp_path / "results" / run / "MOT16-98.txt").read_bytes())
    assert files[0] == files[1]
    assert files[0].count(b"\n") > 20


def test_trained_weights_track(track, make_sequence, tiny_weights, results, read_rows):
    sequence = make_sequence(length=5)
    assert track(sequence, "--descriptor", tiny_weights("mine")).status == 0
    rows = read_rows(results / "mine" / "MOT16-98.txt")
    assert [row[:2] for row in rows] == [(n, i) for n in (3, 4, 5) for i in (1, 2)]


def test_lazy_appearance_describes_fewer_boxes(track, make_sequence, results, read_rows):
    sequence = make_sequence(length=8)
    always = track(sequence, "--descriptor", "histogram")
    lazy = track(sequence, "--descriptor", "histogram", "--appearance", "lazy")
    assert (always.status, lazy.status) == (0, 0)
    # The two walkers are apart, so they are described only until frame 3 confirms them.
    assert "16 described" in always.out
    assert "6 described" in lazy.out
    rows = [read_rows(results / name / "MOT16-98.txt") for name in ("histogram", "histogram-lazy")]
    assert rows[0] == rows[1]


def test_a_second_run_takes_features_from_the_cache(
    track, make_sequence, tiny_weights, results, own_feature_cache, tmp_path
):
    sequence, weights = make_sequence(length=5), tiny_weights("mine")
    path = results / "mine" / "MOT16-98.txt"
    said = "10 of 10 features from the cache"
    assert said not in track(sequence, "--descriptor", weights, "--no-cache").out
    assert not list(own_feature_cache.iterdir())
    assert said not in track(sequence, "--descriptor", weights).out
    first = path.read_bytes()
    assert said in track(sequence, "--descriptor", weights).out
    assert path.read_bytes() == first
    assert said not in track(sequence, "--descriptor", weights, "--cache", tmp_path / "other").out
    assert said in track(sequence, "--descriptor", weights, "--cache", tmp_path / "other").out


# Errors


@pytest.fixture
def broken(make_sequence):
    """A sequence of 10 frames; the file of frame 6 is truncated."""
    sequence = make_sequence(length=10)
    path = sequence.frame_path(6)
    path.write_bytes(path.read_bytes()[:-100])
    return sequence


@pytest.mark.parametrize("words", [("--descriptor", "histogram"), ("--descriptor", "none")])
def test_a_truncated_image_leaves_nothing_behind(track, broken, tmp_path, files_under, words):
    before = files_under(tmp_path)
    outcome = track(broken, *words, "--video", tmp_path / "films" / "a.mp4")
    assert "000006.jpg: truncated" in outcome.error
    assert "frame 6 of MOT16-98" in outcome.error
    assert files_under(tmp_path) == before


def test_older_files_stay_when_a_run_fails(track, broken, results, tmp_path):
    old = results / "histogram" / "MOT16-98.txt"
    film = tmp_path / "a.mp4"
    old.parent.mkdir(parents=True)
    old.write_text("older\n")
    film.write_text("older film\n")
    track(broken, "--descriptor", "histogram", "--video", film)
    assert old.read_text() == "older\n"
    assert film.read_text() == "older film\n"
    assert [path.name for path in old.parent.iterdir()] == ["MOT16-98.txt"]


def test_a_missing_image_is_said_at_the_start(track, make_sequence):
    sequence = make_sequence(length=4)
    sequence.frame_path(3).unlink()
    error = track(sequence, "--descriptor", "histogram").error
    assert "img1 has 3 images" in error
    assert "seqinfo.ini says 4 frames" in error


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--descriptor", "nobody"], "nobody: unknown; choose one of none, histogram"),
        (["--descriptor", "features:absent.npy"], "absent.npy: no such features file"),
        (["--descriptor", "onnx:absent.onnx"], "absent.onnx: no such ONNX file"),
        (["--descriptor", "absent.safetensors"], "absent.safetensors: no such weights file"),
        (["--detections", "absent.txt"], "no such detection file for MOT16-98; there: det.txt"),
        (["--preset", "deepsort"], "--preset deepsort needs a descriptor"),
        (["--preset", "sort", "--descriptor", "histogram"], "leave out --descriptor"),
        (["--preset", "flatsort", "--max-distance", "1"], "--max-distance goes with --preset deep"),
        (["--preset", "flatsort", "--memory", "9s"], "--memory goes with --preset flatsort and a"),
        (
            ["--descriptor", "histogram", "--memory", "9"],
            "--memory goes with --preset flatsort and",
        ),
        (["--max-age=-1s"], "max_age must be"),
        (
            ["--preset", "flatsort", "--coasted", "1"],
            "--coasted 1 does not go with --preset flatsort: it learns",
        ),
        (["--camera-motion", "none"], "--camera-motion goes with --preset flatsort"),
        (
            ["--thresholds", "auto"],
            "--thresholds auto goes with --preset flatsort and the boxes of",
        ),
        (
            ["--preset", "flatsort", "--camera-motion", "absent.txt"],
            "no such file absent.txt: give a file of movements, or one of auto, boxes, frames",
        ),
        (["--paper"], "--paper needs a descriptor"),
        (["--nms-overlap", "0.7"], "--nms-overlap needs a descriptor"),
        (["--max-distance", "0.2"], "--max-distance needs a descriptor"),
        (["--appearance", "lazy"], "--appearance lazy needs a descriptor"),
        (["--descriptor", "histogram", "--nms-overlap", "1.5"], "must lie in [0, 1], not 1.5"),
        (["--descriptor", "histogram", "--max-distance", "0"], "gate must be a positive"),
        (["--coasted", "-1"], "max_coasted must be a whole number of at least 0"),
        (["--min-confidence", "nan"], "min_confidence must be a number"),
        (["--video", "film.avi"], "film.avi: the video's name must end in .mp4"),
    ],
)
def test_wrong_options(track, make_sequence, tmp_path, monkeypatch, files_under, words, complaint):
    sequence = make_sequence(length=3)
    monkeypatch.chdir(tmp_path)
    before = files_under(tmp_path)
    assert complaint in track(sequence, *words).error
    assert files_under(tmp_path) == before


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--max-age", "1.5"], "'1.5': give whole frames, such as 45, or seconds, such as 1.5s"),
        (["--memory", "a while"], "'a while': give seconds, 0 or more, such as 60s"),
    ],
)
def test_durations_that_are_none(capsys, words, complaint):
    with pytest.raises(SystemExit):
        parse_arguments(words)
    assert complaint in capsys.readouterr().err


@pytest.mark.parametrize("words", [("--descriptor", "histogram"), ("--video", "a.mp4")])
def test_missing_images_are_an_error_if_they_are_needed(
    track, make_sequence, tmp_path, monkeypatch, files_under, words
):
    monkeypatch.chdir(tmp_path)
    sequence = make_sequence(length=3, images=False)
    before = files_under(tmp_path)
    assert "img1 has no frames" in track(sequence, *words).error
    assert files_under(tmp_path) == before


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (line(1) + "2,-1,10,20\n", "det.txt, line 2: 4 columns where the first row has 10"),
        (line(1) + line(2, "ten"), "det.txt, line 2: column 3 is not a number: 'ten'"),
        (line(1) + "\n" + line(4), "det.txt, line 3: frame beyond the sequence's last, 3"),
        (line(0), "det.txt, line 1: frame below 1"),
        (line(1.5), "det.txt, line 1: frame must be a whole number"),
        ("1,-1,10,20,20,50\n", "det.txt, line 1: 6 columns, at least 7"),
    ],
)
def test_detections_that_cannot_be_read(track, make_sequence, results, text, complaint):
    sequence = make_sequence(length=3, images=False, detections=text)
    assert complaint in track(sequence).error
    assert not results.exists()


def test_no_detections(track, make_sequence, results):
    sequence = make_sequence(length=3, images=False)
    (sequence.folder / "det" / "det.txt").unlink()
    assert "det.txt: no such detection file for MOT16-98; there: nothing" in track(sequence).error


def test_an_unknown_sequence(tool, make_sequence, tmp_path, monkeypatch):
    make_sequence(name="MOT16-01", length=2, images=False, under=tmp_path / "MOT16" / "train")
    monkeypatch.setattr(sequence_module, "PROJECT", tmp_path)
    outcome = tool(main, "--seq", "MOT16-99", "--mot-root", tmp_path / "MOT16")
    assert "no sequence 'MOT16-99' in" in outcome.error
    assert "there: MOT16-01" in outcome.error


def test_a_folder_without_seqinfo(tool, tmp_path):
    assert "no seqinfo.ini here" in tool(main, "--seq", tmp_path).error


def test_results_under_a_file(tool, make_sequence, tmp_path, files_under):
    """The error comes before any frame is tracked, so there is no film either."""
    sequence = make_sequence(length=3)
    (tmp_path / "file").touch()
    before = files_under(tmp_path)
    words = ("--results", tmp_path / "file", "--video", tmp_path / "a.mp4")
    outcome = tool(main, "--seq", sequence.folder, *words)
    assert "none/MOT16-98.txt: cannot write here:" in outcome.error
    assert "frame/s" not in outcome.err
    assert files_under(tmp_path) == before


def test_results_in_a_folder_that_may_not_be_written(tool, make_sequence, tmp_path, monkeypatch):
    sequence = make_sequence(length=3)
    (tmp_path / "locked").mkdir(mode=0o500)
    # Some test machines run as root, who may write anywhere, so the answer is patched.
    allowed = os.access
    monkeypatch.setattr(
        os, "access", lambda path, mode: Path(path).name != "locked" and allowed(path, mode)
    )
    outcome = tool(main, "--seq", sequence.folder, "--results", tmp_path / "locked")
    assert "cannot write here" in outcome.error


def test_a_result_file_that_is_a_folder(track, make_sequence, results):
    (results / "none" / "MOT16-98.txt").mkdir(parents=True)
    assert "cannot write here: it is a folder" in track(make_sequence(length=3)).error


@pytest.mark.parametrize("name", ["file/a.mp4", "there.mp4"])
def test_a_video_that_cannot_be_written(track, make_sequence, tmp_path, files_under, name):
    sequence = make_sequence(length=3)
    (tmp_path / "file").touch()
    (tmp_path / "there.mp4").mkdir()
    before = files_under(tmp_path)
    assert "cannot write here" in track(sequence, "--video", tmp_path / name).error
    assert files_under(tmp_path) == before


def test_show_without_a_display(track, make_sequence, monkeypatch, tmp_path, files_under):
    sequence = make_sequence(length=3)
    before = files_under(tmp_path)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("DISPLAY", raising=False)
    assert "--show needs a display" in track(sequence, "--show").error
    monkeypatch.setenv("DISPLAY", "")
    assert "--show needs a display" in track(sequence, "--show").error
    assert files_under(tmp_path) == before


def script(*words):
    command = [sys.executable, ROOT / "tools" / "track.py", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_as_a_script(make_sequence, tmp_path):
    done = script("--seq", make_sequence(length=3).folder, "--results", tmp_path / "r")
    assert done.returncode == 0, done.stderr
    assert "3 frames, 6 of 6 detections, 2 identities" in done.stdout
    assert (tmp_path / "r" / "none" / "MOT16-98.txt").is_file()


def test_a_script_that_fails_prints_one_sentence(broken, tmp_path):
    words = ("--descriptor", "histogram", "--video", tmp_path / "a.mp4")
    done = script("--seq", broken.folder, "--results", tmp_path / "r", *words)
    assert done.returncode == 2
    assert done.stdout == ""
    *bar, sentence = done.stderr.replace("\r", "\n").strip().split("\n")
    assert sentence.startswith("error: ")
    assert "000006.jpg: truncated" in sentence
    assert all("MOT16-98: " in part for part in bar if part)
    assert not (tmp_path / "a.mp4").exists()
