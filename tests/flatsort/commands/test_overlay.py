"""overlay.py draws a result file as a film or as a picture, without tracking again."""

import av
import cv2
import numpy as np
import pytest

from flatsort.commands import track
from flatsort.commands.overlay import main
from flatsort.images.drawing import Overlay
from tests.flatsort.clips import grey_frames, write_clip

RESULTS = "".join(f"{n},4,{10 + 5 * n},30,20,60,1,-1,-1,-1\n" for n in (2, 3, 4, 6))


@pytest.fixture
def results(tmp_path):
    path = tmp_path / "theirs.txt"
    path.write_text(RESULTS)
    return path


def test_every_frame_is_filmed_with_its_tracks(tool, make_sequence, results, tmp_path):
    sequence = make_sequence((), length=6, frame_rate=12)
    film = tmp_path / "films" / "a.mp4"
    outcome = tool(main, "--seq", sequence.folder, "--results", results, "--video", film)
    assert outcome.status == 0, outcome.err
    assert outcome.out == f"wrote {film}: 6 frames\n"
    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        assert float(stream.average_rate) == 12
        found = [frame.to_ndarray(format="bgr24") for frame in container.decode(stream)]
    assert len(found) == 6
    # Each frame of the film is the drawn frame, except for encoding losses.
    overlay = Overlay()
    for number, image in enumerate(found, 1):
        here = number in (2, 3, 4, 6)
        ids = np.array([4] if here else [], np.int64)
        boxes = np.array([[10 + 5 * number, 30, 20, 60]] if here else [], float).reshape(-1, 4)
        image_drawn = overlay.draw(sequence.read_frame(number), number, ids, boxes, "theirs")
        assert np.abs(image.astype(int) - image_drawn).mean() < 6


def test_an_empty_result_file_gives_a_film_without_tracks(tool, make_sequence, results, tmp_path):
    results.write_text("")
    sequence = make_sequence(length=3)
    film = tmp_path / "a.mp4"
    words = ("--seq", sequence.folder, "--results", results, "--video", film)
    assert tool(main, *words).status == 0
    assert film.is_file()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (RESULTS + "6,4,10,20,30,40,1,-1,-1,-1\n", "line 5: identity 4 twice in frame 6"),
        (RESULTS + "7,4,10,20,30,40,1,-1,-1,-1\n", "line 5: frame beyond the sequence's last, 6"),
        (RESULTS + "5,4,10\n", "line 5: 3 columns"),
        (RESULTS + "5,4,10,20,nan,40,1,-1,-1,-1\n", "line 5: left, top, width, height"),
        ("hello\n", "theirs.txt"),
        (None, "theirs.txt: cannot read"),
    ],
)
def test_result_files_that_cannot_be_read(tool, make_sequence, results, tmp_path, text, complaint):
    sequence = make_sequence(length=6)
    if text is None:
        results.unlink()
    else:
        results.write_text(text)
    film = tmp_path / "a.mp4"
    outcome = tool(main, "--seq", sequence.folder, "--results", results, "--video", film)
    assert complaint in outcome.error
    assert not film.exists()


def test_missing_and_damaged_frames(tool, make_sequence, results, tmp_path, files_under):
    bare = make_sequence(length=6, images=False, name="bare")
    cut = make_sequence(length=6, name="cut")
    cut.frame_path(4).write_bytes(cut.frame_path(4).read_bytes()[:300])
    before = files_under(tmp_path)
    film = ("--results", results, "--video", tmp_path / "a.mp4")
    assert "has no frames" in tool(main, "--seq", bare.folder, *film).error
    assert "000004.jpg: truncated" in tool(main, "--seq", cut.folder, *film).error
    assert files_under(tmp_path) == before


def test_the_record_names_the_footage(tool, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    walk = write_clip(tmp_path / "walk.mp4", grey_frames(6))
    boxes = tmp_path / "boxes.txt"
    boxes.write_text("".join(f"{n},-1,10,20,20,50,0.9,-1,-1,-1\n" for n in range(1, 7)))
    words = ("--source", walk, "--detector", f"file:{boxes}", "--tracker", "mine")
    assert tool(track.main, *words).status == 0
    outcome = tool(main, "--results", "results/mine/walk.txt", "--video", "a.mp4")
    assert outcome.out.endswith("wrote a.mp4: 6 frames\n"), outcome.err
    walk.rename(tmp_path / "moved.mp4")
    gone = tool(main, "--results", "results/mine/walk.txt", "--video", "b.mp4")
    assert "is not there: name it with --source" in gone.error
    words = ("--source", tmp_path / "moved.mp4", "--results", "results/mine/walk.txt")
    assert tool(main, *words, "--image", "a.png", "--frame", 5).status == 0
    assert cv2.imread("a.png").any()


def test_heads_are_blurred_on_request(tool, make_sequence, results, tmp_path):
    """At frame 4 the box is 30, 30, 20, 60: its head is 12 px high, with 3 px around it."""
    sequence = make_sequence([((0, 0, 255), 30, 20, 60, 12, 0)], length=6)
    words = ("--seq", sequence.folder, "--results", results, "--frame", 4)
    sharp, blurred = tmp_path / "sharp.png", tmp_path / "blurred.png"
    assert tool(main, *words, "--image", sharp).status == 0
    assert tool(main, *words, "--image", blurred, "--blur-heads").status == 0
    change = np.abs(cv2.imread(str(sharp)).astype(int) - cv2.imread(str(blurred))).max(axis=2)
    assert change[27:45, 27:53].max() > 20
    assert change[50:, :].max() == 0


def test_more_than_one_sequence_is_refused(tool, make_sequence, results, tmp_path):
    for name in ("MOT16-01", "MOT16-02"):
        make_sequence(length=6, name=name, under=tmp_path / "MOT16" / "train")
    words = ("--seq", "all", "--mot-root", tmp_path / "MOT16", "--results", results)
    assert "name one" in tool(main, *words, "--video", tmp_path / "a.mp4").error


def test_a_film_with_another_ending_is_refused(tool, make_sequence, results, tmp_path):
    words = ("--seq", make_sequence(length=6).folder, "--results", results)
    assert "must end in .mp4" in tool(main, *words, "--video", tmp_path / "a.gif").error


def test_one_picture(tool, make_sequence, results, tmp_path):
    """The picture equals the frame of the film, with the trails of the frames before it."""
    sequence = make_sequence((), length=6)
    picture = tmp_path / "new" / "a.png"
    words = ("--seq", sequence.folder, "--results", results, "--frame", 4)
    outcome = tool(main, *words, "--image", picture)
    assert outcome.status == 0, outcome.err
    overlay = Overlay()
    for number in (1, 2, 3, 4):
        ids = np.array([4] if number > 1 else [], np.int64)
        boxes = np.array([[10 + 5 * number, 30, 20, 60]] if number > 1 else [], float)
        image = sequence.read_frame(number)
        expected = overlay.draw(image, number, ids, boxes.reshape(-1, 4), "theirs")
    np.testing.assert_array_equal(cv2.imread(str(picture)), expected)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ([], "give --video FILE.mp4, or --image FILE.png"),
        (["--image", "a.png", "--frame", "0"], "MOT16-98 has frames 1 to 6"),
        (["--image", "a.png", "--frame", "7"], "MOT16-98 has frames 1 to 6"),
        (["--image", "a.mp4"], "must end in .png or .jpg"),
        (["--image", "a"], "must end in .png or .jpg"),
        (["--image", "theirs.txt/a.png"], "cannot write here"),
    ],
)
def test_pictures_that_cannot_be_written(
    tool, make_sequence, results, tmp_path, monkeypatch, files_under, words, complaint
):
    monkeypatch.chdir(tmp_path)
    sequence = make_sequence(length=6)
    before = files_under(tmp_path)
    outcome = tool(main, "--seq", sequence.folder, "--results", results, *words)
    assert complaint in outcome.error
    assert files_under(tmp_path) == before
