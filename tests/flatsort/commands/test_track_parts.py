"""track.py on a part of footage: --start, --end, --every and --region."""

import json
import re

import av
import pytest

from flatsort.commands.eval_mot import main as eval_mot
from flatsort.commands.link import main as link
from flatsort.commands.overlay import main as overlay
from flatsort.commands.report import main as report
from flatsort.commands.track import main
from tests.flatsort.clips import grey_frames, number_of, write_clip

TWENTY = "".join(f"{n},-1,{left},10,10,30,0.9,-1,-1,-1\n" for n in range(1, 21) for left in (n, 40))
"""Two people in 20 frames: one walks to the right by 1 px per frame, and one stands at x = 40."""


@pytest.fixture
def walk(tool, tmp_path):
    """Return a function that tracks a clip of 20 frames, 10 per second, by boxes of a file."""
    clip = write_clip(tmp_path / "walk.mp4", grey_frames(20, size=(96, 64)))
    boxes = tmp_path / "boxes.txt"
    boxes.write_text(TWENTY)
    words = ("--source", clip, "--detector", f"file:{boxes}", "--results", tmp_path, "--tracker")
    return lambda *more: tool(main, *words, "t", *more)


def film_numbers(path):
    """Return the numbers of the frames, up to 1 off by two encodings, and their times."""
    with av.open(str(path)) as container:
        frames = [*container.decode(video=0)]
    images = (frame.to_ndarray(format="bgr24")[50:, 70:] for frame in frames)
    return [number_of(image) for image in images], [frame.time for frame in frames]


def test_a_part_of_a_video_keeps_its_frame_numbers(walk, tmp_path, read_rows):
    """From 0.5 s on and up to 1.5 s are frames 6 to 15; every third one is 6, 9, 12 and 15."""
    outcome = walk("--start", "0.5", "--end", "1.5", "--every", 3, "--also", "csv")
    assert outcome.status == 0, outcome.err
    assert "walk.txt: 4 frames, 8 of 8 detections, 2 identities" in outcome.out
    assert [row[0] for row in read_rows(tmp_path / "t" / "walk.txt")] == [
        6,
        6,
        9,
        9,
        12,
        12,
        15,
        15,
    ]
    times = {line.split(",")[1] for line in (tmp_path / "t" / "walk.csv").read_text().split()}
    assert times == {"seconds", "0.5", "0.8", "1.1", "1.4"}
    record = json.loads((tmp_path / "t" / "walk.json").read_text())
    assert (record["first"], record["last"], record["every"]) == (6, 15, 3)
    assert (record["frame_rate"], record["frames"], record["counts"]["missing"]) == (10, 15, 0)


def test_frames_as_ends(walk, tmp_path, read_rows):
    assert walk("--start", "19f").status == 0
    assert {row[0] for row in read_rows(tmp_path / "t" / "walk.txt")} == {19, 20}
    assert walk("--end", "2f").status == 0
    assert {row[0] for row in read_rows(tmp_path / "t" / "walk.txt")} == {1, 2}


def test_the_tracker_knows_the_rate_of_the_tracked_frames(make_sequence, tool, tmp_path, read_rows):
    """Boxes in frames 1 and 16 of 10 per second: 1.5 s apart, or 3 of every fifth frame."""
    text = "".join(f"{n},-1,10,10,10,30,0.9,-1,-1,-1\n" for n in (1, 16, 21))
    sequence = make_sequence(length=21, detections=text)
    words = ("--seq", sequence.folder, "--results", tmp_path, "--tracker", "t")
    for age, identities in (("1.5s", 1), ("1s", 2)):
        more = ("--preset", "flatsort", "--every", 5, "--max-age", age)
        assert tool(main, *words, *more).status == 0
        rows = read_rows(tmp_path / "t" / "MOT16-98.txt")
        assert len({row[1] for row in rows}) == identities


def test_the_film_shows_the_tracked_frames_at_their_times(walk, tmp_path):
    film = tmp_path / "film.mp4"
    outcome = walk("--start", "0.5", "--end", "1.5", "--every", 3, "--video", film)
    assert outcome.status == 0, outcome.err
    numbers, times = film_numbers(film)
    assert numbers == pytest.approx([6, 9, 12, 15], abs=1)
    assert times == pytest.approx([0, 0.3, 0.6, 0.9], abs=0.001)


def test_overlay_and_report_show_the_tracked_frames(walk, tool, tmp_path):
    assert walk("--start", "0.5", "--every", 3).status == 0
    film = tmp_path / "again.mp4"
    words = ("--results", tmp_path / "t" / "walk.txt")
    outcome = tool(overlay, *words, "--video", film)
    assert outcome.out == f"wrote {film}: 5 frames\n", outcome.err
    assert film_numbers(film)[0] == pytest.approx([6, 9, 12, 15, 18], abs=1)
    assert tool(overlay, *words, "--image", tmp_path / "a.png", "--frame", 9).status == 0
    page = tmp_path / "a.html"
    assert tool(report, *words, "--out", page).status == 0
    text = page.read_text()
    assert 'data-first="6"' in text
    # Each person is there from frame 6 to frame 18 without a gap.
    assert text.count('data-first="6" data-last="18"') == 2


def test_a_region_is_drawn_and_only_its_people_are_tracked(walk, tmp_path, read_rows):
    """The standing person's feet are at 45, 40; the walking one's at n + 5, 40."""
    plain, drawn = tmp_path / "plain.mp4", tmp_path / "drawn.mp4"
    outcome = walk("--region", "42,0,60,60", "--video", drawn)
    assert outcome.status == 0, outcome.err
    assert "20 of 20 detections, 1 identities" in outcome.out
    assert {row[2] for row in read_rows(tmp_path / "t" / "walk.txt")} == {40}
    record = json.loads((tmp_path / "t" / "walk.json").read_text())
    assert record["region"] == [[42, 0], [60, 0], [60, 60], [42, 60]]
    walk("--video", plain)
    images = []
    for path in (plain, drawn):
        with av.open(str(path)) as container:
            images.append(next(container.decode(video=0)).to_ndarray(format="bgr24").astype(int))
    assert abs(images[0] - images[1])[30, 58:63].max() > 60


def test_all_boxes_are_saved_in_spite_of_a_region(walk, tmp_path, read_rows):
    saved = tmp_path / "saved.txt"
    assert walk("--region", "42,0,60,60", "--save-detections", saved).status == 0
    assert len(read_rows(saved)) == 40


def test_a_part_offline_fills_only_tracked_frames(make_sequence, tool, tmp_path, read_rows):
    """Of frames 2, 4, 6, 8 and 10, frame 6 has no box; a second is long enough to fill it."""
    text = "".join(f"{n},-1,{n},10,10,30,0.9,-1,-1,-1\n" for n in range(1, 11) if n != 6)
    sequence = make_sequence(length=10, detections=text)
    words = ("--seq", sequence.folder, "--results", tmp_path, "--tracker", "t", "--start", "2f")
    outcome = tool(main, *words, "--every", 2, "--offline", "--fill", "1s")
    assert outcome.status == 0, outcome.err
    rows = read_rows(tmp_path / "t" / "MOT16-98.txt")
    assert [row[:3] for row in rows] == [(n, 1, n) for n in (2, 4, 6, 8, 10)]
    assert tool(main, *words, "--every", 2, "--preset", "flatsort").status == 0
    more = ("--results", tmp_path / "t" / "MOT16-98.txt", "--seq", sequence.folder)
    assert tool(link, *more, "--fill", "1s", "--out", tmp_path / "linked.txt").status == 0
    frames = {row[0] for row in read_rows(tmp_path / "linked.txt")}
    assert frames == {2, 4, 6, 8, 10}


def test_only_the_part_is_scored_on_the_page(make_sequence, tool, tmp_path):
    """Ground truth of 10 frames, of which every second is tracked without an error."""
    text = "".join(f"{n},-1,10,10,10,30,0.9,-1,-1,-1\n" for n in range(1, 11))
    truth = text.replace(",-1,10,", ",1,10,").replace(",0.9,-1,-1,-1", ",1,1,1")
    sequence = make_sequence(length=10, detections=text)
    sequence.ground_truth_path.parent.mkdir()
    sequence.ground_truth_path.write_text(truth)
    words = ("--seq", sequence.folder, "--results", tmp_path, "--tracker", "t", "--every", 2)
    assert tool(main, *words, "--end", "8f").status == 0
    named = ("--seq", sequence.folder, "--results", tmp_path, "--tracker", "t")
    page = tmp_path / "a.html"
    assert tool(report, *named, "--out", page).status == 0
    figure = re.search(r"<dt>MOTA</dt>\s*<dd>([\d.]+)", page.read_text())
    assert figure is not None
    assert float(figure[1]) == 100
    scored = tool(eval_mot, *named)
    assert "note: t has tracked only a part of MOT16-98" in scored.out


def test_a_second_run_takes_the_boxes_of_the_part_from_the_cache(make_sequence, tool, tmp_path):
    sequence = make_sequence(length=6)
    words = ("--seq", sequence.folder, "--results", tmp_path, "--detector", "hog", "--every", 2)
    assert tool(main, *words, "--cache", tmp_path / "cache").status == 0
    again = tool(main, *words, "--cache", tmp_path / "cache")
    assert "boxes of 3 frames come from an earlier run" in again.out


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--start", "9"), "--start: walk ends before it, with frame 20"),
        (("--start", "21f"), "--start: walk has no frame 21"),
        (("--start", "1", "--end", "0.5"), "--end: it comes before"),
        (("--every", "0"), "--every 0"),
        (("--region", "1,2,3"), "--region 1,2,3"),
    ],
)
def test_parts_that_are_refused_leave_no_files(walk, tmp_path, files_under, words, complaint):
    before = files_under(tmp_path)
    assert complaint in walk(*words).error
    assert files_under(tmp_path) == before


def test_a_file_of_movements_goes_with_every_frame(walk, tmp_path):
    path = tmp_path / "gmc.txt"
    path.write_text("0 1 0 0 0 1 0\n")
    words = ("--preset", "flatsort", "--camera-motion", path, "--every", 2)
    assert "leave out --every" in walk(*words).error
