"""Progress: a bar on a terminal, lines of text elsewhere."""

import io
import sys
import time

import pytest

from flatsort import progress
from flatsort.messages import set_level
from flatsort.progress import ProgressBar, progress_line


@pytest.mark.parametrize(
    ("values", "line"),
    [
        (
            {"n": 120, "total": 525, "rate": 40.6, "prefix": "tracking MOT16-09", "unit": "frame"},
            "tracking MOT16-09: 120 of 525 frames (23 %), 41 frames/s, 10 s left",
        ),
        # 3 in 60 s are 20 s each, so the other 27 take 540 s.
        (
            {"n": 3, "total": 30, "elapsed": 60.0, "prefix": "training: ", "unit": "model"},
            "training: 3 of 30 models (10 %), 20.0 s per model, 9 min left",
        ),
        (
            {"n": 50, "elapsed": 10.0, "prefix": "a", "unit": "frame", "postfix": "7 boxes"},
            "a: 50 frames, 5 frames/s, 7 boxes",
        ),
        (
            {"n": 2_500_000, "total": 5e6, "elapsed": 1.0, "prefix": "get", "unit": "B"},
            "get: 2.5 of 5 MB (50 %), 2 MB/s, 1 s left",
        ),
        ({"n": 0, "total": 4, "prefix": "", "unit": "step"}, "0 of 4 steps (0 %)"),
        ({"n": 0.5, "total": 2, "prefix": "", "unit": "model"}, "0.5 of 2 models (25 %)"),
    ],
)
def test_lines(values, line):
    assert progress_line(**{"total": None, "elapsed": 0.0, **values}) == line


class Terminal(io.StringIO):
    def isatty(self):
        return True


def go(monkeypatch, stream, seconds=0.0):
    monkeypatch.setattr(sys, "stderr", stream)
    for _ in ProgressBar(range(6), desc="walking", unit="step"):
        time.sleep(seconds)
    return stream.getvalue()


def test_short_work_writes_nothing_into_a_log(monkeypatch):
    assert go(monkeypatch, io.StringIO()) == ""


def test_long_work_writes_whole_lines_at_intervals(monkeypatch):
    monkeypatch.setattr(progress, "INTERVAL_S", 0.05)
    text = go(monkeypatch, io.StringIO(), seconds=0.04)
    lines = text.splitlines()
    assert 1 <= len(lines) <= 4
    assert text.endswith("\n")
    assert "\r" not in text
    assert all(line.startswith("walking: ") and " of 6 steps (" in line for line in lines)


def test_a_terminal_shows_a_bar(monkeypatch):
    text = go(monkeypatch, Terminal())
    assert "\rwalking: " in text
    assert "6/6" in text


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_nothing_is_shown_above_the_level_info(monkeypatch, stream):
    monkeypatch.setattr(progress, "INTERVAL_S", 0.01)
    set_level("warning")
    try:
        assert go(monkeypatch, stream(), seconds=0.01) == ""
    finally:
        set_level("info")
