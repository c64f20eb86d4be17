"""track.py with several sources: the bytes of each, failures, interrupts and wrong options."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from flatsort.commands.track import main
from flatsort.tracking.run_record import read_run_record
from tests.flatsort.clips import write_clip
from tests.flatsort.loopback import Server
from tests.flatsort.processes import wait_until

ROOT = Path(__file__).resolve().parents[3]
NAMES = ("door", "hall", "yard", "gate")
FRAMES = 24
COLOURS = ((0, 0, 255), (255, 0, 0), (0, 200, 0), (0, 200, 200))


def walkers(seed):
    """Yield frames of four people in four colours who cross the picture and each other."""
    rng = np.random.default_rng(seed)
    speeds, heights = rng.uniform(-6, 6, 4), rng.integers(5, 50, 4)
    noise = rng.integers(60, 120, (120, 160, 3)).astype(np.uint8)
    for number in range(FRAMES):
        image = noise.copy()
        boxes = []
        for colour, speed, top in zip(COLOURS, speeds, heights, strict=True):
            left = int(70 + speed * (number - FRAMES / 2))
            image[top : top + 60, left : left + 24] = colour
            boxes.append((left, int(top), 24, 60))
        yield image, boxes


@pytest.fixture
def footage(tmp_path):
    """Four clips of different people, and a file of boxes for each."""
    (tmp_path / "boxes").mkdir()
    clips = []
    for seed, name in enumerate(NAMES):
        frames = list(walkers(seed))
        clips.append(write_clip(tmp_path / f"{name}.mp4", (image for image, _ in frames)))
        lines = [
            f"{number},-1,{','.join(map(str, box))},{0.5 + 0.1 * place},-1,-1,-1\n"
            for number, (_, boxes) in enumerate(frames, start=1)
            for place, box in enumerate(boxes)
        ]
        (tmp_path / "boxes" / f"{name}.txt").write_text("".join(lines))
    return clips


@pytest.fixture
def track(tool, tmp_path):
    """Run the command on sources with the boxes of their names."""

    def call(*words, results="results"):
        detector = f"file:{tmp_path / 'boxes'}/{{name}}.txt"
        return tool(main, *words, "--detector", detector, "--results", tmp_path / results)

    return call


def contents(folder):
    """Return name -> bytes of the files of results; records without times and versions."""
    found = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        data = path.read_bytes()
        if path.suffix == ".json" and path.with_suffix(".txt").is_file():
            record = json.loads(data)
            assert record.pop("seconds")
            data = json.dumps(record)
        found[str(path.relative_to(folder))] = data
    return found


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--preset", "flatsort"),
        ("--preset", "flatsort", "--camera-motion", "frames"),
        ("--descriptor", "fmvae-track", "--also", "csv", "jsonl"),
        ("--descriptor", "fmvae-track", "--preset", "flatsort"),
        ("--descriptor", "fmvae-track", "--offline"),
        ("--descriptor", "histogram", "--start", "3f", "--every", "2"),
    ],
    ids=" ".join,
)
def test_together_and_apart_all_files_are_equal(track, footage, tmp_path, words):
    together = track(*footage, *words)
    assert together.status == 0, together.err
    for clip in footage:
        apart = track(clip, *words, results="apart")
        assert apart.status == 0, apart.err
    expected = contents(tmp_path / "apart")
    assert len(expected) >= 2 * len(NAMES)
    assert contents(tmp_path / "results") == expected
    # One summary per source.
    assert together.out.count("; waiting for decoding") == len(NAMES)


def test_a_torch_network_and_a_network_of_others_are_shared_too(
    track, footage, tmp_path, tiny_weights
):
    pytest.importorskip("torch")
    words = ("--descriptor", tiny_weights(), "--tracker", "tiny")
    assert track(*footage, *words).status == 0
    for clip in footage:
        assert track(clip, *words, results="apart").status == 0
    assert contents(tmp_path / "results") == contents(tmp_path / "apart")


def test_a_users_function_is_called_by_one_thread_at_a_time(track, footage, tmp_path):
    (tmp_path / "own.py").write_text(
        "import threading, time\n"
        "from flatsort import register_descriptor\n"
        "inside = []\n"
        "@register_descriptor('one-at-a-time')\n"
        "def describe(frame, boxes):\n"
        "    inside.append(1)\n"
        "    time.sleep(0.002)\n"
        "    assert inside.pop() == 1 and not inside\n"
        "    return frame.mean(axis=(0, 1))[None].repeat(len(boxes), 0)\n"
    )
    outcome = track(*footage, "--plugin", tmp_path / "own.py", "--descriptor", "one-at-a-time")
    assert outcome.status == 0, outcome.err


def test_films_go_into_a_folder(track, footage, tmp_path):
    outcome = track(*footage[:2], "--video", tmp_path / "films")
    assert outcome.status == 0, outcome.err
    assert sorted(path.name for path in (tmp_path / "films").iterdir()) == ["door.mp4", "hall.mp4"]


def test_a_source_that_dies_leaves_the_others_alone(track, footage, make_sequence, tmp_path):
    """Its sixth image is damaged; a run of a sequence with a damaged image leaves no files."""
    broken = make_sequence(length=9, name="broken")
    broken.frame_path(6).write_bytes(b"no picture")
    (tmp_path / "boxes" / "broken.txt").write_text("1,-1,10,20,20,50,0.9,-1,-1,-1\n")
    outcome = track(footage[0], broken.folder, footage[1], "--preset", "flatsort")
    assert outcome.error.startswith("1 of 3 sources failed: broken: ")
    assert str(broken.frame_path(6)) in outcome.error
    assert "note: broken: " in outcome.err
    folder = tmp_path / "results" / "flatsort@file-boxes"
    for clip in footage[:2]:
        assert track(clip, "--preset", "flatsort", results="apart").status == 0
    assert contents(folder) == contents(tmp_path / "apart" / folder.name)


def test_a_video_that_is_cut_off_keeps_the_frames_so_far(track, footage, tmp_path):
    """As in a run of its own, this is no failure."""
    whole = footage[1].read_bytes()
    cut = write_clip(tmp_path / "cut.mp4", (image for image, _ in walkers(7)), faststart=True)
    content = cut.read_bytes()
    cut.write_bytes(content[: len(content) * 2 // 3])
    (tmp_path / "boxes" / "cut.txt").write_bytes((tmp_path / "boxes" / "hall.txt").read_bytes())
    outcome = track(*footage[:2], cut)
    assert outcome.status == 0, outcome.err
    assert "note: cut ended with frame" in outcome.out
    record = read_run_record(tmp_path / "results" / "none@file-boxes" / "cut.txt")
    assert 0 < record.frames < FRAMES
    assert footage[1].read_bytes() == whole


def test_a_source_that_cannot_be_opened_and_a_server_that_hangs_up(track, footage, tmp_path):
    server = Server(footage[0].read_bytes())
    server.statuses = [404] * 9
    try:
        outcome = track(footage[0], tmp_path / "absent.mp4", server.url)
    finally:
        server.close()
    assert outcome.error.startswith("2 of 3 sources failed: ")
    assert "absent.mp4: no such file" in outcome.error
    assert server.url in outcome.error
    assert "absent.mp4: no such file" in outcome.err.split("error:")[0]
    assert (tmp_path / "results" / "none@file-boxes" / "door.txt").is_file()


def test_sources_of_one_name_are_refused_before_anything_starts(track, footage, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    twin = other / "Door.mp4"
    twin.write_bytes(footage[0].read_bytes())
    outcome = track(*footage, twin)
    assert outcome.error == (
        f"{footage[0]} and {twin} would both write Door.txt: rename one of them, or track them one "
        "after the other with different --tracker names"
    )
    assert not (tmp_path / "results").exists()
    assert "it is given twice" in track(footage[0], footage[1], footage[0]).error


def test_a_file_of_names(track, footage, tmp_path):
    names = tmp_path / "cameras.txt"
    names.write_text(f"# two of them\n{footage[0]}\n\n  {footage[2]}  \n")
    assert track("--sources", names).status == 0
    results = tmp_path / "results" / "none@file-boxes"
    assert sorted(path.stem for path in results.glob("*.txt")) == ["door", "yard"]
    names.write_text(f"# one of two\n{footage[0]}\nabsent.mp4\n")
    error = track("--sources", names).error
    assert error.startswith(f"1 of 2 sources failed: {names}, line 3: absent.mp4: no such file")
    names.write_text("absent.mp4\n")
    assert track("--sources", names).error.startswith(f"{names}, line 1: absent.mp4: no such file")


def test_a_dry_run_lists_all_plans(track, footage, tmp_path):
    outcome = track(*footage, "--dry-run")
    assert outcome.status == 0, outcome.err
    for clip in footage:
        assert f"footage     {clip}\n" in outcome.out
        assert f"boxes       file:{tmp_path / 'boxes' / clip.stem}.txt, confidence" in outcome.out
    assert not (tmp_path / "results").exists()
    assert "absent.mp4: no such file" in track(*footage, "absent.mp4", "--dry-run").error


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--show",), "--show shows one source, not 2"),
        (("--adapt", "3"), "--adapt learns from one recording, not from 2 sources"),
        (("--video", "a.mp4"), "--video a.mp4: 2 sources need a folder for their films"),
        (("--save-detections", "a.txt"), "--save-detections a.txt: 2 sources do not go into"),
        (("--detector", "file:a.txt"), "2 sources need one file each: write {name} for"),
        (("--preset", "flatsort", "--camera-motion", __file__), "2 sources need a folder with"),
        (("--detector", "hog", "--preset", "deepsort"), "--preset deepsort needs a descriptor"),
        (("--detector", "hog", "--descriptor", "no"), "--descriptor no: unknown"),
        (("--detector", "hog", "--max-age", "-3"), "max_age"),
        (("--detector", "hog", "--every", "0"), "--every 0: give a whole number from 1"),
        (("--sources", "a.txt"), "not allowed with argument"),
        (("--seq", "all"), "not allowed with argument"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value[:1]),
)
def test_wrong_options(tool, footage, tmp_path, monkeypatch, words, complaint):
    monkeypatch.chdir(tmp_path)
    outcome = tool(main, "door.mp4", "hall.mp4", *words)
    assert outcome.status == 2
    assert complaint in outcome.err.splitlines()[-1]
    assert not (tmp_path / "results").exists()


def test_boxes_by_name_serve_one_source_too(track, footage, tmp_path):
    assert track(footage[1]).status == 0
    record = read_run_record(tmp_path / "results" / "none@file-boxes" / "hall.txt")
    assert record.detector == f"file:{tmp_path / 'boxes' / 'hall.txt'}"


# Interrupts


@pytest.fixture
def stalled(tmp_path):
    """Servers of two clips that fall silent at three quarters of the file, and their boxes."""
    servers = []
    (tmp_path / "boxes").mkdir(exist_ok=True)
    rng = np.random.default_rng(0)
    images = rng.integers(0, 255, (400, 120, 160, 3), np.uint8)
    clip = write_clip(tmp_path / "a.mp4", images, faststart=True)
    lines = "".join(f"{n},-1,10,20,20,50,0.9,-1,-1,-1\n" for n in range(1, 401))
    for name in ("one", "two"):
        server = Server(clip.read_bytes())
        server.stalls = [len(server.content) * 3 // 4] * 100
        server.url = server.url.replace("MOT16.zip", f"{name}.mp4")
        (tmp_path / "boxes" / f"127.0.0.1-{name}.txt").write_text(lines)
        servers.append(server)
    yield servers
    for server in servers:
        server.close()


def start(tmp_path, sources, *words):
    """Start the command with the boxes of the sources' names."""
    options = ["--detector", f"file:{tmp_path}/boxes/{{name}}.txt", "--timeout", "600"]
    options += ["--results", tmp_path / "results", "--also", "csv", "--no-cache"]
    return subprocess.Popen(
        [sys.executable, ROOT / "tools" / "track.py", *map(str, [*sources, *words, *options])],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell makes background jobs ignore interrupts, and the command would inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_an_interrupt_stops_all_streams_and_each_keeps_its_frames(
    tmp_path, stalled, read_rows, number, status
):
    """The servers stay silent for good, and the interrupt does not wait for them."""
    process = start(tmp_path, [each.url for each in stalled])
    folder = tmp_path / "results" / "none@file-boxes"
    try:
        # Each has rows in its temporary file.
        wait_until(lambda: len([p for p in folder.glob(".*.tmp.csv") if p.stat().st_size]) == 2)
        process.send_signal(number)
        _, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == status, err
    for name in ("127.0.0.1-one", "127.0.0.1-two"):
        record = read_run_record(folder / f"{name}.txt")
        assert 0 < record.frames < 400
        assert f"interrupted: the files of {name} are whole up to frame {record.frames}" in err
        rows = read_rows(folder / f"{name}.txt")
        assert [row[0] for row in rows] == list(range(1, record.frames + 1))
        assert len((folder / f"{name}.csv").read_text().splitlines()) == len(rows) + 1
    assert not list(tmp_path.rglob("*.tmp.*"))


def test_a_second_interrupt_ends_at_once(tmp_path, footage):
    """The first one waits for the frame that is at work, here for two minutes."""
    begun = tmp_path / "begun"
    (tmp_path / "own.py").write_text(
        "import pathlib, time\n"
        "from flatsort import register_descriptor\n"
        "@register_descriptor('slow')\n"
        "def describe(frame, boxes):\n"
        f"    pathlib.Path({str(begun)!r}).touch()\n"
        "    time.sleep(120)\n"
    )
    process = start(tmp_path, footage, "--plugin", tmp_path / "own.py", "--descriptor", "slow")
    try:
        wait_until(begun.is_file)
        process.send_signal(signal.SIGINT)
        with pytest.raises(subprocess.TimeoutExpired):
            process.communicate(timeout=1.5)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130
    assert err.splitlines()[-1] == "interrupted"
    # As after a kill, the next command that writes here removes the hidden temporary files.
    found = [path.name for path in (tmp_path / "results").rglob("*.txt")]
    assert all(name.startswith(".") and ".tmp." in name for name in found)


def test_progress_is_one_line_per_stream(tmp_path, footage, tool, track, monkeypatch):
    """On a terminal, each stream has a bar of its own, and the results stand above the bars."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    outcome = track(*footage)
    assert outcome.status == 0
    for name in NAMES:
        assert f"tracking {name}: " in outcome.err
