"""The exported encoder gives the descriptors of the torch encoder, apart from rounding."""

import dataclasses
import hashlib
import json
import os
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import nn

from flatsort.reid_vae.model.architecture import Architecture
from flatsort.reid_vae.model.vhpvae import VHPVAE
from flatsort.reid_vae.weights import onnx_export
from flatsort.reid_vae.weights.encoder import CropEncoder
from flatsort.reid_vae.weights.onnx_export import build_encoder, export_encoder
from flatsort.reid_vae.weights.seal import is_whole
from flatsort.reid_vae.weights.weights import load_encoder, save_weights
from flatsort.reid_vae.weights.weights_file import ENCODER_KEY, WeightsError, read_architecture

CARD = {"calibration": {"kind": "euclidean", "gate": 0.7, "equal_error_rate": 0.1}}
WEIGHTS = Path(__file__).resolve().parents[3] / "weights"


def save(path: Path, architecture: Architecture) -> Path:
    """Save a model; its statistics, units and linear encoder differ from their initial values."""
    model = VHPVAE(architecture)
    side = architecture.image_size
    for _ in range(3):
        model.encoder(torch.rand(16, 3, side, side))
    for module in model.encoder.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias)
    model.observation.channel_mean.copy_(torch.tensor([50.0, 3.0, -7.0]))
    model.observation.channel_std.copy_(torch.tensor([20.0, 8.0, 5.0]))
    if model.linear_encoder is not None:
        nn.init.normal_(model.linear_encoder.weight, std=0.05)
        nn.init.normal_(model.linear_encoder.bias)
    model.latent_mean.copy_(torch.randn(architecture.latent_size))
    save_weights(path, model, CARD)
    return path


def run(model: bytes, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    return session.run(None, {"crops": crops})[0]


def random_crops(side: int, count: int = 9) -> NDArray[np.uint8]:
    """Crops of noise, black, white, and dark colours, for which L*a*b* is linear."""
    crops = np.random.default_rng(3).integers(0, 256, (count, side, side, 3), np.uint8)
    crops[0], crops[1] = 0, 255
    crops[2] %= 30
    return crops


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="network only"),
        pytest.param({"colours": "lab", "observed_size": 4, "feather": 0.25}, id="lab, not linear"),
        pytest.param({"isometric_start": True, "linear_encoder": True}, id="linear, rgb"),
        pytest.param(
            {
                "isometric_start": True,
                "linear_encoder": True,
                "colours": "lab",
                "observed_size": 4,
                "feather": 0.25,
            },
            id="linear, lab, feathered, half as large",
        ),
        pytest.param(
            {
                "isometric_start": True,
                "linear_encoder": True,
                "colours": "lab",
                "whitened_size": 10,
            },
            id="linear, lab, whitened",
        ),
        pytest.param(
            {"encoder_channels": (4, 6, 8), "encoder_convolutions": (2, 1, 3)}, id="three stages"
        ),
    ],
)
def test_agrees_with_the_torch_encoder(tiny: Architecture, tmp_path: Path, changes: dict) -> None:
    path = save(tmp_path / "net.safetensors", dataclasses.replace(tiny, **changes))
    crops = random_crops(8)
    expected = CropEncoder(path)(crops)
    # float32 rounds sums of some hundred terms by about this much.
    tolerance = 2e-5 * np.abs(expected).max()
    np.testing.assert_allclose(run(build_encoder(path), crops), expected, atol=tolerance)


@pytest.mark.parametrize("path", sorted(WEIGHTS.glob("*.safetensors")), ids=lambda path: path.stem)
def test_the_shipped_encoders_are_those_of_the_shipped_weights(path: Path) -> None:
    model = path.with_suffix(".onnx").read_bytes()
    (fact,) = onnx.load_from_string(model).metadata_props
    assert json.loads(fact.value)["weights"] == hashlib.sha256(path.read_bytes()).hexdigest()
    architecture, _ = read_architecture(path)
    crops = random_crops(architecture.image_size)
    expected = CropEncoder(path)(crops)
    np.testing.assert_allclose(run(model, crops), expected, atol=2e-5 * np.abs(expected).max())


@pytest.mark.parametrize("count", [1, 2, 31])
def test_any_number_of_crops(tiny: Architecture, tmp_path: Path, count: int) -> None:
    model = build_encoder(save(tmp_path / "net.safetensors", tiny))
    crops = random_crops(8, 31)
    found = run(model, crops[:count])
    np.testing.assert_allclose(found, run(model, crops)[:count], atol=1e-5)


def test_the_metadata(tiny: Architecture, tmp_path: Path) -> None:
    path = save(tmp_path / "mine.safetensors", tiny)
    content = build_encoder(path)
    model = onnx.load_from_string(content)
    onnx.checker.check_model(model, full_check=True)
    (fact,) = model.metadata_props
    assert fact.key == ENCODER_KEY
    facts = json.loads(fact.value)
    assert is_whole(content, facts.pop("file"))
    assert facts == {
        "name": "mine",
        "weights": hashlib.sha256(path.read_bytes()).hexdigest(),
        "kind": "euclidean",
        "gate": 0.7,
        "centre": CropEncoder(path).latent_mean.tolist(),
    }


def test_the_same_weights_give_the_same_bytes(tiny: Architecture, tmp_path: Path) -> None:
    path = save(tmp_path / "net.safetensors", tiny)
    assert build_encoder(path) == build_encoder(path)


def test_the_file_holds_no_path_of_this_machine(tiny: Architecture, tmp_path: Path) -> None:
    """The exporter writes a stack trace into every node; the file must not keep them."""
    model = build_encoder(save(tmp_path / "net.safetensors", tiny))
    assert b".py" not in model


def test_the_graph_has_no_decoder_and_no_variance(tiny: Architecture, tmp_path: Path) -> None:
    path = save(tmp_path / "net.safetensors", tiny)
    kinds = [node.op_type for node in onnx.load_from_string(build_encoder(path)).graph.node]
    assert kinds.count("Conv") == sum(tiny.encoder_convolutions)
    assert kinds.count("Gemm") == 1
    assert not {"Tanh", "Exp", "ConvTranspose"} & set(kinds)


def test_the_file_is_complete_or_absent(
    tiny: Architecture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(tmp_path / "net.safetensors", tiny)
    assert export_encoder(path) == tmp_path / "net.onnx"
    written = (tmp_path / "net.onnx").read_bytes()

    def fail(*arguments: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(OSError, match="no space left"):
        export_encoder(path)
    assert (tmp_path / "net.onnx").read_bytes() == written
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["net.onnx", "net.safetensors"]


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        pytest.param("latent_mean", torch.zeros(5), r"is \(5,\), .* needs \(4,\)", id="shape"),
        pytest.param("encoder.posterior.mean.bias", None, "lacks tensor", id="missing"),
        pytest.param("encoder.stages.0.weight", torch.nan, "not finite", id="NaN"),
    ],
)
def test_a_tensor_that_does_not_fit(
    tiny: Architecture, tmp_path: Path, name: str, value: object, complaint: str
) -> None:
    path = save(tmp_path / "net.safetensors", tiny)
    with safe_open(path, framework="pt") as file:
        metadata = file.metadata()
    tensors = load_file(path)
    before = tensors.pop(name)
    if value is not None:
        tensors[name] = value if isinstance(value, torch.Tensor) else torch.full_like(before, value)
    save_file(tensors, path, metadata)
    with pytest.raises(WeightsError, match=rf"net\.safetensors: .*{complaint}") as caught:
        build_encoder(path)
    assert name in str(caught.value)


def test_weights_replaced_during_the_export_do_not_own_the_encoder(
    tiny: Architecture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(tmp_path / "net.safetensors", tiny)
    other = save(tmp_path / "other.safetensors", tiny)

    def replace_and_load(weights: Path) -> tuple[VHPVAE, dict]:
        os.replace(other, weights)
        return load_encoder(weights)

    monkeypatch.setattr(onnx_export, "load_encoder", replace_and_load)
    (fact,) = onnx.load_from_string(build_encoder(path)).metadata_props
    assert json.loads(fact.value)["weights"] != hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("card", [{}, {"calibration": {"kind": "cosine"}}, None])
def test_a_card_without_a_metric_or_gate(tiny: Architecture, tmp_path: Path, card: object) -> None:
    save_weights(tmp_path / "net.safetensors", VHPVAE(tiny), card)
    with pytest.raises(WeightsError, match=r"net\.safetensors.*(calibrated|card is no object)"):
        build_encoder(tmp_path / "net.safetensors")


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"absent\.safetensors: no such weights file"):
        build_encoder(tmp_path / "absent.safetensors")
