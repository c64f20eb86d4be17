"""The whole command, run against a server on this machine with a set of two small sequences."""

import hashlib
import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from flatsort.commands import download
from flatsort.files.challenges import CHALLENGES, Challenge
from flatsort.files.sequence import find_sequences
from tests.flatsort.loopback import Server

ROOT = Path(__file__).resolve().parents[3]
INFO = "[Sequence]\nimDir=img1\nframeRate=30\nseqLength=1\nimExt=.jpg\n"


def packed(names=("train/MOT16-02", "test/MOT16-01")):
    files = {"seqinfo.ini": INFO, "det/det.txt": "", "gt/gt.txt": "", "img1/000001.jpg": "JPEG"}
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as file:
        for name in names:
            for end, text in files.items():
                file.writestr(f"{name}/{end}", text)
    return memory.getvalue()


@pytest.fixture
def server(monkeypatch):
    small = Challenge("MOT16.zip", "MOT16", ("MOT16-02",), ("MOT16-01",))
    monkeypatch.setitem(CHALLENGES, "mot16", small)
    monkeypatch.setattr("flatsort.files.fetch.FIRST_WAIT", 0)
    server = Server(packed())
    yield server
    server.close()


@pytest.fixture
def get(server, tool, tmp_path):
    def call(*more):
        return tool(download.main, "mot16", "--to", tmp_path / "data", "--url", server.url, *more)

    return call


def test_a_set_is_unpacked_and_no_other_file_stays(get, server, tmp_path):
    server.cuts = [300]
    done = get()
    assert done.status == 0, done.err
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["MOT16"]
    (sequence,) = find_sequences("MOT16-02", tmp_path / "data" / "MOT16")
    assert sequence.has_images and sequence.has_ground_truth
    assert "CC BY-NC-SA 3.0" in done.out and "non-commercial" in done.out
    assert hashlib.sha256(server.content).hexdigest() in done.out
    assert f"--mot-root {tmp_path / 'data' / 'MOT16'}" in done.out
    assert "cut off after 300" in done.err


def test_a_set_that_is_there_is_left_alone(get, server, tmp_path):
    get()
    mine = tmp_path / "data/MOT16/train/MOT16-02/det/yolox.txt"
    mine.write_text("precious")
    asked = len(server.asked)
    done = get()
    assert (done.status, len(server.asked)) == (0, asked)
    assert "already there and complete" in done.out
    assert mine.read_text() == "precious"


def test_a_folder_that_lacks_something_is_not_overwritten(get, server, tmp_path, files_under):
    mine = tmp_path / "data/MOT16/train/thesis.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("precious")
    error = get().error
    assert "lacks train/MOT16-02 and 1 more: move it away" in error
    assert server.asked == [] and files_under(tmp_path) == ["data/MOT16/train/thesis.txt"]


def test_an_empty_folder_and_a_link_to_one_are_filled(get, tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "data/MOT16").symlink_to(tmp_path / "disk")
    assert get().status == 0
    assert (tmp_path / "data/MOT16").is_symlink()
    assert (tmp_path / "disk/train/MOT16-02/seqinfo.ini").is_file()


def test_sequences_that_the_archive_lacks_are_named(get, server):
    server.content = packed(["MOT16/train/MOT16-02"])
    done = get()
    assert done.status == 0
    assert "note: the archive lacks test/MOT16-01" in done.out


def test_an_archive_is_kept_on_request_and_used_again(get, server, tmp_path):
    get("--keep-archive")
    archive = tmp_path / "data/MOT16.zip"
    assert archive.read_bytes() == server.content
    (tmp_path / "data/MOT16").rename(tmp_path / "moved")
    asked = len(server.asked)
    done = get()
    assert (done.status, len(server.asked)) == (0, asked)
    assert "not downloaded again" in done.out and archive.exists()


def test_another_digest_is_refused(get, server, tmp_path):
    wrong = get("--sha256", "0" * 64).error
    right = hashlib.sha256(server.content).hexdigest()
    assert f"SHA-256 is {right}, not 000" in wrong and "MOT16.zip.part to download" in wrong
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == [
        *("MOT16.zip.part", "MOT16.zip.part.json")
    ]
    done = get("--sha256", right.upper())
    assert done.status == 0 and "(as expected)" in done.out
    assert "64 hexadecimal" in get("--sha256", "abc").error


def test_an_error_page_is_refused_and_does_not_stay(get, server, tmp_path):
    good, server.content = server.content, b"<html>Log in to this hotel's network</html>"
    assert "not a complete zip archive, perhaps an error page" in get().error
    assert not (tmp_path / "data/MOT16.zip").exists()
    server.content, server.headers = good, {"ETag": '"two"'}
    assert get().status == 0


def test_a_hostile_archive_leaves_nothing_but_itself(get, server, tmp_path, files_under):
    server.content = packed(["train/MOT16-02", "../../evil"])
    assert "leads out of the folder" in get().error
    assert files_under(tmp_path) == ["data/MOT16.zip"]


@pytest.mark.parametrize(("status", "reason"), [(404, "404"), (403, "403")])
def test_a_refusal_is_one_sentence(get, server, status, reason):
    server.statuses = [status]
    assert reason in get().error


def test_offline_is_one_sentence(tool, tmp_path):
    words = ("mot16", "--to", tmp_path, "--url", "http://127.0.0.1:9/MOT16.zip")
    assert "no connection: Connection refused" in tool(download.main, *words).error


def test_no_rights(get, server, tmp_path, monkeypatch):
    """os.access() is replaced, because root may write anywhere."""
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert "you have no permission to write to" in get().error
    assert server.asked == []


def test_an_interrupt_keeps_the_part_and_names_it(server, tmp_path):
    """Ctrl-C while a server has stopped sending half-way."""
    answer, server.content = server.answer, bytes(1_000_000)

    def slowly(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "1000000")
        handler.send_header("ETag", '"one"')
        handler.end_headers()
        handler.wfile.write(bytes(500_000))
        handler.wfile.flush()
        time.sleep(60)

    server.answer = slowly
    part = tmp_path / "MOT16.zip.part"
    process = subprocess.Popen(
        [
            *(sys.executable, ROOT / "tools/download.py", "mot16"),
            *("--to", tmp_path, "--url", server.url),
        ],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        # If the tests run in a shell's background, Ctrl-C is ignored by default.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    until = time.monotonic() + 60
    while not (part.exists() and part.stat().st_size > 400_000) and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    server.answer = answer
    assert process.returncode == 130
    assert err.endswith(f"{part} stays: the same command continues from there\ninterrupted\n")
    assert 400_000 < part.stat().st_size <= 500_000
