"""The torch encoder: crops to descriptors."""

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from flatsort.reid_vae.model.architecture import Architecture
from flatsort.reid_vae.model.vhpvae import VHPVAE
from flatsort.reid_vae.weights.encoder import CropEncoder, encode_crops
from flatsort.reid_vae.weights.weights import load_weights, save_weights
from flatsort.reid_vae.weights.weights_file import WeightsError

CARD = {"calibration": {"kind": "cosine", "gate": 0.2}}


@pytest.fixture
def path(tmp_path: Path, tiny: Architecture) -> Path:
    model = VHPVAE(tiny)
    model.latent_mean.copy_(torch.tensor([1.0, 2.0, 3.0, 4.0]))
    path = tmp_path / "tiny.safetensors"
    save_weights(path, model, CARD)
    return path


@pytest.fixture
def encoder(path: Path) -> CropEncoder:
    return CropEncoder(path)


def test_returns_the_model_s_posterior_mean(
    encoder: CropEncoder, path: Path, crops: NDArray[np.uint8]
) -> None:
    model, _ = load_weights(path)
    images = torch.tensor(crops).permute(0, 3, 1, 2) / 255
    descriptors = encoder(crops)
    assert descriptors.shape == (48, 4)
    assert descriptors.dtype == np.float32
    np.testing.assert_allclose(descriptors, model.encode(images).detach(), atol=1e-6)


def test_red_is_the_first_channel(encoder: CropEncoder, path: Path) -> None:
    model, _ = load_weights(path)
    red = torch.zeros(1, 3, 8, 8)
    red[:, 0] = 1
    crop = np.zeros((1, 8, 8, 3), np.uint8)
    crop[..., 0] = 255
    np.testing.assert_allclose(encoder(crop), model.encode(red).detach(), atol=1e-6)


@pytest.mark.parametrize("batch_size", [1, 7, 48])
def test_does_not_depend_on_the_batch(
    encoder: CropEncoder, path: Path, crops: NDArray[np.uint8], batch_size: int
) -> None:
    model, _ = load_weights(path)
    descriptors = encode_crops(model, crops, batch_size)
    np.testing.assert_allclose(descriptors, encoder(crops), atol=1e-5)


def test_crops_may_be_a_read_only_memory_map(
    encoder: CropEncoder, crops: NDArray[np.uint8], tmp_path: Path
) -> None:
    np.save(tmp_path / "crops.npy", crops)
    mapped = np.load(tmp_path / "crops.npy", mmap_mode="r")
    np.testing.assert_array_equal(encoder(mapped), encoder(crops))


def test_a_crop_does_not_depend_on_the_others(
    encoder: CropEncoder, crops: NDArray[np.uint8]
) -> None:
    np.testing.assert_allclose(encoder(crops[:1]), encoder(crops)[:1], atol=1e-5)


def test_no_crops(encoder: CropEncoder) -> None:
    descriptors = encoder(np.empty((0, 8, 8, 3), np.uint8))
    assert descriptors.shape == (0, 4)
    assert descriptors.dtype == np.float32


def test_card_size_and_mean_of_the_encoder(encoder: CropEncoder) -> None:
    assert encoder.card == CARD
    assert encoder.image_size == 8
    np.testing.assert_array_equal(encoder.latent_mean, [1, 2, 3, 4])


@pytest.mark.parametrize("card", [{}, {"calibration": {"kind": "cosine"}}])
def test_a_card_without_a_metric_or_gate(path: Path, card: dict) -> None:
    model, _ = load_weights(path)
    save_weights(path, model, card)
    with pytest.raises(WeightsError, match=r"tiny\.safetensors.*calibrated"):
        CropEncoder(path)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"absent\.safetensors"):
        CropEncoder(tmp_path / "absent.safetensors")
