"""Downloads over connections that are cut, from servers that misbehave."""

import errno
import json
import shutil
from collections import namedtuple

import pytest

from flatsort.errors import InputError
from flatsort.files import fetch
from flatsort.files.fetch import Progress, fetch_file
from flatsort.files.partial_download import Part
from tests.flatsort.loopback import Server

CONTENT = bytes(range(256)) * 400


@pytest.fixture
def waits(monkeypatch):
    waited = []
    monkeypatch.setattr("time.sleep", waited.append)
    return waited


@pytest.fixture
def server(waits):
    server = Server(CONTENT)
    yield server
    server.close()


@pytest.fixture
def target(tmp_path):
    return tmp_path / "data" / "MOT16.zip"


class Heard(Progress):
    def __init__(self):
        self.states, self.sentences = [], []

    def moved(self, have, total):
        self.states.append((have, total))

    def noted(self, sentence):
        self.sentences.append(sentence)


def interrupted_after(server, target, size):
    """Cut a run's connection after `size` bytes until it gives up; return its .part file."""
    server.cuts = [size] + [0] * 10
    with pytest.raises(InputError, match=r"MOT16\.zip\.part \(.* MB\) stays"):
        fetch_file(server.url, target)
    part = target.with_name("MOT16.zip.part")
    assert part.read_bytes() == server.content[:size]
    server.cuts, server.asked = [], []
    return part


def test_a_file_is_fetched_whole_and_alone(server, target, files_under):
    heard = Heard()
    fetch_file(server.url, target, progress=heard)
    assert target.read_bytes() == CONTENT
    assert files_under(target.parent) == ["MOT16.zip"]
    assert heard.states[0] == (0, len(CONTENT)) and heard.states[-1] == (len(CONTENT),) * 2
    assert server.ranges_asked() == [None]


def test_a_cut_download_continues_where_it_stopped(server, target, waits):
    server.cuts = [1000, 2000, 50_000]
    heard = Heard()
    fetch_file(server.url, target, progress=heard)
    assert target.read_bytes() == CONTENT
    assert server.ranges_asked() == [None, "bytes=1000-", "bytes=3000-", "bytes=53000-"]
    assert [asked.get("If-Range") for asked in server.asked] == [None] + ['"one"'] * 3
    assert waits == [1, 2, 4]
    assert len(heard.sentences) == 3 and "cut off after 1,000 of 102,400" in heard.sentences[0]


def test_waits_are_short_again_after_much_progress(server, target, waits, monkeypatch):
    monkeypatch.setattr(fetch, "_NEW_START", 10_000)
    server.cuts = [12_000] * 8
    fetch_file(server.url, target)
    assert target.read_bytes() == CONTENT
    assert waits == [1] * 8


def test_too_many_cuts_end_the_run_and_the_next_run_continues(server, target, waits):
    interrupted_after(server, target, 5000)
    assert waits == [1, 2, 4, 8]
    fetch_file(server.url, target)
    assert target.read_bytes() == CONTENT
    assert server.ranges_asked() == ["bytes=5000-"]
    assert not target.with_name("MOT16.zip.part.json").exists()


@pytest.mark.parametrize("headers", [{"ETag": '"two"'}, {"Last-Modified": "yesterday"}, {}])
def test_a_changed_file_is_downloaded_from_the_start(server, target, headers):
    interrupted_after(server, target, 5000)
    server.content, server.headers = CONTENT[::-1], headers
    heard = Heard()
    fetch_file(server.url, target, progress=heard)
    assert target.read_bytes() == CONTENT[::-1]
    assert heard.sentences == [
        "starting again: the file has changed, or the server cannot continue it"
    ]


def test_a_date_replaces_a_weak_tag(server, target):
    server.headers = {"ETag": 'W/"weak"', "Last-Modified": "Mon, 01 Feb 2016 10:00:00 GMT"}
    server.cuts = [100]
    fetch_file(server.url, target)
    assert target.read_bytes() == CONTENT
    assert server.asked[1]["If-Range"] == "Mon, 01 Feb 2016 10:00:00 GMT"


def test_a_server_without_ranges_starts_again(server, target):
    server.ranges, server.cuts = False, [70_000, 30_000]
    fetch_file(server.url, target)
    assert target.read_bytes() == CONTENT
    assert server.ranges_asked() == [None, "bytes=70000-", "bytes=30000-"]


def test_without_a_validator_nothing_is_kept(server, target, files_under):
    server.headers, server.cuts = {}, [1000] * 10
    with pytest.raises(InputError, match=r"cut off after 1,000 of .* and try again"):
        fetch_file(server.url, target)
    assert server.ranges_asked() == [None] * fetch.TRIES
    assert files_under(target.parent) == []


def test_a_range_that_starts_at_another_byte_is_discarded(server, target):
    interrupted_after(server, target, 5000)
    server.wrong_start = 1
    fetch_file(server.url, target)
    assert target.read_bytes() == CONTENT
    assert server.ranges_asked() == ["bytes=5000-", None]


def test_a_complete_part_is_only_renamed(server, target):
    """A failed check leaves a complete .part, and so does a process killed before the renaming."""

    def refuse(part):
        assert part.read_bytes() == CONTENT
        raise InputError("wrong")

    with pytest.raises(InputError, match="wrong"):
        fetch_file(server.url, target, refuse)
    assert not target.exists()
    heard = Heard()
    fetch_file(server.url, target, progress=heard)
    assert target.read_bytes() == CONTENT
    assert heard.states == [] and server.ranges_asked()[1] == f"bytes={len(CONTENT)}-"


def test_a_part_that_is_longer_than_the_file_is_discarded(server, target):
    part = interrupted_after(server, target, 5000)
    part.write_bytes(CONTENT + b"more")
    fetch_file(server.url, target)
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize(
    "notes", [None, "", "[]", "{}", '{"url": 1, "validator": "\\u2028"}', '{"url": "http://other"}']
)
def test_a_part_of_unknown_origin_is_not_continued(server, target, notes):
    part = interrupted_after(server, target, 5000)
    beside = part.with_name("MOT16.zip.part.json")
    beside.unlink() if notes is None else beside.write_text(notes)
    heard = Heard()
    fetch_file(server.url, target, progress=heard)
    assert target.read_bytes() == CONTENT
    assert server.ranges_asked() == [None]
    assert "may belong to another file" in heard.sentences[0]


def test_a_failed_download_from_another_address_keeps_the_part(server, target):
    part = interrupted_after(server, target, 5000)
    server.statuses = [404]
    with pytest.raises(InputError, match="404"):
        fetch_file(server.url + "?mirror", target)
    assert part.read_bytes() == CONTENT[:5000]
    assert Part(part, server.url).resumable() == (5000, '"one"')


def test_a_server_that_is_busy_is_asked_again(server, target, waits):
    server.statuses = [503, 429]
    fetch_file(server.url, target)
    assert target.read_bytes() == CONTENT and waits == [1, 2]


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_refusal_is_final(server, target, waits, status, files_under):
    server.statuses = [status] * 2
    with pytest.raises(InputError, match=rf"{status}.*: check the connection and the address"):
        fetch_file(server.url, target)
    assert len(server.asked) == 1 and waits == []
    assert files_under(target.parent) == []


def test_no_connection_is_reported_at_once(target, waits):
    with pytest.raises(InputError, match=r"no connection: Connection refused\): check the conn"):
        fetch_file("http://127.0.0.1:9/MOT16.zip", target)
    assert waits == []


@pytest.mark.parametrize("url", ["file:///etc/passwd", "MOT16.zip", "ftp://a/b", "http://a:b/c"])
def test_other_addresses_are_refused(target, url):
    with pytest.raises(InputError, match="not a web address"):
        fetch_file(url, target)


def test_a_server_that_sends_no_length(server, target):
    server.sends_length = False
    heard = Heard()
    fetch_file(server.url, target, progress=heard)
    assert target.read_bytes() == CONTENT and heard.states[-1] == (len(CONTENT), None)


def test_an_interrupt_keeps_the_part(server, target):
    class Stop(Progress):
        def moved(self, have, total):
            if have:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch_file(server.url, target, progress=Stop())
    part = target.with_name("MOT16.zip.part")
    size = part.stat().st_size
    assert size > 0 and part.read_bytes() == CONTENT[:size] and not target.exists()
    assert json.loads(part.with_name("MOT16.zip.part.json").read_text())["validator"] == '"one"'


def test_a_full_disk_is_noticed_before_the_download(server, target, monkeypatch, files_under):
    usage = namedtuple("usage", "total used free")(0, 0, len(CONTENT) - 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(InputError, match=r"only 0\.0 GB free: make room"):
        fetch_file(server.url, target)
    assert files_under(target.parent) == []


def test_a_disk_that_fills_up_during_the_download(server, target, waits, monkeypatch):
    class Full:
        def __init__(self, file):
            self.file = file

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self.file.close()

        def write(self, piece):
            self.file.write(piece[:10])
            raise OSError(errno.ENOSPC, "No space left on device")

    opened = Part.open_at
    monkeypatch.setattr(Part, "open_at", lambda *words: Full(opened(*words)))
    with pytest.raises(InputError, match=r"MOT16\.zip: cannot write here: No space left"):
        fetch_file(server.url, target)
    assert waits == [] and not target.exists()
    assert target.with_name("MOT16.zip.part").read_bytes() == CONTENT[:10]


def test_a_folder_that_is_a_file(server, tmp_path):
    (tmp_path / "data").write_text("precious")
    with pytest.raises(InputError, match="data is not a folder"):
        fetch_file(server.url, tmp_path / "data" / "MOT16.zip")
    assert server.asked == []
