"""Encoder, decoder, prior and data space as one module."""

import dataclasses
import math

import pytest
import torch

from flatsort.reid_vae.model.architecture import ARCHITECTURES, Architecture
from flatsort.reid_vae.model.vhpvae import VHPVAE


@pytest.mark.parametrize(("name", "side", "observed"), [("slim", 32, 16), ("vgg16", 64, 64)])
def test_shapes(name: str, side: int, observed: int) -> None:
    model = VHPVAE(ARCHITECTURES[name])
    with torch.no_grad():
        mean, log_variance = model.encoder(torch.rand(2, 3, side, side))
        data = model.decoder(mean)
        zeta_mean, zeta_log_variance = model.prior.inference(mean)
        prior_mean, prior_log_variance = model.prior.generator(zeta_mean)
        pictures = model.pictures(mean)
        seen = model.observation.pictures(torch.rand(2, 3, side, side))
    assert data.shape == (2, 3 * observed**2)
    assert pictures.shape == seen.shape == (2, 3, observed, observed)
    for value in (mean, log_variance, zeta_mean, zeta_log_variance, prior_mean, prior_log_variance):
        assert value.shape == (2, 128)
        assert value.dtype == torch.float32


def test_encode_is_the_posterior_mean(tiny: Architecture) -> None:
    model = VHPVAE(tiny).eval()
    images = torch.rand(3, 3, 8, 8)
    assert torch.equal(model.encode(images), model.encoder(images)[0])


def test_pictures_of_isotropic_data_are_the_data(tiny_lab: Architecture) -> None:
    model = VHPVAE(tiny_lab)
    z = torch.randn(3, 4)
    assert torch.equal(model.pictures(z).flatten(1), model.decoder(z))


def test_pictures_of_whitened_data_whiten_to_the_data(tiny_whitened: Architecture) -> None:
    model = VHPVAE(tiny_whitened).double()
    model.observation.whitening.copy_(torch.randn(10, 192))
    z = torch.randn(3, 4).double()
    pictures = model.pictures(z)
    assert pictures.shape == (3, 3, 8, 8)
    torch.testing.assert_close(model.observation.whiten(pictures), model.decoder(z))


@pytest.mark.parametrize("name", ["vgg16", "slim", "small"])
def test_a_random_start_has_the_scale_of_the_data(name: str) -> None:
    model = VHPVAE(dataclasses.replace(ARCHITECTURES[name], isometric_start=False))
    data = 0.3 * torch.randn(40, model.architecture.data_size) + 2
    with torch.no_grad():
        before = model.decoder(torch.randn(64, 128)).var(0).sum()
        model.start_at_random(data)
        decoded = model.decoder(torch.randn(256, 128))
    assert decoded.var(0).sum().item() == pytest.approx(data.var(0).sum().item(), rel=0.25)
    assert decoded.mean().item() == pytest.approx(2, abs=0.1)
    # PyTorch's initialisation leaves the decoder nearly constant.
    assert before < 1e-2 * decoded.var(0).sum()
    images = torch.rand(2, 3, *[model.architecture.image_size] * 2)
    _, log_variance = model.eval().posterior(images)
    expected = torch.full_like(log_variance, 2 * math.log(0.1))
    torch.testing.assert_close(log_variance, expected, atol=0.3, rtol=0)
