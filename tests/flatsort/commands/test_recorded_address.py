"""An address of a network in a record is opened by no command, only one that the user names."""

import json
import shutil
from contextlib import closing

import pytest

from flatsort.commands import analyse, compare_tracks, link, overlay, report, search, track
from tests.flatsort.clips import grey_frames, write_clip
from tests.flatsort.loopback import Server


@pytest.fixture
def server(tmp_path):
    walk = write_clip(tmp_path / "walk.mp4", grey_frames(6))
    with closing(Server(walk.read_bytes())) as server:
        yield server


@pytest.fixture
def results(tool, tmp_path, server):
    """The results of a run whose record names an address of the server."""
    boxes = tmp_path / "boxes.txt"
    boxes.write_text("".join(f"{n},-1,10,20,20,50,0.9,-1,-1,-1\n" for n in range(1, 7)))
    words = ("--source", tmp_path / "walk.mp4", "--detector", f"file:{boxes}", "--tracker", "mine")
    assert tool(track.main, *words, "--results", tmp_path / "results").status == 0
    path = tmp_path / "results" / "mine" / "walk.txt"
    record = json.loads(path.with_suffix(".json").read_text())
    path.with_suffix(".json").write_text(json.dumps({**record, "source": server.url}))
    return path


COMMANDS = {
    "search": (search.main, "index", "--descriptor", "histogram", "--out", "people.npz"),
    "overlay": (overlay.main, "--video", "film.mp4"),
    "report": (report.main, "--out", "page.html"),
    "link": (link.main, "--descriptor", "histogram", "--out", "linked"),
    "analyse": (analyse.main, "--out", "analysis"),
}


@pytest.fixture(params=[False, True])
def has_folder(request, server, tmp_path, monkeypatch):
    """Whether the address is also, as a path, a file of this folder."""
    monkeypatch.chdir(tmp_path)
    if request.param:
        folder = tmp_path / "http:" / server.url.split("/")[2]
        folder.mkdir(parents=True)
        (folder / "MOT16.zip").write_bytes(b"no film")
    return request.param


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_opens_it(tool, results, server, name, has_folder):
    main, *words = COMMANDS[name]
    outcome = tool(main, *words, "--results", results)
    assert server.asked == []
    if not has_folder:
        assert "--source" in outcome.out + outcome.err
        assert server.url in outcome.out + outcome.err


def test_comparing_opens_it_neither(tool, results, server, tmp_path, has_folder):
    shutil.copytree(results.parent, tmp_path / "results" / "other")
    tool(compare_tracks.main, "--seq", "walk", "--results", tmp_path / "results")
    assert server.asked == []


def test_the_user_may_name_it(tool, results, server, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    main, *words = COMMANDS["search"]
    outcome = tool(main, *words, "--results", results, "--source", server.url)
    assert outcome.status == 0, outcome.err
    assert server.asked
