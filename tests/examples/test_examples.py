"""The programs of examples/, run on a short scene."""

import re
import runpy
import sys
from pathlib import Path

import pytest

from flatsort.detectors.yolox_models import model_path
from flatsort.files.paths import PROJECT
from flatsort.files.sequence import open_sequence
from flatsort.images.video import VideoWriter
from flatsort.scene.scene_folder import write_scene

EXAMPLES = PROJECT / "examples"
FRAMES = 55


@pytest.fixture(scope="module")
def scene(tmp_path_factory) -> Path:
    """Make a root for $MOT16_ROOT whose sequence "scene" is short."""
    root = tmp_path_factory.mktemp("root")
    write_scene(root / "scene", seed=1, frames=FRAMES)
    return root


@pytest.fixture
def example(scene, tmp_path, monkeypatch, capsys):
    """Run an example as a user does, in an empty folder, and return its output."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MOT16_ROOT", str(scene))

    def run(name):
        monkeypatch.setattr(sys, "argv", [name])
        runpy.run_path(str(EXAMPLES / name), run_name="__main__")
        return capsys.readouterr().out

    return run


def test_own_boxes(example):
    lines = example("own_boxes.py").splitlines()
    # Frames 1 to 3 have two people. In frame 4 the walker is not detected. It must be matched in
    # three frames in a row before it is reported again, in frame 7.
    assert len(lines) == 2 * 3 + 1 + 1 + 1 + 2
    assert lines[-1].startswith("frame 7: person 2 at [")


@pytest.mark.parametrize("name", ["with_descriptor.py", "own_descriptor.py"])
def test_descriptors(example, name):
    found = re.fullmatch(rf"(\d+) identities in {FRAMES} frames\n", example(name))
    # The scene has 16 people, and fewer at its beginning.
    assert 5 <= int(found[1]) <= 20


def test_score(example):
    out = example("score.py")
    assert re.match(r"IDF1 \d\d\.\d, \d+ switches\nTracker", out)
    assert f"1 sequence: scene ({FRAMES} frames, " in out


def test_own_video(example, scene, tmp_path, mot_data, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    model = model_path("yolox-nano")
    model.parent.mkdir(parents=True)
    model.symlink_to(mot_data / "detectors" / "yolox_nano_416x416.onnx")
    sequence = open_sequence(scene / "scene")
    with VideoWriter(tmp_path / "walk.mp4", frame_rate=25) as film:
        for number in (1, 2, 3):
            film.write(sequence.read_frame(number))
    lines = example("own_video.py").splitlines()
    # The tracker confirms no track before the third frame.
    assert lines[:2] == ["0.00 s: nobody", "0.04 s: nobody"]
    assert len(lines) == 3
    assert re.fullmatch(r"0\.08 s: \d+(, \d+)*", lines[2])


def test_train(example, tmp_path):
    out = example("train.py")
    assert re.search(r"^(cosine|euclidean) gate \d\.\d+$", out, re.MULTILINE)
    assert out.endswith(" people in frame 10\n")
    assert (tmp_path / "runs" / "street" / "street.safetensors").is_file()


def test_with_supervision(example):
    assert re.fullmatch(r"last frame: (#\d+ class 0(, |\n))+", example("with_supervision.py"))


def test_every_example_is_tested_and_documented():
    tests = Path(__file__).read_text()
    page = (PROJECT / "docs" / "api.md").read_text()
    names = sorted(path.name for path in EXAMPLES.glob("*.py"))
    assert len(names) == 7
    for name in names:
        assert f'"{name}"' in tests
        assert f"<!-- program: ../examples/{name} -->" in page
