"""Commands refuse to write over what they read, before any work, and leave it as it was."""

import os

import pytest

from flatsort.commands import (
    analyse,
    compare_tracks,
    eval_mot,
    export_onnx,
    overlay,
    report,
    search,
    track,
)
from tests.flatsort.clips import grey_frames, write_clip

TRACKS = "".join(f"{n},4,{10 + 5 * n},30,20,60,1,-1,-1,-1\n" for n in range(1, 7))


@pytest.fixture
def refused(tool):
    """Return a function that runs a command whose output is an input, and checks the input."""

    def check(main, *words, keeps, where=None):
        before = keeps.read_bytes()
        outcome = tool(main, *words)
        assert outcome.status == 2
        assert str(where or keeps) in outcome.error
        assert "name another file to write" in outcome.error
        assert keeps.read_bytes() == before

    return check


@pytest.fixture
def results(tmp_path):
    path = tmp_path / "results" / "theirs" / "MOT16-97.txt"
    path.parent.mkdir(parents=True)
    path.write_text(TRACKS)
    return path


@pytest.fixture
def walk(tmp_path):
    return write_clip(tmp_path / "walk.mp4", grey_frames(6))


@pytest.fixture
def boxes(tmp_path):
    path = tmp_path / "boxes.txt"
    path.write_text("".join(f"{n},-1,10,20,20,50,0.9,-1,-1,-1\n" for n in range(1, 7)))
    return path


def test_a_film_over_the_footage(refused, walk, boxes):
    words = ("--source", walk, "--detector", f"file:{boxes}")
    refused(track.main, *words, "--video", walk, keeps=walk)
    other = walk.with_name("other.mp4")
    os.link(walk, other)
    refused(track.main, *words, "--video", other, keeps=walk, where=other)


def test_a_folder_of_films_in_which_the_footage_lies(refused, walk, boxes, tmp_path):
    words = ("--source", walk, "--detector", f"file:{boxes}", "--results", tmp_path / "out")
    refused(track.main, *words, "--video", walk.parent, keeps=walk)


def test_results_over_the_detections(refused, walk, tmp_path):
    found = tmp_path / "results" / "mine" / "walk.txt"
    found.parent.mkdir(parents=True)
    found.write_text("1,-1,10,20,20,50,0.9,-1,-1,-1\n")
    words = ("--source", walk, "--detector", f"file:{found}", "--results", tmp_path / "results")
    refused(track.main, *words, "--tracker", "mine", keeps=found)


def test_a_picture_over_a_frame(refused, make_sequence, results):
    sequence = make_sequence((), length=6)
    words = ("--seq", sequence.folder, "--results", results)
    refused(overlay.main, *words, "--image", sequence.frame_path(1), keeps=sequence.frame_path(1))


@pytest.mark.parametrize("option", ["--json", "--csv", "--markdown"])
def test_a_table_over_the_ground_truth(refused, make_sequence, results, option):
    sequence = make_sequence((), length=6, name="MOT16-97")
    truth = sequence.ground_truth_path
    truth.parent.mkdir()
    truth.write_text("1,1,10,30,20,60,1,1,1\n")
    words = ("--seq", sequence.folder, "--results", results.parents[1])
    refused(eval_mot.main, *words, option, truth, keeps=truth)


def test_a_page_over_its_footage(refused, walk, results):
    page = walk.rename(walk.with_suffix(".html"))
    refused(report.main, "--results", results, "--source", page, "--out", page, keeps=page)


def test_an_analysis_into_its_footage(tool, make_sequence, results, files_under):
    photos = make_sequence((), length=6).image_folder
    before = files_under(photos)
    words = ("--results", results, "--source", photos)
    outcome = tool(analyse.main, *words, "--out", photos)
    assert outcome.status == 2
    assert f"{photos}: the command reads this folder" in outcome.error
    assert files_under(photos) == before


def test_an_analysis_into_footage_that_the_record_names(
    tool, make_sequence, boxes, tmp_path, files_under
):
    photos = make_sequence((), length=6).image_folder
    words = ("--source", photos, "--detector", f"file:{boxes}", "--tracker", "mine")
    assert tool(track.main, *words, "--results", tmp_path / "results").status == 0
    before = files_under(photos)
    found = tmp_path / "results" / "mine" / f"{photos.name}.txt"
    outcome = tool(analyse.main, "--results", found, "--out", photos)
    assert f"{photos}: the command reads this folder" in outcome.error
    assert files_under(photos) == before


def test_two_outputs_of_one_name(tool, make_sequence, results):
    sequence = make_sequence((), length=6, name="MOT16-97")
    out = results.with_name("out.json")
    words = ("--seq", sequence.folder, "--results", results.parents[1], "--tracker", "theirs")
    outcome = tool(compare_tracks.main, *words, "--out", out, "--json", out)
    assert "two outputs have this name" in outcome.error


def test_an_index_over_its_results(refused, results, walk):
    words = ("index", "--results", results, "--source", walk)
    refused(search.main, *words, "--out", results, keeps=results)


def test_an_export_over_its_weights(refused, tiny_weights):
    weights = tiny_weights()
    refused(export_onnx.main, weights, "--out", weights, keeps=weights)
