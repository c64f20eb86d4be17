"""link.py and track.py --offline: identities over a whole recording."""

import json

import cv2
import pytest

from flatsort.commands.link import main
from flatsort.commands.track import main as track

COLOURS = [(0, 0, 255), (255, 0, 0), (0, 200, 0), (0, 200, 200), (200, 0, 200), (200, 200, 0)]
LENGTH = 60


@pytest.fixture
def street(make_sequence):
    """Six people in colours of their own, who stand still; the detector misses one for 3 s."""
    people = [(colour, 20 + 70 * n, 20, 24, 60, 0) for n, colour in enumerate(COLOURS)]
    rows = [
        f"{frame},-1,{left},{top},{width},{height},0.9,-1,-1,-1\n"
        for frame in range(1, LENGTH + 1)
        for n, (_, left, top, width, height, _) in enumerate(people)
        if not (n == 2 and 20 < frame <= 50)
    ]
    return make_sequence(
        people, length=LENGTH, detections="".join(rows), size=(460, 100), name="MOT16-97"
    )


@pytest.fixture
def broken(tmp_path):
    """Write results of the street in which the third person has two identities."""
    path = tmp_path / "results" / "theirs" / "MOT16-97.txt"
    path.parent.mkdir(parents=True)
    path.write_text(
        "".join(
            f"{frame},{99 if n == 2 and frame > 50 else n + 1},{20 + 70 * n},20,24,60,1,-1,-1,-1\n"
            for frame in range(1, LENGTH + 1)
            for n in range(6)
            if not (n == 2 and 20 < frame <= 50)
        )
    )
    return path


def identities(path):
    rows = [line.split(",") for line in path.read_text().splitlines()]
    return {(int(row[0]), float(row[2])): int(row[1]) for row in rows}


def test_looks_join_a_person_after_an_absence(tool, street, broken, tmp_path):
    outcome = tool(main, "--results", broken, "--seq", street.folder, "--descriptor", "histogram")
    path = tmp_path / "results" / "theirs-linked" / "MOT16-97.txt"
    assert outcome.status == 0, outcome.err
    assert outcome.out.startswith(f"{path}: 7 tracks linked to 6 identities (cut into 7 tracklets")
    ids = identities(path)
    assert ids[20, 160.0] == ids[51, 160.0]
    assert len(set(ids.values())) == 6
    assert [each.name for each in path.parent.iterdir()] == ["MOT16-97.txt"]


def test_movement_alone_needs_no_frames(tool, make_sequence, tmp_path):
    """A walker of 4 pixels per frame is lost for 3 frames; gaps are filled on request."""
    sequence = make_sequence(length=40, images=False)
    path = tmp_path / "out.txt"
    lefts = {frame: 4 * frame for frame in range(1, 41) if not 20 < frame <= 23}
    results = tmp_path / "theirs.txt"
    # A second person, far away, makes the scene large.
    results.write_text(
        "".join(f"{n},{1 + (n > 20)},{left},20,20,50,1\n" for n, left in lefts.items())
        + "".join(f"{n},9,900,600,20,50,1\n" for n in lefts)
    )
    words = ("--results", results, "--seq", sequence.folder, "--out", path)
    assert tool(main, *words).status == 0
    assert set(identities(path).values()) == {1, 2}
    assert len(path.read_text().splitlines()) == 74
    assert tool(main, *words, "--fill", "0.3s").status == 0
    assert "22,1,88.00,20.00,20.00,50.00,0,-1,-1,-1\n" in path.read_text()
    assert len(path.read_text().splitlines()) == 80


def test_offline_links_what_the_tracker_has_split(tool, street, tmp_path):
    words = ("--seq", street.folder, "--results", tmp_path / "results", "--offline")
    film = tmp_path / "film.mp4"
    outcome = tool(track, *words, "--descriptor", "histogram", "--also", "csv", "--video", film)
    assert outcome.status == 0, outcome.err
    assert cv2.VideoCapture(str(film)).get(cv2.CAP_PROP_FRAME_COUNT) == LENGTH
    folder = tmp_path / "results" / "flatsort-histogram-offline"
    assert len(set(identities(folder / "MOT16-97.txt").values())) == 6
    record = json.loads((folder / "MOT16-97.json").read_text())
    assert record["linking"]["looks_count"]
    assert (record["linking"]["tracks"], record["linking"]["identities"]) == (7, 6)
    assert record["counts"]["identities"] == 6
    assert "note: 7 tracks linked to 6 identities" in outcome.out
    assert (folder / "MOT16-97.csv").read_text().count("\n") == 1 + len(
        (folder / "MOT16-97.txt").read_text().splitlines()
    )


def test_offline_by_motion_is_flatsort_here(tool, street, tmp_path):
    """Without looks, and with no gap that is short enough, nothing is joined."""
    results = tmp_path / "results"
    tool(track, "--seq", street.folder, "--results", results, "--offline")
    tool(track, "--seq", street.folder, "--results", results, "--preset", "flatsort")
    offline, online = (results / name / "MOT16-97.txt" for name in ("flatsort-offline", "flatsort"))
    assert identities(offline) == identities(online)


def test_linked_results_of_a_run_keep_its_record(tool, street, tmp_path):
    results = tmp_path / "results"
    tool(track, "--seq", street.folder, "--results", results)
    outcome = tool(
        main, "--results", results / "none" / "MOT16-97.txt", "--descriptor", "histogram"
    )
    assert outcome.status == 0, outcome.err
    record = json.loads((results / "none-linked" / "MOT16-97.json").read_text())
    assert (record["tracker"], record["descriptor"]) == ("none-linked", "histogram")
    assert record["source"] == str(street.folder.resolve())


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--fill", "1s"), "--fill goes with --offline"),
        (("--offline", "--preset", "sort"), "--offline tracks with --preset flatsort, not sort"),
        (("--offline", "--show"), "--show shows tracks as they come"),
        (
            ("--offline", "--descriptor", "histogram", "--paper"),
            "--paper goes with --preset deepsort",
        ),
    ],
)
def test_options_that_do_not_go_together(tool, street, words, sentence):
    assert sentence in tool(track, "--seq", street.folder, *words).error


def test_a_json_file_of_the_user_stays(tool, street, broken, tmp_path):
    """The record of replaced results goes, because it would describe other tracks."""
    words = ("--results", broken, "--seq", street.folder)
    own, out = tmp_path / "mine.json", tmp_path / "mine.txt"
    own.write_text('{"notes": "mine"}')
    assert tool(main, *words, "--out", out).status == 0
    assert own.read_text() == '{"notes": "mine"}'
    results = tmp_path / "results"
    tool(track, "--seq", street.folder, "--results", results)
    stale = results / "none" / "MOT16-97.txt"
    assert stale.with_suffix(".json").exists()
    assert tool(main, *words, "--out", stale).status == 0
    assert not stale.with_suffix(".json").exists()


def test_bad_input_to_link(tool, street, broken, make_sequence):
    words = ("--results", broken, "--seq", street.folder)
    assert (
        "the command reads this file and would overwrite it"
        in tool(main, *words, "--out", broken).error
    )
    blind = make_sequence(length=LENGTH, images=False)
    error = tool(
        main, "--results", broken, "--seq", blind.folder, "--descriptor", "histogram"
    ).error
    assert "needs frames" in error
    assert not (broken.parents[1] / "theirs-linked").exists()


# Several result files


@pytest.fixture
def many(tool, make_sequence, tmp_path):
    """Track three sequences by motion alone; return their result files."""
    folder = tmp_path / "results" / "none"
    for number in (1, 2, 3):
        detections = "".join(
            f"{frame},-1,{20 + 70 * n},20,24,60,0.9,-1,-1,-1\n"
            for frame in range(1, LENGTH + 1)
            for n in range(2)
            if not (n == 1 and 20 + number < frame <= 24 + number)
        )
        sequence = make_sequence(length=LENGTH, name=f"MOT16-0{number}", detections=detections)
        tool(track, "--seq", sequence.folder, "--results", folder.parent)
    return sorted(folder.glob("*.txt"))


def test_two_processes_write_the_bytes_of_a_serial_run(tool, many):
    outcomes, contents = [], []
    for words in ((), ("--jobs", "2")):
        outcomes.append(tool(main, "--results", *many, "--descriptor", "histogram", *words))
        linked = many[0].parent.with_name("none-linked")
        contents.append([path.read_bytes() for path in sorted(linked.iterdir())])
    assert [each.status for each in outcomes] == [0, 0]
    assert outcomes[0].out == outcomes[1].out
    assert outcomes[0].out.count("identities") == 3
    assert len(contents[0]) == 6
    assert contents[0] == contents[1]


def test_a_failed_file_is_named_at_the_end(tool, many):
    many[1].write_text("1,1,2,3\n")
    outcome = tool(main, "--results", *many, "--jobs", "2", "--quiet")
    assert outcome.status == 1
    assert len([*many[0].parent.with_name("none-linked").glob("*.txt")]) == 2
    *_, failure, total = outcome.err.splitlines()
    assert failure.startswith(f"error: {many[1]}: ")
    assert total == "1 of 3 files failed; the others are complete"


@pytest.mark.parametrize("option", ["--seq", "--source", "--out"])
def test_options_of_one_file_do_not_go_with_several(tool, option):
    outcome = tool(main, "--results", "a.txt", "b.txt", option, "c")
    assert outcome.error == (
        f"{option} goes with one result file, and --results names 2: link them one at a time"
    )
