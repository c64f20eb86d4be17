"""make_scene.py: the folder it writes, and the folders it leaves alone."""

import os
import subprocess
import sys
from pathlib import Path

import cv2
import pytest

from flatsort.errors import InputError
from flatsort.files.mot_files import read_detections, read_ground_truth
from flatsort.files.sequence import open_sequence
from flatsort.scene.scene_folder import write_scene

ROOT = Path(__file__).resolve().parents[3]
FRAMES = 4


def command(*arguments):
    return subprocess.run(  # the tests' own interpreter and script
        [sys.executable, str(ROOT / "tools" / "make_scene.py"), *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scene") / "square"
    summary = write_scene(folder, seed=1, frames=FRAMES)
    return folder, summary


def contents(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_project_reads_the_folder_as_mot16(scene):
    folder, summary = scene
    sequence = open_sequence(folder)
    assert (sequence.name, sequence.layout, sequence.length) == ("square", "MOT16", FRAMES)
    assert sequence.read_frame(FRAMES).shape == (720, 1280, 3)
    truth = read_ground_truth(sequence.ground_truth_path, sequence.length, sequence.layout)
    found = read_detections(sequence.find_detections(), sequence.length)
    assert len(truth) == summary.truth_rows > 0
    assert len(found) == summary.detection_rows > 0
    assert set(truth.classes.tolist()) == {1}
    assert set(truth.confidences.tolist()) == {1.0}
    assert ((truth.visibilities >= 0) & (truth.visibilities <= 1)).all()
    assert summary.identities == len(set(truth.ids.tolist()))


def test_the_same_seed_writes_the_same_bytes(scene, tmp_path):
    folder, _ = scene
    write_scene(tmp_path / "square", seed=1, frames=FRAMES)
    assert contents(tmp_path / "square") == contents(folder)


def test_another_seed_writes_another_scene(scene, tmp_path):
    folder, _ = scene
    write_scene(tmp_path / "square", seed=2, frames=FRAMES)
    other = contents(tmp_path / "square")
    for name in ("gt/gt.txt", "det/det.txt", "img1/000001.jpg"):
        assert other[name] != contents(folder)[name]


def test_an_older_scene_is_replaced_whole(tmp_path):
    write_scene(tmp_path / "square", seed=1, frames=3)
    write_scene(tmp_path / "square", seed=1, frames=2)
    assert len(list((tmp_path / "square" / "img1").iterdir())) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["square"]


@pytest.mark.parametrize(
    "seqinfo", [None, "[Sequence]\nname=scene\n", "not an ini file", "[Seq%\n"]
)
def test_a_folder_that_is_no_scene_is_left_alone(tmp_path, seqinfo):
    folder = tmp_path / "scene"
    folder.mkdir()
    (folder / "thesis.txt").write_text("precious")
    if seqinfo:
        (folder / "seqinfo.ini").write_text(seqinfo)
    before = contents(folder)
    with pytest.raises(InputError, match="was not written by make_scene"):
        write_scene(folder, seed=1, frames=1)
    assert contents(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["scene"]


def test_an_interrupt_leaves_nothing_behind_and_the_old_scene_in_place(tmp_path):
    write_scene(tmp_path / "square", seed=1, frames=2)
    before = contents(tmp_path / "square")

    def interrupted(frames):
        yield from list(frames)[:2]
        raise KeyboardInterrupt

    for folder in ("square", "fresh"):
        with pytest.raises(KeyboardInterrupt):
            write_scene(tmp_path / folder, seed=2, frames=3, progress=interrupted)
    assert [path.name for path in tmp_path.iterdir()] == ["square"]
    assert contents(tmp_path / "square") == before


def test_the_command_writes_a_scene_and_says_so(tmp_path):
    done = command("--out", tmp_path / "mine", "--frames", 2, "--seed", 4)
    assert done.returncode == 0, done.stderr
    assert "2 frames" in done.stdout
    assert cv2.imread(str(tmp_path / "mine" / "img1" / "000002.jpg")) is not None


@pytest.mark.parametrize(
    "wrong", [("--frames", "0"), ("--seed", "-1"), ("--out", str(ROOT / "tests"))]
)
def test_the_command_refuses_in_one_sentence(wrong):
    done = command(*wrong)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1
    assert (ROOT / "tests" / "conftest.py").is_file()


def test_help_needs_neither_opencv_nor_numpy():
    code = (
        "import runpy, sys; sys.argv = ['make_scene.py', '--help']\n"
        "try: runpy.run_path('tools/make_scene.py', run_name='__main__')\n"
        "except SystemExit: pass\n"
        "assert not {'cv2', 'numpy', 'tqdm'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert "make_scene" in done.stdout
