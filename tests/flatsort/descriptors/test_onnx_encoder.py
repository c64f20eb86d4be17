"""The encoder on onnxruntime: batches, one call a frame, and torch where it is missing."""

import subprocess
import sys

import numpy as np
import pytest

from flatsort.descriptors import load_descriptor, vae
from flatsort.descriptors.onnx_encoder import BATCH_SIZE, GraphEncoder, open_graph
from flatsort.descriptors.onnx_session import open_session
from flatsort.descriptors.vae import VaeDescriptor, open_weights
from flatsort.errors import InputError
from flatsort.images.crops import cut_crops
from flatsort.reid_vae.weights.encoder import CropEncoder
from flatsort.reid_vae.weights.encoder_graph import build_encoder_graph

MEAN = [0.5, -1.0, 0.0, 2.0, 0.0, 0.0, 0.0, 1.0]
TRACK = """
import sys
from flatsort.commands.cli import run
from flatsort.commands.track import main
run(lambda: main({words!r}))
print("LOADED", [m for m in ("torch", "torchvision") if m in sys.modules])
"""


class CountedSession:
    """A session that counts how often it runs."""

    def __init__(self, session):
        self.runs = 0
        self._session = session
        self.get_inputs, self.get_modelmeta = session.get_inputs, session.get_modelmeta

    def run(self, *arguments):
        self.runs += 1
        return self._session.run(*arguments)


@pytest.fixture
def counted(tiny_weights):
    model = build_encoder_graph(tiny_weights()).SerializeToString()
    return CountedSession(open_session(model, "tiny"))


@pytest.mark.parametrize(
    ("count", "runs"), [(0, 0), (1, 1), (BATCH_SIZE, 1), (BATCH_SIZE + 1, 2), (2 * BATCH_SIZE, 2)]
)
def test_crops_go_in_batches(counted, tiny_weights, count, runs):
    crops = np.random.default_rng(0).integers(0, 256, (count, 16, 16, 3), np.uint8)
    found = GraphEncoder(counted, "tiny")(crops)
    assert counted.runs == runs
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, CropEncoder(tiny_weights())(crops), atol=1e-6)


def test_a_frame_is_one_run_and_one_cut(counted, monkeypatch, make_sequence):
    cuts = []

    def cut(*arguments):
        cuts.append(arguments)
        return cut_crops(*arguments)

    monkeypatch.setattr(vae, "cut_crops", cut)
    descriptor = VaeDescriptor(GraphEncoder(counted, "tiny"), "tiny")
    boxes = np.tile(np.array([[10.0, 20, 20, 50]], np.float32), (40, 1))
    assert descriptor(make_sequence().read_frame(1), boxes).shape == (40, 8)
    assert (counted.runs, len(cuts)) == (1, 1)


def test_it_says_what_the_weights_say(tiny_weights):
    path = tiny_weights(latent_mean=MEAN)
    encoder, torch_encoder = open_graph(path), CropEncoder(path)
    assert encoder.image_size == torch_encoder.image_size == 16
    assert encoder.calibration == torch_encoder.calibration == {"kind": "cosine", "gate": 0.3}
    np.testing.assert_array_equal(encoder.latent_mean, torch_encoder.latent_mean)


@pytest.mark.parametrize("missing", ["onnxruntime", "onnx"])
def test_without_the_engine_torch_runs_the_same_network(
    tiny_weights, make_sequence, monkeypatch, missing
):
    path = tiny_weights(latent_mean=MEAN)
    frame = make_sequence().read_frame(1)
    boxes = np.array([[10, 20, 20, 50], [100, 40, 24, 60]], np.float32)
    first = open_weights(path)
    # What Python itself does for a package that is not there.
    monkeypatch.setitem(sys.modules, missing, None)
    monkeypatch.delitem(sys.modules, "flatsort.reid_vae.weights.encoder_graph")
    second = open_weights(path)
    assert isinstance(first._encoder, GraphEncoder)
    assert isinstance(second._encoder, CropEncoder)
    np.testing.assert_allclose(first(frame, boxes), second(frame, boxes), atol=1e-6)
    assert (first.metric.kind, first.metric.gate) == (second.metric.kind, second.metric.gate)
    np.testing.assert_array_equal(first.metric.centre, second.metric.centre)


@pytest.mark.parametrize("facts", ["", "[]", "{}", '{"kind": "cosine", "gate": 1, "centre": "x"}'])
def test_damaged_metadata(tiny_weights, tmp_path, facts):
    import onnx

    model = build_encoder_graph(tiny_weights())
    model.metadata_props[0].value = facts
    onnx.save(model, tmp_path / "net.onnx")
    with pytest.raises(InputError, match=r"net\.onnx: its metadata .* cannot be read"):
        load_descriptor(f"onnx:{tmp_path / 'net.onnx'}", None)


@pytest.mark.parametrize("kind", ["weights", "exported"])
def test_tracking_loads_no_torch(tiny_weights, make_sequence, tmp_path, kind):
    """Loading torch takes seconds, longer than tracking a short sequence."""
    import onnx

    word = str(tiny_weights())
    if kind == "exported":
        onnx.save(build_encoder_graph(tiny_weights()), tmp_path / "net.onnx")
        word = f"onnx:{tmp_path / 'net.onnx'}"
    results = tmp_path / "results"
    words = ["--seq", str(make_sequence().folder), "--results", str(results), "--descriptor", word]
    done = subprocess.run(
        [sys.executable, "-c", TRACK.format(words=words)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "LOADED []"
    (written,) = results.rglob("*.txt")
    assert written.read_text()
