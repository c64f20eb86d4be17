"""Sinks: whole or not at all."""

import av
import numpy as np
import pytest

from tools.errors import InputError
from tools.sinks import OverlayVideo, ResultFile, Window
from tools.sources.source import Frame
from tracker.tracks import Tracks


def frame(number, image=None):
    return Frame(number, (number - 1) / 10, image)


def tracks(*entries):
    """(id, left, top, width, height, frames since it was seen)."""
    table = np.array(entries, float).reshape(-1, 6)
    count = len(table)
    return Tracks(
        ids=table[:, 0].astype(np.int64),
        boxes_tlwh=table[:, 1:5],
        time_since_update=table[:, 5].astype(np.int64),
        detection_indices=np.zeros(count, np.int64),
        confidences=np.ones(count),
    )


def test_rows_are_written_when_the_block_ends(tmp_path):
    path = tmp_path / "a" / "b" / "s.txt"
    with ResultFile(path) as sink:
        assert not sink.needs_images
        sink.write(frame(1), tracks((2, 1.005, 2, 3.333, 4.5, 0), (7, -3, 0, 10, 20, 1)))
        sink.write(frame(2), tracks())
        sink.write(frame(3), tracks((2, 1, 2, 3, 4, 0)))
        assert [each.suffixes[-2:] for each in path.parent.iterdir()] == [[".tmp", ".txt"]]
    # Two decimals; the coasting track's row is written like any other.
    assert path.read_text() == (
        "1,2,1.00,2.00,3.33,4.50,1,-1,-1,-1\n"
        "1,7,-3.00,0.00,10.00,20.00,1,-1,-1,-1\n"
        "3,2,1.00,2.00,3.00,4.00,1,-1,-1,-1\n"
    )
    assert list(path.parent.iterdir()) == [path]


def test_a_failure_writes_nothing_and_keeps_what_was_there(tmp_path):
    path = tmp_path / "s.txt"
    path.write_text("older")
    with pytest.raises(KeyError), ResultFile(path) as sink:
        sink.write(frame(1), tracks((1, 1, 2, 3, 4, 0)))
        raise KeyError
    assert path.read_text() == "older"
    assert list(tmp_path.iterdir()) == [path]


def test_an_older_file_is_replaced_not_continued(tmp_path):
    path = tmp_path / "s.txt"
    for left in (1, 2):
        with ResultFile(path) as sink:
            sink.write(frame(1), tracks((1, left, 2, 3, 4, 0)))
    assert path.read_text() == "1,1,2.00,2.00,3.00,4.00,1,-1,-1,-1\n"


@pytest.mark.parametrize("name", ["file/s.txt", "file/new/s.txt", "folder"])
def test_a_place_where_nothing_can_be_written_is_refused_at_once(tmp_path, name):
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match="cannot write here"):
        ResultFile(tmp_path / name)


def test_a_relative_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("s.txt", "new/s.txt"):
        from pathlib import Path

        with ResultFile(Path(name)):
            pass
        assert (tmp_path / name).read_text() == ""


def test_the_overlay_shows_matched_tracks_only(make_sequence, tmp_path):
    """A coasting box is a guess; upstream's viewer leaves it out too."""
    sequence = make_sequence((), length=1, frame_rate=5)
    image = sequence.read_frame(1)
    shown = []
    for name, since in (("seen", 0), ("coasting", 1)):
        with OverlayVideo(tmp_path / f"{name}.mp4", sequence.frame_rate, "sort") as sink:
            assert sink.needs_images
            sink.write(frame(1, image), tracks((1, 60, 40, 40, 60, since)))
        with av.open(str(tmp_path / f"{name}.mp4")) as container:
            assert float(container.streams.video[0].average_rate) == 5
            (picture,) = container.decode(video=0)
            shown.append(picture.to_ndarray(format="bgr24").astype(int))
    # The box's right edge is at x = 100.
    change = np.abs(shown[0] - shown[1]).max(axis=2)
    assert change[50:90, 100].min() > 30
    assert change[:, 130:].max() < 10


def test_a_film_of_a_failed_run_is_not_there(make_sequence, tmp_path):
    sequence = make_sequence((), length=1)
    path = tmp_path / "films" / "a.mp4"
    with pytest.raises(KeyError), OverlayVideo(path, 10, caption="") as sink:
        sink.write(frame(1, sequence.read_frame(1)), tracks())
        raise KeyError
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize("display", [None, ""])
def test_a_window_needs_a_display(monkeypatch, display):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
        if display is not None:
            monkeypatch.setenv(name, display)
    with pytest.raises(InputError, match="needs a display"):
        Window("title")
