"""track.py --source on own footage: its files, and the ways in which a run ends."""

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from flatsort.commands.track import main
from flatsort.detectors.yolox_models import model_path
from flatsort.tracking.run_record import read_run_record
from tests.flatsort.clips import STEP, grey_frames, write_clip
from tests.flatsort.loopback import Server

ROOT = Path(__file__).resolve().parents[3]
BOX = (10, 20, 20, 50)


def line(frame, left=10, confidence=0.9):
    return f"{frame},-1,{left},20,20,50,{confidence},-1,-1,-1\n"


def street(count, size=(160, 120), step=0):
    """Frames of a red person who walks ``step`` pixels per frame."""
    for index in range(count):
        image = np.full((size[1], size[0], 3), 90, np.uint8)
        image[20:70, 10 + step * index : 30 + step * index] = (0, 0, 255)
        yield image


def noise(count):
    """Frames of noise, which compress so badly that half of the file holds about half of them."""
    rng = np.random.default_rng(0)
    return (rng.integers(0, 255, (120, 160, 3), np.uint8) for _ in range(count))


def middle_grey(frame):
    """Return the grey in the middle of a decoded frame."""
    image = frame.to_ndarray(format="bgr24")
    return float(image[image.shape[0] // 2, image.shape[1] // 2].mean())


def write_images(folder, numbers):
    """Write one image per number, such as photo101.png."""
    folder.mkdir()
    for number, image in zip(numbers, street(len(numbers)), strict=True):
        cv2.imwrite(str(folder / f"photo{number}.png"), image)


@pytest.fixture
def boxes(tmp_path):
    """The word of a detector that finds the standing person in the first 40 frames."""
    path = tmp_path / "boxes.txt"
    path.write_text("".join(line(n) for n in range(1, 41)))
    return f"file:{path}"


@pytest.fixture
def track(tool, tmp_path, boxes):
    def call(source, *words, detector=boxes):
        results = ("--results", tmp_path / "results")
        return tool(main, "--source", source, "--detector", detector, *results, *words)

    return call


@pytest.fixture
def folder(tmp_path):
    """The folder of the results with descriptor `none`."""
    return tmp_path / "results" / "none@file-boxes"


@pytest.fixture
def walk(tmp_path):
    return write_clip(tmp_path / "walk.mp4", street(8))


ROWS = [(n, 1, *BOX) for n in range(1, 9)]


def test_a_video_and_all_its_files(track, walk, folder, read_rows, tmp_path):
    (tmp_path / "boxes.txt").write_text("".join(line(n) for n in range(1, 9)))
    film = tmp_path / "film.mp4"
    outcome = track(walk, "--also", "csv", "jsonl", "csv", "--video", film)
    assert outcome.status == 0, outcome.err
    assert outcome.out.startswith(f"{folder / 'walk.txt'}: 8 frames, 8 of 8 detections, 1 ident")
    assert "note" not in outcome.out
    assert read_rows(folder / "walk.txt") == ROWS
    objects = [json.loads(each) for each in (folder / "walk.jsonl").read_text().splitlines()]
    assert [each["seconds"] for each in objects] == pytest.approx([n / 10 for n in range(8)])
    assert len((folder / "walk.csv").read_text().splitlines()) == 9
    with av.open(str(film)) as container:
        assert len(list(container.decode(video=0))) == 8
    assert sorted(path.name for path in folder.iterdir()) == [
        *("walk.csv", "walk.json", "walk.jsonl", "walk.txt")
    ]


def test_the_boxes_are_kept_for_the_next_run_and_saved(track, walk, folder, tmp_path):
    """HOG looks at each frame once; the saved boxes give the same tracks as the detector's."""
    saved = tmp_path / "boxes" / "walk.txt"
    first = track(walk, "--save-detections", saved, "--tracker", "a", detector="hog")
    assert first.status == 0, first.err
    assert "earlier run" not in first.out
    text = saved.read_text()
    again = track(walk, "--save-detections", saved, "--tracker", "b", detector="hog")
    assert "note: boxes of 8 frames come from an earlier run" in again.out
    assert saved.read_text() == text
    assert "earlier run" not in track(walk, "--no-cache", "--tracker", "c", detector="hog").out
    results = [tmp_path / "results" / name / "walk.txt" for name in "abc"]
    assert len({path.read_text() for path in results}) == 1


def test_saved_boxes_need_a_detector_and_one_sequence(tool, make_sequence, tmp_path):
    root = tmp_path / "root"
    folders = [make_sequence(length=2, name=f"MOT16-9{n}", under=root).folder for n in (7, 8)]
    words = ("--save-detections", tmp_path / "b.txt")
    assert tool(main, "--seq", folders[0], *words).error == (
        "--save-detections goes with --detector or --source"
    )
    both = ("--seq", "all", "--mot-root", root, "--detector", "hog")
    assert "2 sequences do not go into one file" in tool(main, *both, *words).error


def test_the_record(track, walk, folder, boxes, tmp_path):
    (tmp_path / "boxes.txt").write_text("".join(line(n) for n in range(1, 9)))
    track(walk, "--descriptor", "histogram", "--video", tmp_path / "films", "--tracker", "mine")
    record = read_run_record(tmp_path / "results" / "mine" / "walk.txt")
    assert record.source == str(walk)
    assert record.film == str(tmp_path / "films" / "walk.mp4")
    assert (record.sequence, record.tracker) == ("walk", "mine")
    assert (record.descriptor, record.detector) == ("histogram", boxes)
    assert (record.frames, record.size, record.frame_rate) == (8, [160, 120], 10)
    assert record.counts["identities"] == 1
    assert record.options["min_confidence"] == 0.3
    assert record.notes == []


def test_a_folder_of_images_and_a_sequence_give_the_same(
    track, make_sequence, folder, read_rows, tmp_path
):
    sequence = make_sequence(((0, 0, 255), (10, 20, 20, 50))[:0], length=8)
    for word in (sequence.image_folder, sequence.folder):
        assert track(word).status == 0
    assert read_rows(folder / "img1.txt") == read_rows(folder / "MOT16-98.txt") == ROWS
    assert read_run_record(folder / "img1.txt").frame_rate == 25
    track(sequence.image_folder, "--fps", 5)
    assert read_run_record(folder / "img1.txt").frame_rate == 5


def test_source_and_seq_give_the_same_results(tool, make_sequence, track, tmp_path, boxes):
    """The same boxes come from --detections, from --seq --detector and from --source."""
    sequence = make_sequence(((0, 0, 255), 10, 20, 20, 50, 0)[:0], length=8)
    found = Path(boxes.removeprefix("file:"))
    (tmp_path / "det.txt").write_text("".join(found.read_text().splitlines(True)[:8]))
    ways = {
        "a": ("--seq", sequence.folder, "--detections", tmp_path / "det.txt"),
        "b": ("--seq", sequence.folder, "--detector", f"file:{tmp_path / 'det.txt'}"),
        "c": ("--source", sequence.folder, "--detector", f"file:{tmp_path / 'det.txt'}"),
    }
    written = set()
    for name, words in ways.items():
        out = ("--results", tmp_path / "results", "--tracker", name)
        assert tool(main, *words, *out, "--descriptor", "histogram").status == 0
        written.add((tmp_path / "results" / name / "MOT16-98.txt").read_text())
    (text,) = written
    assert text.count("\n") == 6


def test_missing_frames_count_as_frames_without_detections(track, tmp_path, read_rows):
    """Half a second is missing after frame 10; frames keep their numbers in the file.

    Five frames are missing, so the next detection is the sixth frame after the last one.
    """
    times = [n / 10 for n in range(10)] + [1.5 + n / 10 for n in range(10)]
    clip = write_clip(tmp_path / "gap.mp4", street(20), times=times)
    before, after = list(range(3, 11)), list(range(11, 21))
    for age, expected in (
        (6, [(n, 1) for n in before + after]),
        # A new track is reported from its third frame.
        (5, [(n, 1) for n in before] + [(n, 2) for n in after[2:]]),
    ):
        for appearance in ("always", "lazy"):
            words = ("--max-age", age, "--appearance", appearance, "--tracker", appearance)
            outcome = track(clip, "--descriptor", "histogram", *words)
            assert "20 frames (5 more were missing), " in outcome.out
            rows = read_rows(tmp_path / "results" / appearance / "gap.txt")
            assert [row[:2] for row in rows] == expected


def test_results_of_other_footage_of_the_same_name_are_kept(track, walk, folder, tmp_path):
    assert track(walk).status == 0
    (tmp_path / "second").mkdir()
    other = write_clip(tmp_path / "second" / "walk.mp4", street(4))
    before = (folder / "walk.txt").read_bytes()
    error = track(other).error
    assert error.startswith(f"{folder / 'walk.txt'} has the tracks of {walk}: give --tracker NAME")
    assert (folder / "walk.txt").read_bytes() == before
    assert track(other, "--tracker", "second").status == 0
    # The same footage replaces its results; footage that was moved counts as the same.
    assert track(walk).status == 0
    walk.rename(tmp_path / "second" / "gone.mp4")
    assert track(other).status == 0
    (folder / "walk.json").write_text("{")
    assert track(other).status == 0


def test_a_damaged_image_costs_one_frame(track, tmp_path, read_rows):
    """The other frames are tracked and filmed, the identity stays, and a note names the image."""
    pictures = tmp_path / "walk"
    pictures.mkdir()
    for number, image in enumerate(street(8), 1):
        cv2.imwrite(str(pictures / f"{number}.png"), image)
    (pictures / "5.png").write_bytes(b"PNG no more")
    film = tmp_path / "film.mp4"
    outcome = track(pictures, "--descriptor", "histogram", "--video", film)
    assert outcome.status == 0, outcome.err
    assert ": 7 frames, 7 of 7 detections" in outcome.out
    assert "note: 1 image of walk left out: " in outcome.out
    assert "5.png: truncated or not an image (frame 5 of walk)" in outcome.out
    rows = read_rows(tmp_path / "results" / "histogram@file-boxes" / "walk.txt")
    assert [row[:2] for row in rows] == [(3, 1), (4, 1), (6, 1), (7, 1), (8, 1)]
    with av.open(str(film)) as container:
        times = [frame.time for frame in container.decode(video=0)]
    assert np.diff(times) == pytest.approx([0.04, 0.04, 0.04, 0.08, 0.04, 0.04], abs=1e-3)


@pytest.mark.parametrize("motion", ["frames", "gmc.txt"])
def test_the_camera_is_followed_over_a_damaged_image(track, tmp_path, read_rows, motion):
    """A person and the scene move by 15 of 20 px per frame, and by 30 px over the third image."""
    spots = np.random.default_rng(0).integers(0, 256, (8, 16, 3)).astype(np.uint8)
    scene = cv2.resize(spots, (240, 120), interpolation=cv2.INTER_CUBIC)
    photos, boxes = tmp_path / "photos", tmp_path / "boxes.txt"
    photos.mkdir()
    for n in range(1, 6):
        cv2.imwrite(str(photos / f"{n}.png"), scene[:, 75 - 15 * n :][:, :160])
    (photos / "3.png").write_bytes(b"not a picture")
    boxes.write_text("".join(line(n, 15 * n - 5) for n in range(1, 6)))
    rows = ["0 1 0 0 0 1 0\n", *(f"{n} 1 0 15 0 1 0\n" for n in range(1, 5))]
    (tmp_path / "gmc.txt").write_text("".join(rows))
    word = motion if motion == "frames" else tmp_path / motion
    words = ("--preset", "flatsort", "--camera-motion", word)
    assert track(photos, *words, detector=f"file:{boxes}").status == 0
    found = read_rows(tmp_path / "results" / "flatsort@file-boxes" / "photos.txt")
    assert [row[:3] for row in found] == [(n, 1, 15 * n - 5) for n in (1, 2, 4, 5)]


def test_a_long_gap_takes_no_time(track, tmp_path, folder, read_rows):
    """Of the 35,397 missing frames, in 59 minutes, the tracker sees two."""
    times = [0.0, 0.1, 0.2, 3540.0, 3540.1, 3540.2, 3540.3]
    clip = write_clip(tmp_path / "gap.mp4", street(7), times=times)
    outcome = track(clip)
    assert "(35397 more were missing)" in outcome.out
    assert [row[1] for row in read_rows(folder / "gap.txt")] == [1, 1, 1, 2]


def test_real_people_are_found_tracked_and_filmed(tool, mot_data, tmp_path, read_rows):
    """A third of a second of a street, with the command of the README."""
    source = mot_data / "video" / "street.mp4"
    with av.open(str(source)) as container:
        images = [
            frame.to_ndarray(format="bgr24")[180:540, 320:960]
            for frame, _ in zip(container.decode(video=0), range(10), strict=False)
        ]
    clip = write_clip(tmp_path / "walk.mp4", images)
    model_path("yolox-nano").parent.mkdir(parents=True)
    shutil.copy(mot_data / "detectors" / "yolox_nano_416x416.onnx", model_path("yolox-nano"))
    words = ("--descriptor", "fmvae-track-unseen", "--results", tmp_path / "r")
    outcome = tool(main, clip, *words, "--video", tmp_path / "out.mp4")
    assert outcome.status == 0, outcome.err
    assert "note" not in outcome.out
    rows = read_rows(tmp_path / "r" / "fmvae-track-unseen@yolox-nano" / "walk.txt")
    assert {row[0] for row in rows} == set(range(3, 11))
    assert len({row[1] for row in rows}) >= 2
    assert (tmp_path / "out.mp4").is_file()


def test_hog_stands_in_for_the_default_detector(tool, walk, tmp_path):
    outcome = tool(main, walk, "--results", tmp_path / "r")
    assert outcome.status == 0, outcome.err
    note = "OpenCV's hog finds the people instead of yolox-nano"
    assert outcome.out.startswith(f"note: {note}")
    assert outcome.out.count(note) == 1
    record = read_run_record(tmp_path / "r" / "none@hog" / "walk.txt")
    assert record.detector == "hog"
    assert [note in each for each in record.notes] == [True, False]
    assert "no detection of confidence >= 0.3" in record.notes[1]


def two_classes(frame):
    """A person (1) and, at the same place, a car (3)."""
    return f"{frame},-1,10,20,20,50,0.9,1\n{frame},-1,10,20,20,50,0.9,3\n"


@pytest.mark.parametrize("words", [(), ("--offline",), ("--preset", "flatsort")])
def test_two_classes_never_share_a_track(track, walk, tmp_path, words):
    (tmp_path / "boxes.txt").write_text("".join(two_classes(n) for n in range(1, 9)))
    outcome = track(walk, *words, "--tracker", "mine", "--also", "csv")
    assert outcome.status == 0, outcome.err
    lines = (tmp_path / "results" / "mine" / "walk.txt").read_text().splitlines()
    rows = {tuple(line.split(",")[i] for i in (0, 1, 7)) for line in lines}
    assert {row for row in rows if row[0] == "8"} == {("8", "1", "1"), ("8", "2", "3")}
    assert {row[1:] for row in rows} == {("1", "1"), ("2", "3")}
    table = (tmp_path / "results" / "mine" / "walk.csv").read_text().splitlines()
    assert {line.split(",")[-1] for line in table[1:]} == {"1", "3"}


def test_classes_may_share_a_track_on_demand(track, walk, tmp_path):
    (tmp_path / "boxes.txt").write_text(
        "".join(f"{n},-1,10,20,20,50,0.9,{1 + 2 * (n % 2)}\n" for n in range(1, 9))
    )
    track(walk, "--class-agnostic", "--tracker", "mine")
    lines = (tmp_path / "results" / "mine" / "walk.txt").read_text().splitlines()
    assert [line.split(",")[1] for line in lines] == ["1"] * 8
    assert [line.split(",")[7] for line in lines] == ["3", "1"] * 4


def test_tracks_go_out_and_come_back_in_formats_of_other_programs(track, walk, tmp_path, read_rows):
    (tmp_path / "boxes.txt").write_text("".join(two_classes(n) for n in range(1, 9)))
    outcome = track(walk, "--tracker", "first", "--also", "coco", "cvat", "yolo")
    assert outcome.status == 0, outcome.err
    first = tmp_path / "results" / "first"
    assert sorted(path.name for path in first.iterdir()) == [
        *("walk.coco.json", "walk.cvat.xml", "walk.json", "walk.txt", "walk.yolo")
    ]
    for name in ("walk.coco.json", "walk.cvat.xml", "walk.yolo"):
        outcome = track(walk, "--tracker", name, detector=f"file:{first / name}")
        assert outcome.status == 0, outcome.err
        found = read_rows(tmp_path / "results" / name / "walk.txt")
        assert sorted(found) == sorted(read_rows(first / "walk.txt"))


def test_boxes_of_one_class_by_name(track, walk, tmp_path):
    folder = tmp_path / "labels"
    folder.mkdir()
    (folder / "classes.txt").write_text("person\ncar\n")
    for number in range(1, 9):
        (folder / f"walk_{number}.txt").write_text("0 .1 .5 .1 .4\n1 .7 .5 .1 .4\n")
    track(walk, "--classes", "car", "--tracker", "cars", detector=f"file:{folder}")
    lines = (tmp_path / "results" / "cars" / "walk.txt").read_text().splitlines()
    # The centre is at 0.7 x 160 and 0.5 x 120 pixels.
    assert lines[0].startswith("1,1,104.00,36.00,16.00,48.00,")
    assert {line.split(",")[7] for line in lines} == {"2"}
    record = read_run_record(tmp_path / "results" / "cars" / "walk.txt")
    assert record.classes == {"1": "person", "2": "car"}


def test_corners_are_noticed(track, walk, tmp_path):
    rows = [f"{n},-1,{100 + k},60,{130 + k},110,0.9\n" for n in range(1, 9) for k in (0, 5, 10)]
    (tmp_path / "boxes.txt").write_text("".join(rows))
    for words in ((), ("--save-detections", tmp_path / "saved.txt")):
        outcome = track(walk, *words)
        assert "note: 24 of 24 boxes leave the picture, but fit as corners" in outcome.out


def test_frames_may_have_the_numbers_of_the_images(track, tmp_path, folder, read_rows):
    photos = tmp_path / "photos"
    write_images(photos, range(101, 107))
    rows = [line(n) for n in range(101, 107)]
    (tmp_path / "boxes.txt").write_text("".join(rows))
    outcome = track(photos)
    assert (
        "note: frames 101 to 106 of boxes.txt are taken for the numbers in the images' names: "
        "photo101.png is frame 1" in outcome.out
    )
    assert [row[0] for row in read_rows(folder / "photos.txt")] == [1, 2, 3, 4, 5, 6]
    assert outcome.out.split("note: ")[1].strip() in read_run_record(folder / "photos.txt").notes[0]


def test_frames_of_other_images_are_refused(track, tmp_path):
    write_images(tmp_path / "photos", range(101, 107))
    (tmp_path / "boxes.txt").write_text("".join(line(n) for n in range(201, 207)))
    error = track(tmp_path / "photos").error
    assert "it has boxes of frames 201 to 206, but photos has frames 1 to 6" in error
    assert "from photo101.png to photo106.png: number the frames from 1" in error


@pytest.mark.parametrize(("first", "outside"), [(1, 32), (9, 40), (1001, 40)])
def test_boxes_after_the_last_frame_are_counted(track, tmp_path, walk, first, outside):
    """The film has eight frames, the file forty."""
    (tmp_path / "boxes.txt").write_text("".join(line(n) for n in range(first, first + 40)))
    outcome = track(walk)
    assert (
        f"note: {outside} of 40 boxes of boxes.txt are left out: their frames, up to {first + 39}, "
        "come after the last frame, 8" in outcome.out
    )
    assert ("nothing was tracked" in outcome.out) == (outside == 40)


def test_percents_are_noticed(track, tmp_path, walk):
    rows = [line(n, confidence=90 + n / 2) for n in range(1, 9)]
    (tmp_path / "boxes.txt").write_text("".join(rows))
    note = "note: 8 of 8 confidences of boxes.txt are above 1, up to 94, but thresholds are made"
    assert note in track(walk).out


def test_fractions_are_refused(track, tmp_path, walk):
    (tmp_path / "boxes.txt").write_text("".join(f"{n},-1,.2,.3,.1,.25,.9\n" for n in range(1, 9)))
    error = track(walk).error
    assert "boxes.txt: all numbers of its boxes lie within 1 pixel" in error
    assert "multiply them by the picture's width and height" in error


def test_a_source_is_given_once(tool, walk):
    outcome = tool(main, walk, "--source", walk)
    assert outcome.status == 2
    assert "not allowed with argument" in outcome.err


# Ends


def test_a_video_that_was_cut_off_leaves_the_frames_so_far(track, tmp_path, folder):
    clip = write_clip(tmp_path / "cut.mp4", noise(30), faststart=True)
    clip.write_bytes(clip.read_bytes()[: clip.stat().st_size // 2])
    outcome = track(clip, "--video", tmp_path / "film.mp4")
    assert outcome.status == 0, outcome.err
    record = read_run_record(folder / "cut.txt")
    assert 10 < record.frames < 20
    note = f"note: cut ended with frame {record.frames}, after"
    assert note in outcome.out
    assert any(f"note: {each}" in outcome.out for each in record.notes)
    with av.open(str(tmp_path / "film.mp4")) as container:
        assert len(list(container.decode(video=0))) == record.frames


def test_a_silent_server_leaves_the_frames_so_far(track, tmp_path):
    clip = write_clip(tmp_path / "a.mp4", street(40, step=2), faststart=True)
    server = Server(clip.read_bytes())
    size = len(server.content)
    # FlatSORT asks three times: to probe the URL, to probe the video, and to read all of it.
    server.stalls = [size, size, size * 3 // 4]
    outcome = track(server.url, "--timeout", 0.5)
    server.close()
    assert outcome.status == 0, outcome.err
    assert "no data for 0.5 s" in outcome.out
    (path,) = (tmp_path / "results").rglob("*.txt")
    assert path.stem == "127.0.0.1-MOT16"
    assert 5 < read_run_record(path).frames < 40


def test_frames_that_change_their_size(track, tmp_path, folder, read_rows):
    parts = [
        write_clip(tmp_path / "a.ts", street(15)),
        write_clip(tmp_path / "b.ts", street(15, size=(96, 128))),
    ]
    joined = tmp_path / "c.ts"
    joined.write_bytes(b"".join(part.read_bytes() for part in parts))
    outcome = track(joined, "--video", tmp_path / "film.mp4")
    assert outcome.status == 0, outcome.err
    assert [row[:2] for row in read_rows(folder / "c.txt")] == [(n, 1) for n in range(1, 31)]
    with av.open(str(tmp_path / "film.mp4")) as container:
        pictures = [each.to_ndarray(format="bgr24") for each in container.decode(video=0)]
    assert {picture.shape for picture in pictures} == {(120, 160, 3)}
    assert len(pictures) == 30


def start(words):
    """Start track.py as a shell would in the foreground."""
    return subprocess.Popen(
        [sys.executable, str(ROOT / "tools" / "track.py"), *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell makes background jobs ignore interrupts, and the command would inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def wait_for_rows(folder, pattern):
    """Wait until a temporary file has rows."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if any(path.stat().st_size for path in folder.glob(pattern)):
            return
        time.sleep(0.01)
    pytest.fail("nothing was written within a minute")


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_an_interrupt_leaves_whole_files(tmp_path, folder, boxes, read_rows, number, status):
    """The server falls silent for good, and the interrupt does not wait for it."""
    Path(boxes.removeprefix("file:")).write_text("".join(line(n) for n in range(1, 401)))
    clip = write_clip(tmp_path / "a.mp4", noise(400), faststart=True)
    server = Server(clip.read_bytes())
    # Each answer stalls at three quarters of the file; probing the video needs less than that.
    server.stalls = [len(server.content) * 3 // 4] * 100
    film = tmp_path / "film.mp4"
    words = ["--source", server.url, "--detector", boxes, "--results", tmp_path / "results"]
    process = start([*words, "--timeout", 600, "--video", film, "--also", "csv", "jsonl"])
    try:
        wait_for_rows(folder, ".*.tmp.csv")
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
        server.close()
    assert process.returncode == status, err
    record = read_run_record(folder / "127.0.0.1-MOT16.txt")
    assert f"interrupted: the files are whole up to frame {record.frames}" in err
    assert f": {record.frames} frames, " in out
    assert 0 < record.frames < 400
    rows = read_rows(folder / "127.0.0.1-MOT16.txt")
    assert [row[0] for row in rows] == list(range(1, record.frames + 1))
    assert len((folder / "127.0.0.1-MOT16.csv").read_text().splitlines()) == len(rows) + 1
    assert len((folder / "127.0.0.1-MOT16.jsonl").read_text().splitlines()) == len(rows)
    with av.open(str(film)) as container:
        assert len(list(container.decode(video=0))) == record.frames
    assert not list(tmp_path.rglob("*.tmp.*"))


def test_an_interrupted_sequence_writes_nothing(make_sequence, tmp_path):
    sequence = make_sequence(length=2000, images=False)
    image = np.full((120, 160, 3), 90, np.uint8)
    sequence.image_folder.mkdir()
    cv2.imwrite(str(sequence.frame_path(1)), image)
    for number in range(2, 2001):
        sequence.frame_path(number).symlink_to(sequence.frame_path(1))
    results, film = tmp_path / "results", tmp_path / "film.mp4"
    words = ["--seq", sequence.folder, "--results", results, "--video", film, "--also", "csv"]
    process = start(words)
    wait_for_rows(results / "none", ".*.tmp.csv")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "of MOT16-98: no results written" in out
    assert not [path for path in results.rglob("*") if path.is_file()]
    assert not film.exists()


# Wrong options


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--source", "absent.mp4", "--detector", "hog"], "absent.mp4: no such file"),
        (["--source", "a.txt", "--detector", "hog"], "a.txt: a text file, not a video"),
        (["--source", "empty", "--detector", "hog"], "empty: no images here"),
        (["walk.mp4", "--detections", "a.txt"], "give --detector file:a.txt for the boxes of"),
        (["walk.mp4", "--classes", "car"], "yolox_nano.onnx is not there and cannot be"),
        (["walk.mp4", "--detector", "yolox-s"], "yolox_s.onnx is not there and cannot be"),
        (["--source", "walk.mp4", "--detector", "cat"], "--detector cat: unknown"),
        (["--source", "walk.mp4", "--detector", "file:no.txt"], "no.txt: cannot read"),
        (["--source", "walk.mp4", "--detector", "hog", "--classes", "car"], "people only"),
        (["--source", "walk.mp4", "--detector", "hog", "--fps", "5"], "--fps: walk.mp4 has"),
        (["--source", "walk.mp4", "--detector", "hog", "--timeout", "0"], "--timeout 0: it must"),
        (
            ["--source", "walk.mp4", "--detector", "hog", "--detections", "a"],
            "give only one of them",
        ),
        (["--source", "walk.mp4", "--detector", "hog", "--detector-nms", "2"], "at most 1"),
        (["--source", "walk.mp4", "--detector", "hog", "--video", "a.avi"], "must end in .mp4"),
        (["--source", "walk.mp4", "--detector", "hog", "--max-distance", "1"], "a descriptor"),
        (
            ["--source", "walk.mp4", "--detector", "hog", "--descriptor", "features:no.npy"],
            "no.npy",
        ),
        (["--seq", "MOT16-98", "--fps", "5"], "--fps goes with --source"),
        (["--seq", "MOT16-98", "--classes", "car"], "--classes goes with --detector or --source"),
        (["--seq", "MOT16-98", "--detector-nms", "0.5"], "--detector-nms goes with --detector or"),
    ],
)
def test_wrong_options(tool, walk, tmp_path, monkeypatch, files_under, words, complaint):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("People walk.\n" * 50)
    (tmp_path / "empty").mkdir()
    before = files_under(tmp_path)
    assert complaint in tool(main, *words).error
    assert files_under(tmp_path) == before


def test_source_and_seq_together(tool, capsys):
    assert tool(main, "--source", "a", "--seq", "b").status == 2


def test_nobody_found(track, walk, tmp_path, folder):
    (tmp_path / "boxes.txt").write_text("")
    outcome = track(walk)
    note = "note: the frames of walk have no detection of confidence >= 0.3: nothing was tracked"
    assert note in outcome.out
    assert (folder / "walk.txt").read_text() == ""
    assert read_run_record(folder / "walk.txt").size == [160, 120]


def test_the_film_has_the_frames_of_the_source(track, tmp_path):
    """Missing frames step the tracker, but not the film."""
    times = [0.0, 0.1, 0.2, 1.2, 1.3]
    clip = write_clip(tmp_path / "gap.mp4", grey_frames(5, (320, 240), first=5), times=times)
    track(clip, "--video", tmp_path / "film.mp4")
    with av.open(str(tmp_path / "film.mp4")) as container:
        frames = list(container.decode(video=0))
    assert [frame.time for frame in frames] == pytest.approx(times)
    # Each encoding may move a grey by some levels, so compare with the clip as it was encoded.
    with av.open(str(clip)) as container:
        given = [middle_grey(frame) for frame in container.decode(video=0)]
    assert [middle_grey(frame) for frame in frames] == pytest.approx(given, abs=STEP / 2)
