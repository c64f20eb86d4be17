"""analyse.py: the folder it writes, the footage it finds, and its answers to bad input."""

import csv
import json

import pytest

from flatsort.commands.analyse import main
from flatsort.commands.track import main as track
from flatsort.images.video import VideoWriter

FILES = {
    *("analysis.json", "counts.csv", "crossings.csv", "doubts.csv", "heat-map.jpg", "index.html"),
    *("occupancy.csv", "paths.jpg", "people.csv", "visits.csv"),
}
LINE = "door=80,120,80,0"
"""Inside is on the left."""


@pytest.fixture
def walker(make_sequence):
    """One person who walks from x = 10 to x = 127, three pixels per frame, and one who stands."""
    people = (((0, 0, 255), 0, 20, 20, 50, 3), ((255, 0, 0), 120, 40, 24, 60, 0))
    return make_sequence(people, length=40)


@pytest.fixture
def results(tmp_path, walker):
    """Write the true tracks of the walker."""
    path = tmp_path / "theirs" / f"{walker.name}.txt"
    path.parent.mkdir()
    path.write_text(
        "".join(f"{n},1,{3 * (n - 1)},20,20,50,1\n{n},2,120,40,24,60,1\n" for n in range(1, 41))
    )
    return path


def table(path):
    with path.open() as handle:
        return list(csv.DictReader(handle))


def test_counts_of_a_sequence(tool, walker, results, tmp_path):
    out = tmp_path / "counts"
    words = ("--results", results, "--seq", walker.folder, "--line", LINE, "--out", out)
    zone = "hall=100,0,160,0,160,120,100,120"
    outcome = tool(main, *words, "--zone", zone, "--scale", "0.1")
    assert outcome.status == 0, outcome.err
    assert outcome.out.splitlines() == [
        "door: 0 in (likely 0, 0 to 0)",
        "door: 1 out (likely 1, 1 to 1)",
        "hall: 1 in (likely 1, 1 to 1)",
        "hall: 0 out (likely 0, 0 to 0)",
        f"wrote {out / 'index.html'}: 2 identities, 0 doubtful links",
    ]
    assert {path.name for path in out.iterdir()} == FILES
    # The feet, at x = 10 + 3 (n - 1), are 2.5 pixels behind the line in frame 26.
    [first, second] = table(out / "crossings.csv")
    assert first == {"name": "door", "direction": "out", "id": "1", "frame": "26", "seconds": "2.5"}
    assert (second["name"], second["direction"], second["frame"]) == ("hall", "in", "32")
    visits = table(out / "visits.csv")
    assert [(each["id"], each["first_frame"], each["has_entered"]) for each in visits] == [
        ("2", "1", "0"),
        ("1", "32", "1"),
    ]
    assert [each["hall"] for each in table(out / "occupancy.csv")] == ["1", "1", "1", "1"]
    walks = {each["id"]: each for each in table(out / "people.csv")}
    # Three pixels of a tenth of a metre, ten times per second.
    assert float(walks["1"]["speed_m_per_s"]) == pytest.approx(3.0)
    assert float(walks["2"]["speed_m_per_s"]) == 0
    content = json.loads((out / "analysis.json").read_text())
    assert content["counts"][1] == {
        **{"name": "door", "direction": "out", "count": 1, "likely": 1, "low": 1, "high": 1}
    }
    assert content["crossings"][0]["frame"] == 26
    page = (out / "index.html").read_text()
    assert "heat-map.jpg" in page
    assert "1 to 1" in page


def test_results_of_a_video_are_taken_by_their_record(tool, walker, tmp_path):
    film = tmp_path / "walk.mp4"
    with VideoWriter(film, 10.0) as video:
        for number in range(1, 41):
            video.write(walker.read_frame(number))
    boxes = walker.folder / "det" / "det.txt"
    words = ("--source", film, "--detector", f"file:{boxes}", "--results", tmp_path / "results")
    outcome = tool(track, *words, "--tracker", "mine", "--line", LINE)
    assert outcome.status == 0, outcome.err
    assert "note: door: 0 in, 1 out\n" in outcome.out
    record = json.loads((tmp_path / "results" / "mine" / "walk.json").read_text())
    assert "door: 0 in, 1 out" in record["notes"]
    out = tmp_path / "counts"
    path = tmp_path / "results" / "mine" / "walk.txt"
    assert tool(main, "--results", path, "--line", LINE, "--out", out).status == 0
    assert json.loads((out / "analysis.json").read_text())["footage"] == "walk"
    # Without the footage, the pictures have a plain background.
    film.unlink()
    outcome = tool(main, "--results", path, "--line", LINE, "--out", out)
    assert "door: 1 out" in outcome.out
    assert f"note: The footage, {film}, is not there" in outcome.out


def test_counts_do_not_change_the_tracks(tool, walker, tmp_path):
    for name, words in (("with", ("--line", LINE)), ("without", ())):
        outcome = tool(
            track, "--seq", walker.folder, "--results", tmp_path, "--tracker", name, *words
        )
        assert outcome.status == 0
    name = f"{walker.name}.txt"
    assert (tmp_path / "with" / name).read_text() == (tmp_path / "without" / name).read_text()


def test_no_tracks_and_no_places(tool, walker, tmp_path):
    empty, out = tmp_path / "empty.txt", tmp_path / "counts"
    empty.write_text("")
    outcome = tool(main, "--results", empty, "--seq", walker.folder, "--out", out)
    assert outcome.status == 0, outcome.err
    assert "0 identities, 0 doubtful links" in outcome.out
    assert {path.name for path in out.iterdir()} == FILES


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--line", "door=1,2"), "give x and y of two points"),
        (("--zone", "hall"), "give a name and pixels"),
        (("--line", "a=1,2,3,4", "--zone", "a=0,0,9,0,9,9"), "two lines or zones are called a"),
        (("--scale", "0"), "give metres per pixel, above 0"),
    ],
)
def test_bad_input(tool, walker, results, tmp_path, words, sentence):
    out = tmp_path / "counts"
    outcome = tool(main, "--results", results, "--seq", walker.folder, "--out", out, *words)
    assert sentence in outcome.error
    assert not out.exists()


def test_a_file_is_no_folder_for_answers(tool, walker, results, tmp_path):
    out = tmp_path / "counts"
    out.write_text("mine")
    outcome = tool(main, "--results", results, "--seq", walker.folder, "--out", out)
    assert "cannot write here" in outcome.error
    assert out.read_text() == "mine"
