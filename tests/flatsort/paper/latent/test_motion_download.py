"""Downloads of made-up recordings from a server on this machine."""

import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from flatsort.errors import InputError
from flatsort.paper.latent.human_motion import TAKES
from flatsort.paper.latent.motion_download import fetch_motion


class Handler(SimpleHTTPRequestHandler):
    """Serves a folder and lists the requests; a folder named "cut" sends one file cut short."""

    requested: list[str]

    def do_GET(self):
        self.requested.append(self.path)
        if self.path.endswith("35_02.amc") and "cut" in self.directory:
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"half")
        else:
            super().do_GET()

    def log_message(self, *words):
        """Print no log."""


def fill(folder):
    names = [f"{take.split('_')[0]}/{take}.amc" for takes in TAKES.values() for take in takes]
    for name in ("35/35.asf", "49/49.asf", *names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"this is {name}")
    return len(names) + 2


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr("flatsort.files.fetch.FIRST_WAIT", 0)


@pytest.fixture
def serve():
    servers = []

    def start(folder):
        Handler.requested = []
        server = ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(Handler, directory=str(folder))
        )
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_only_missing_files_are_downloaded(serve, tmp_path):
    count = fill(tmp_path / "there")
    site, here = serve(tmp_path / "there"), tmp_path / "here"
    assert fetch_motion(here, site) == here
    assert len(Handler.requested) == count == 38
    assert (here / "49" / "49_18.amc").read_text() == "this is 49/49_18.amc"
    (here / "35" / "35_07.amc").unlink()
    fetch_motion(here, site)
    assert Handler.requested[count:] == ["/35/35_07.amc"]


def test_a_file_cut_short_is_not_kept(serve, tmp_path):
    fill(tmp_path / "cut")
    here = tmp_path / "here"
    with pytest.raises(InputError, match=r"35_02\.amc could not be downloaded .*name a folder"):
        fetch_motion(here, serve(tmp_path / "cut"))
    assert sorted(path.name for path in (here / "35").iterdir()) == ["35.asf", "35_01.amc"]


def test_no_server(serve, tmp_path):
    with pytest.raises(InputError, match=r"35\.asf could not be downloaded"):
        fetch_motion(tmp_path / "here", serve(tmp_path) + "/absent")
    with pytest.raises(InputError, match=r"could not be downloaded"):
        fetch_motion(tmp_path / "here", "http://127.0.0.1:9")
    assert not (tmp_path / "here" / "35").exists() or not list((tmp_path / "here" / "35").iterdir())
