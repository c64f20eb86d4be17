"""The exported encoder: batches, one call per frame, the right weights, and torch without it."""

import subprocess
import sys

import numpy as np
import onnx
import pytest

from flatsort.descriptors import load_descriptor, vae
from flatsort.descriptors.onnx_encoder import BATCH_SIZE, OnnxEncoder, open_exported
from flatsort.descriptors.onnx_session import open_session
from flatsort.descriptors.vae import VaeDescriptor, open_weights
from flatsort.errors import InputError
from flatsort.files.paths import SHIPPED_WEIGHTS
from flatsort.images.crops import cut_crops
from flatsort.reid_vae.weights.encoder import CropEncoder

MEAN = [0.5, -1.0, 0.0, 2.0, 0.0, 0.0, 0.0, 1.0]
SHIPPED = sorted(path.stem for path in SHIPPED_WEIGHTS.glob("*.safetensors"))
TRACK = """
import sys
from flatsort.commands.cli import run
from flatsort.commands.track import main
run(lambda: main({words!r}))
heavy = {{"torch", "torchvision", "onnx", "onnx_ir", "onnxscript"}}
print("LOADED", sorted(heavy & set(sys.modules)))
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


@pytest.fixture(scope="module")
def exported_weights(tiny_weights):
    """Weights with their encoder beside them; tests must not change either file."""
    return tiny_weights(latent_mean=MEAN, exported=True)


@pytest.fixture
def own_weights(exported_weights, tmp_path):
    """A copy of the weights and their encoder, which a test may change."""
    for suffix in (".safetensors", ".onnx"):
        source = exported_weights.with_suffix(suffix)
        (tmp_path / source.name).write_bytes(source.read_bytes())
    return tmp_path / exported_weights.name


@pytest.fixture
def counted(exported_weights):
    return CountedSession(open_session(exported_weights.with_suffix(".onnx"), "tiny"))


@pytest.mark.parametrize(
    ("count", "runs"), [(0, 0), (1, 1), (BATCH_SIZE, 1), (BATCH_SIZE + 1, 2), (2 * BATCH_SIZE, 2)]
)
def test_crops_go_in_batches(counted, exported_weights, count, runs):
    crops = np.random.default_rng(0).integers(0, 256, (count, 16, 16, 3), np.uint8)
    content = exported_weights.with_suffix(".onnx").read_bytes()
    found = OnnxEncoder(counted, "tiny", content)(crops)
    assert counted.runs == runs
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, CropEncoder(exported_weights)(crops), atol=1e-6)


def test_a_frame_is_one_run_and_one_cut(counted, exported_weights, monkeypatch, make_sequence):
    cuts = []

    def cut(*arguments):
        cuts.append(arguments)
        return cut_crops(*arguments)

    monkeypatch.setattr(vae, "cut_crops", cut)
    content = exported_weights.with_suffix(".onnx").read_bytes()
    descriptor = VaeDescriptor(OnnxEncoder(counted, "tiny", content), [], "tiny")
    boxes = np.tile(np.array([[10.0, 20, 20, 50]], np.float32), (40, 1))
    assert descriptor(make_sequence().read_frame(1), boxes).shape == (40, 8)
    assert (counted.runs, len(cuts)) == (1, 1)


def test_it_has_the_calibration_of_the_weights(exported_weights):
    encoder, torch_encoder = open_exported(exported_weights), CropEncoder(exported_weights)
    assert encoder.image_size == torch_encoder.image_size == 16
    assert encoder.calibration == torch_encoder.calibration == {"kind": "cosine", "gate": 0.3}
    np.testing.assert_array_equal(encoder.latent_mean, torch_encoder.latent_mean)


def without_onnxruntime(path, monkeypatch):
    # Python itself stores None for a module that cannot be imported.
    monkeypatch.setitem(sys.modules, "onnxruntime", None)


def without_the_encoder(path, monkeypatch):
    path.with_suffix(".onnx").unlink()


@pytest.mark.parametrize("change", [without_onnxruntime, without_the_encoder])
def test_torch_runs_the_same_network_without_it(own_weights, make_sequence, monkeypatch, change):
    frame = make_sequence().read_frame(1)
    boxes = np.array([[10, 20, 20, 50], [100, 40, 24, 60]], np.float32)
    first = open_weights(own_weights)
    key = first.cache_key
    change(own_weights, monkeypatch)
    second = open_weights(own_weights)
    assert isinstance(first.encoder, OnnxEncoder)
    assert isinstance(second.encoder, CropEncoder)
    np.testing.assert_allclose(first(frame, boxes), second(frame, boxes), atol=1e-6)
    assert (first.metric.kind, first.metric.gate) == (second.metric.kind, second.metric.gate)
    np.testing.assert_array_equal(first.metric.centre, second.metric.centre)
    assert second.cache_key != key


def test_the_encoder_of_other_weights_is_not_used(own_weights, tiny_weights):
    assert open_exported(own_weights) is not None
    others = tiny_weights(card={"calibration": {"kind": "cosine", "gate": 0.1}})
    own_weights.write_bytes(others.read_bytes())
    assert open_exported(own_weights) is None
    assert open_weights(own_weights).metric.gate == 0.1


def test_a_damaged_encoder_is_refused(own_weights):
    path = own_weights.with_suffix(".onnx")
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(InputError, match=r"tiny\.onnx: .*: write it again with tools/export_onnx"):
        open_weights(own_weights)


@pytest.mark.parametrize("suffix", [".safetensors", ".onnx"])
def test_a_flipped_bit_of_a_tensor_is_noticed(own_weights, suffix):
    path = own_weights.with_suffix(suffix)
    content = bytearray(path.read_bytes())
    value = CropEncoder(own_weights)._model.encoder.posterior.mean.weight.detach().numpy()
    kind = np.float16 if suffix == ".safetensors" else np.float32
    place = content.find(value.ravel()[:4].astype(kind).tobytes())
    if place < 0:
        place = content.find(value.T.ravel()[:4].astype(kind).tobytes())
    assert place > 0
    content[place] ^= 1
    path.write_bytes(content)
    with pytest.raises(InputError, match=rf"tiny\{suffix}: damaged: its (numbers|bytes) have"):
        open_weights(own_weights)


def test_another_model_beside_the_weights_is_not_used(own_weights):
    model = onnx.load(own_weights.with_suffix(".onnx"))
    del model.metadata_props[:]
    onnx.save(model, own_weights.with_suffix(".onnx"))
    assert open_exported(own_weights) is None


def test_with_neither_torch_nor_the_encoder_the_error_names_the_command(own_weights, monkeypatch):
    without_the_encoder(own_weights, monkeypatch)
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(InputError, match=r"no tiny\.onnx .* run `tools/export_onnx\.py .*tiny"):
        open_weights(own_weights)


@pytest.mark.parametrize("facts", ["", "[]", "{}", '{"kind": "cosine", "gate": 1, "centre": "x"}'])
def test_damaged_metadata(own_weights, facts):
    path = own_weights.with_suffix(".onnx")
    model = onnx.load(path)
    model.metadata_props[0].value = facts
    onnx.save(model, path)
    for word in (f"onnx:{path}", str(own_weights)):
        with pytest.raises(InputError, match=r"tiny\.onnx: its metadata .* cannot be read"):
            load_descriptor(word, None)


@pytest.mark.parametrize("kind", ["weights", "exported"])
def test_tracking_loads_neither_torch_nor_onnx(exported_weights, make_sequence, tmp_path, kind):
    """Loading torch takes seconds, longer than tracking a short sequence."""
    word = str(exported_weights)
    if kind == "exported":
        word = f"onnx:{exported_weights.with_suffix('.onnx')}"
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


@pytest.mark.parametrize("place", [0.2, 0.5, 0.99])
@pytest.mark.parametrize("suffix", [".safetensors", ".onnx"])
@pytest.mark.parametrize(
    "name", sorted(path.stem for path in SHIPPED_WEIGHTS.glob("*.safetensors"))
)
def test_shipped_files_notice_a_flipped_bit(tmp_path, name, suffix, place):
    for each in (".safetensors", ".onnx"):
        source = SHIPPED_WEIGHTS / f"{name}{each}"
        (tmp_path / source.name).write_bytes(source.read_bytes())
    path = tmp_path / f"{name}{suffix}"
    content = bytearray(path.read_bytes())
    content[int(place * len(content))] ^= 4
    path.write_bytes(content)
    complaint = r"damaged: its (numbers|bytes) have changed|not a usable ONNX model"
    with pytest.raises(InputError, match=rf"{name}\{suffix}: ({complaint})"):
        open_weights(tmp_path / f"{name}.safetensors")
