"""Words that name a file and its settings; names that FFmpeg takes for a protocol."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from flatsort.commands import track
from flatsort.files.file_word import split_file_word
from flatsort.sources.registry import open_source
from tests.flatsort.clips import grey_frames, write_clip

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("argument", "path", "settings"),
    [
        ("net.onnx", "net.onnx", []),
        ("net.onnx,size=640", "net.onnx", ["size=640"]),
        ("a, b/net.onnx,size=256x128,norm=unit", "a, b/net.onnx", ["size=256x128", "norm=unit"]),
        ("day=1,night.onnx", "day=1,night.onnx", []),
        # Without such a file, the name ends at the first comma.
        ("gone.onnx,size=640", "gone.onnx", ["size=640"]),
    ],
)
def test_file_and_settings(tmp_path, monkeypatch, argument, path, settings):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a, b").mkdir()
    for name in ("net.onnx", "a, b/net.onnx", "day=1,night.onnx"):
        (tmp_path / name).touch()
    assert split_file_word(argument) == (Path(path), settings)


@pytest.mark.parametrize("name", ["12:30:00.mp4", "pipe:1.mp4", "a,b c.mp4", "concat:x.mp4"])
def test_films_of_any_name_are_read_and_written(tool, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    write_clip(tmp_path / "plain.mp4", grey_frames(4)).rename(name)
    boxes = "".join(f"{n},-1,10,20,20,50,0.9,-1,-1,-1\n" for n in range(1, 5))
    Path("boxes.txt").write_text(boxes)
    words = ("--source", name, "--detector", "file:boxes.txt", "--video", f"films/{name}")
    outcome = tool(track.main, *words)
    assert outcome.status == 0, outcome.err
    with open_source(f"films/{name}") as film:
        assert len(list(film.frames())) == 4


def test_the_users_own_folder(tool, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    clip = write_clip(tmp_path / "walk.mp4", grey_frames(2))
    (tmp_path / "boxes.txt").write_text("1,-1,10,20,20,50,0.9,-1,-1,-1\n")
    outcome = tool(track.main, "--source", clip, "--detector", "file:~/boxes.txt")
    assert outcome.status == 0, outcome.err


def test_footage_that_can_be_read_once_is_refused_at_once(tool, tmp_path):
    os.mkfifo(tmp_path / "pipe.mp4")
    boxes = tmp_path / "boxes.txt"
    boxes.write_text("1,-1,10,20,20,50,0.9,-1,-1,-1\n")
    for source in (tmp_path / "pipe.mp4", "/dev/stdin"):
        outcome = tool(track.main, "--source", source, "--detector", f"file:{boxes}")
        assert "a pipe or a device gives its frames only once" in outcome.error


def test_names_that_are_not_utf_8(tmp_path):
    name = os.fsdecode(b"caf\xe9.mp4")
    write_clip(tmp_path / "plain.mp4", grey_frames(4)).rename(tmp_path / name)
    boxes = "".join(f"{n},-1,10,20,20,50,0.9,-1,-1,-1\n" for n in range(1, 5))
    (tmp_path / "boxes.txt").write_text(boxes)
    words = ("--source", name, "--detector", "file:boxes.txt", "--also", "csv", "jsonl")
    words = (*words, "--descriptor", "histogram", "--tracker", "mine", "--video", "out.mp4")
    results = f"results/mine/{name.removesuffix('.mp4')}.txt"
    for command in (
        ("track.py", *words),
        ("report.py", "--results", results, "--out", "report.html"),
        ("overlay.py", "--results", results, "--image", "a.png"),
        ("link.py", "--results", results),
    ):
        script, *rest = command
        outcome = subprocess.run(
            [sys.executable, ROOT / "tools" / script, *rest],
            cwd=tmp_path,
            capture_output=True,
            timeout=120,
        )
        assert outcome.returncode == 0, outcome.stderr.decode(errors="replace")
