"""Small models and crops, with which every test runs in seconds on one thread."""

import dataclasses
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from flatsort.reid_vae.model.architecture import ARCHITECTURES, Architecture

TINY = Architecture(
    image_size=8,
    observed_size=8,
    latent_size=4,
    prior_latent_size=3,
    encoder_channels=(4, 8),
    encoder_convolutions=(1, 2),
    decoder_channels=(8, 4),
    dense_hidden=(16,),
    prior_hidden=(16,),
)


@pytest.fixture(autouse=True)
def one_thread_and_a_known_seed() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> Architecture:
    """An architecture of 8x8 images and four latents, registered as "tiny"."""
    monkeypatch.setitem(ARCHITECTURES, "tiny", TINY)
    return TINY


@pytest.fixture
def tiny_isometric(monkeypatch: pytest.MonkeyPatch) -> Architecture:
    """The tiny architecture with an isometric start, registered as "tiny-isometric"."""
    architecture = dataclasses.replace(TINY, isometric_start=True)
    monkeypatch.setitem(ARCHITECTURES, "tiny-isometric", architecture)
    return architecture


@pytest.fixture
def tiny_lab(monkeypatch: pytest.MonkeyPatch) -> Architecture:
    """Decodes 4x4 feathered L*a*b* pictures, as slim and small do; registered as "tiny-lab"."""
    architecture = dataclasses.replace(
        TINY, observed_size=4, colours="lab", feather=0.25, isometric_start=True
    )
    monkeypatch.setitem(ARCHITECTURES, "tiny-lab", architecture)
    return architecture


@pytest.fixture
def tiny_whitened() -> Architecture:
    """A tiny architecture with an isometric start and a data space of ten whitened values."""
    return dataclasses.replace(TINY, whitened_size=10, isometric_start=True)


@pytest.fixture
def tiny_features(monkeypatch: pytest.MonkeyPatch) -> Architecture:
    """Learned features of 16x16 images in two stripes; registered as "tiny-features"."""
    architecture = Architecture(
        image_size=16,
        observed_size=16,
        feature_channels=(4, 4, 8),
        feature_stripes=2,
        whitened_size=4,
        latent_size=4,
        prior_latent_size=4,
        encoder_channels=(4,),
        encoder_convolutions=(1,),
        encoder_hidden=(8,),
        decoder_channels=(4,),
        dense_hidden=(8,),
        activation="silu",
        prior_hidden=(16,),
        isometric_start=True,
    )
    monkeypatch.setitem(ARCHITECTURES, "tiny-features", architecture)
    return architecture


@pytest.fixture
def crops() -> NDArray[np.uint8]:
    """(48, 8, 8, 3) crops with structure to learn: two colours that meet at a random height."""
    random = np.random.default_rng(0)
    upper, lower = random.integers(0, 256, (2, 48, 1, 1, 3))
    border = random.integers(2, 7, (48, 1, 1, 1))
    rows = np.arange(8)[None, :, None, None]
    colours = np.where(rows < border, upper, lower) * np.ones((1, 1, 8, 1), int)
    return np.clip(colours + random.integers(-5, 6, colours.shape), 0, 255).astype(np.uint8)
