"""The VAE's encoder as a descriptor."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from flatsort.descriptors import load_descriptor, registry
from flatsort.descriptors.vae import VaeDescriptor, open_weights
from flatsort.errors import InputError
from flatsort.images.crops import cut_crops
from flatsort.reid_vae.weights.encoder import CropEncoder

BOXES = np.array([[10, 20, 20, 50], [100, 40, 24, 60], [-5, 3, 30, 30]], float)
MEAN = [0.5, -1.0, 0.0, 2.0, 0.0, 0.0, 0.0, 1.0]


def test_features_are_the_encodings_of_the_crops(tiny_weights, make_sequence):
    path = tiny_weights()
    frame = make_sequence().read_frame(1)
    found = open_weights(path)(frame, BOXES)
    assert found.shape == (3, 8)
    assert found.dtype == np.float32
    # The tiny network takes 16 x 16 crops.
    expected = CropEncoder(path)(cut_crops(frame, BOXES, 16, 16))
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert len(np.unique(found.round(6), axis=0)) == 3


def test_no_boxes(tiny_weights):
    frame = np.zeros((20, 20, 3), np.uint8)
    assert open_weights(tiny_weights())(frame, np.empty((0, 4))).shape == (0, 8)


def test_the_centre_of_the_cosine_is_the_mean_of_the_training_set(tiny_weights):
    descriptor = open_weights(tiny_weights(latent_mean=MEAN))
    assert (descriptor.metric.kind, descriptor.metric.gate) == ("cosine", 0.3)
    np.testing.assert_array_equal(descriptor.metric.centre, np.float32(MEAN))


def test_a_euclidean_distance_has_no_centre(tiny_weights):
    card = {"calibration": {"kind": "euclidean", "gate": 7.5}}
    metric = open_weights(tiny_weights(card=card, latent_mean=MEAN)).metric
    assert (metric.kind, metric.gate, metric.centre) == ("euclidean", 7.5, None)


@pytest.mark.parametrize(
    "card",
    [
        pytest.param({}, id="no calibration"),
        pytest.param({"calibration": {"kind": "cosine"}}, id="no gate"),
        pytest.param({"calibration": {"kind": "manhattan", "gate": 0.2}}, id="unknown kind"),
        pytest.param({"calibration": {"kind": "cosine", "gate": 0.0}}, id="gate of zero"),
        pytest.param({"calibration": {"kind": "cosine", "gate": -0.1}}, id="negative gate"),
    ],
)
def test_a_card_without_a_usable_calibration_is_refused(tiny_weights, card):
    path = tiny_weights(card=card)
    with pytest.raises(InputError, match=r"tiny\.safetensors"):
        open_weights(path)


@dataclass(frozen=True)
class ConstantEncoder:
    """An encoder of another program: it gives each crop the same features."""

    features: tuple[float, ...]
    latent_mean: np.ndarray = field(default_factory=lambda: np.zeros(2, np.float32))
    image_size: int = 16
    engine: str = "constant"
    weights_digest: str = ""
    calibration: dict = field(default_factory=lambda: {"kind": "cosine", "gate": 0.3})

    def __call__(self, crops):
        return np.tile(np.array(self.features, np.float32), (len(crops), 1))


@pytest.mark.parametrize(
    ("features", "complaint"),
    [
        ((np.inf, 0), "its numbers are so large that features overflow"),
        ((np.nan, 0), "its numbers are so large that features overflow"),
        ((1, 2, 3), "its features have 3 values, but its mean has 2"),
    ],
)
def test_features_that_cannot_be_compared_are_refused(tmp_path, features, complaint):
    path = tmp_path / "net.onnx"
    path.touch()
    descriptor = VaeDescriptor(ConstantEncoder(features), [path], path)
    with pytest.raises(InputError, match=f"net.onnx: {complaint}"):
        descriptor(np.full((80, 130, 3), 90, np.uint8), BOXES)


def test_weights_that_do_not_match_their_architecture(tiny_weights):
    from safetensors import safe_open
    from safetensors.torch import load_file, save_file

    path = tiny_weights()
    with safe_open(path, framework="pt") as file:
        metadata = file.metadata()
    tensors = load_file(path)
    tensors["latent_mean"] = tensors["latent_mean"][:5].clone()
    save_file(tensors, path, metadata)
    with pytest.raises(InputError, match=r"tiny\.safetensors.*latent_mean is \(5,\).*needs \(8,\)"):
        open_weights(path)


@pytest.mark.parametrize("content", [b"", b"no tensors here", b"\xff" * 64])
def test_a_file_that_holds_no_weights(tmp_path, content):
    path = tmp_path / "w.safetensors"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"w\.safetensors"):
        open_weights(path)


def test_weights_of_another_program(tmp_path):
    import torch
    from safetensors.torch import save_file

    save_file({"a": torch.zeros(3)}, tmp_path / "w.safetensors")
    with pytest.raises(InputError, match="weights of another program"):
        open_weights(tmp_path / "w.safetensors")


def test_by_path_and_by_name(tiny_weights, make_sequence, monkeypatch):
    path = tiny_weights("mine")
    monkeypatch.setattr(registry, "WEIGHTS", path.parent)
    sequence = make_sequence()
    frame = sequence.read_frame(1)
    by_name, by_path = (load_descriptor(word, sequence) for word in ("mine", str(path)))
    np.testing.assert_array_equal(by_name(frame, BOXES), by_path(frame, BOXES))


def test_a_missing_file_is_named(make_sequence):
    with pytest.raises(InputError, match=r"absent\.safetensors: no such weights file"):
        load_descriptor("absent.safetensors", make_sequence())
