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


def test_beside_a_bypass_convolutions_start_at_the_mean_picture(tiny: Architecture) -> None:
    model = VHPVAE(dataclasses.replace(tiny, bypass=True))
    mean = torch.linspace(-5, 5, model.architecture.data_size)
    model.start_at_random(mean + 0.1 * torch.randn(400, len(mean)))
    with torch.no_grad():
        decoded = model.decoder(torch.randn(4096, 4)).mean(0)
    torch.testing.assert_close(decoded, mean, atol=0.1, rtol=0)


class TestDense:
    """Encoder and decoder of principal coordinates."""

    @pytest.fixture
    def architecture(self, tiny_whitened: Architecture) -> Architecture:
        return dataclasses.replace(
            tiny_whitened, isometric_start=False, encoder_hidden=(16,), activation="silu"
        )

    def test_the_encoder_sees_only_the_data(self, architecture: Architecture) -> None:
        model = VHPVAE(architecture).eval()
        model.observation.whitening.copy_(torch.eye(10, 192))
        images = torch.rand(3, 3, 8, 8)
        changed = images.clone()
        # The first ten values are the first row and two more of the red channel.
        changed[:, 1:] = 0
        assert torch.equal(model.encode(images), model.encode(changed))
        changed[:, 0, 0, 0] += 1
        assert not torch.equal(model.encode(images), model.encode(changed))

    @pytest.mark.parametrize("bypass", [False, True])
    def test_a_random_start_has_the_scale_of_the_data(
        self, architecture: Architecture, bypass: bool
    ) -> None:
        model = VHPVAE(dataclasses.replace(architecture, bypass=bypass, dense_hidden=(64,)))
        data = 0.3 * torch.randn(40, 10) + 2
        model.start_at_random(data)
        with torch.no_grad():
            decoded = model.decoder(torch.randn(4096, 4))
        assert decoded.var(0).sum().item() == pytest.approx(data.var(0).sum().item(), rel=0.35)
        torch.testing.assert_close(decoded.mean(0), data.mean(0), atol=0.1, rtol=0)

    def test_a_bypass_starts_as_an_isometry_of_half_the_variance(
        self, architecture: Architecture
    ) -> None:
        model = VHPVAE(dataclasses.replace(architecture, bypass=True))
        model.start_at_random(torch.randn(50, 10))
        weight = model.decoder.linear.weight.detach()
        gram = weight.T @ weight
        torch.testing.assert_close(gram, gram[0, 0] * torch.eye(4), atol=1e-5, rtol=0)


def test_a_normaliser_gives_means_unit_variance(tiny: Architecture) -> None:
    model = VHPVAE(dataclasses.replace(tiny, normalised_latents=True))
    images = torch.rand(64, 3, 8, 8)
    mean, _ = model.posterior(images)
    torch.testing.assert_close(mean.mean(0), torch.zeros(4), atol=1e-4, rtol=0)
    torch.testing.assert_close(mean.var(0, correction=0), torch.ones(4), atol=0.01, rtol=0)
    # A trained encoder describes each crop by itself.
    model.eval()
    torch.testing.assert_close(model.encode(images)[:1], model.encode(images[:1]))
