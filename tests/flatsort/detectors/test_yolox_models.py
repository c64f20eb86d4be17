"""Detectors that are downloaded on first use, from a server of this machine."""

import hashlib

import pytest

from flatsort.detectors import yolox_models
from flatsort.detectors.default_detector import choose_detector
from flatsort.detectors.detector_settings import DetectorSettings
from flatsort.detectors.registry import load_detector
from flatsort.detectors.yolox_models import SHA256, fetch_model, model_path
from flatsort.errors import InputError
from flatsort.files.mot_files import read_ground_truth
from flatsort.files.sequence import open_sequence
from flatsort.sources.source import Frame
from flatsort.tracker.boxes import iou
from tests.flatsort.loopback import Server


@pytest.fixture
def server(monkeypatch):
    """A release page; every name has the same file, whose digest is known."""
    opened = Server(b"a network" * 20_000)
    monkeypatch.setattr(yolox_models, "RELEASE", opened.url.rpartition("/")[0])
    for name in SHA256:
        monkeypatch.setitem(SHA256, name, hashlib.sha256(opened.content).hexdigest())
    yield opened
    opened.close()


def test_digests_are_digests():
    assert list(SHA256) == ["yolox-nano", "yolox-tiny", "yolox-s", "yolox-m"]
    assert all(len(bytes.fromhex(digest)) == 32 for digest in SHA256.values())
    assert len(set(SHA256.values())) == 4


def test_the_first_use_downloads_and_the_second_does_not(server, own_model_cache, files_under):
    path = fetch_model("yolox-tiny")
    assert path == own_model_cache / "yolox_tiny.onnx"
    assert path.read_bytes() == server.content
    assert fetch_model("yolox-tiny") == path
    assert len(server.asked) == 1
    assert files_under(own_model_cache) == ["yolox_tiny.onnx"]


def test_an_interrupted_download_continues(server, own_model_cache, monkeypatch):
    monkeypatch.setattr("flatsort.files.fetch.FIRST_WAIT", 0.0)
    server.cuts = [100_000]
    assert fetch_model("yolox-nano").read_bytes() == server.content
    assert server.ranges_asked() == [None, "bytes=100000-"]


def test_another_file_is_refused_and_removed(server, own_model_cache, files_under):
    server.content = b"an error page"
    found = hashlib.sha256(server.content).hexdigest()
    with pytest.raises(InputError, match=f"its SHA-256 is {found}, not {SHA256['yolox-nano']}"):
        load_detector("yolox-nano")
    assert not [name for name in files_under(own_model_cache) if not name.endswith(".json")]
    server.content = b"a network" * 20_000
    assert fetch_model("yolox-nano").read_bytes() == server.content


def test_the_sentence_says_which_file_to_put_where():
    with pytest.raises(InputError) as caught:
        load_detector("yolox-m")
    sentence = str(caught.value)
    assert sentence.startswith(f"--detector yolox-m: {model_path('yolox-m')} is not there and cann")
    assert (
        "put the file of http://127.0.0.1:1/yolox_m.onnx there, or use --detector hog" in sentence
    )


def test_the_default_detector(server):
    assert choose_detector(DetectorSettings()).word == "yolox-nano"
    assert choose_detector(DetectorSettings()).notes == ()


def test_hog_stands_in_for_people_only():
    chosen = choose_detector(DetectorSettings())
    assert chosen.word == "hog"
    assert str(model_path("yolox-nano")) in chosen.notes[0]
    with pytest.raises(InputError, match=r"yolox_nano\.onnx is not there"):
        choose_detector(DetectorSettings(classes=("car",)))


def test_a_file_of_the_user_is_not_downloaded(own_model_cache):
    own_model_cache.mkdir(parents=True)
    (own_model_cache / "yolox_nano.onnx").write_bytes(b"no network")
    with pytest.raises(InputError, match=r"yolox_nano\.onnx: not a usable ONNX model"):
        load_detector("yolox-nano")


def test_people_of_a_real_frame(mot_data, own_model_cache):
    """Of people more than half visible, most are found, and most sure boxes are people."""
    own_model_cache.mkdir(parents=True)
    file = mot_data / "detectors" / "yolox_nano_416x416.onnx"
    (own_model_cache / "yolox_nano.onnx").symlink_to(file)
    sequence = open_sequence(mot_data / "MOT16" / "train" / "MOT16-09")
    truth = read_ground_truth(sequence.ground_truth_path, sequence.length, sequence.layout)
    here = (truth.frames == 300) & (truth.classes == 1) & (truth.visibilities > 0.5)
    found = load_detector("yolox-nano")(Frame(300, 0.0, sequence.read_frame(300)))
    overlaps = iou(found.boxes_tlwh, truth.boxes_tlwh[here])
    assert (overlaps.max(axis=0) > 0.5).mean() > 0.7
    assert (overlaps.max(axis=1)[found.confidences > 0.6] > 0.5).mean() > 0.8
