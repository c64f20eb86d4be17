"""Principal components as an encoder of crops."""

import dataclasses

import pytest
import torch
from torch import Tensor

from flatsort.reid_vae.model.architecture import Architecture
from flatsort.reid_vae.model.principal_encoder import PrincipalEncoder


def flat_images(count: int, dimensions: int) -> Tensor:
    """Return images (count, 3, 8, 8) in [0, 1] that lie in a plane of so many dimensions."""
    directions = torch.rand(dimensions, 3 * 64)
    weights = torch.rand(count, dimensions) / dimensions
    return (weights @ directions).view(count, 3, 8, 8)


@pytest.fixture
def encoder(tiny: Architecture) -> PrincipalEncoder:
    return PrincipalEncoder(tiny)


def test_distances_between_pictures_in_the_plane_are_kept(encoder: PrincipalEncoder) -> None:
    images = flat_images(60, 4)
    encoder.fit(images)
    latents = encoder.encode(images)
    assert latents.shape == (60, 4)
    torch.testing.assert_close(
        torch.pdist(latents), torch.pdist(images.flatten(1)), rtol=1e-3, atol=1e-5
    )
    assert encoder.errors(images).max() < 1e-8


def test_the_mean_of_the_fitted_crops_is_the_origin(encoder: PrincipalEncoder) -> None:
    images = torch.rand(60, 3, 8, 8)
    encoder.fit(images)
    mean = encoder.encode(images).mean(0)
    torch.testing.assert_close(mean, encoder.latent_mean, rtol=0, atol=1e-5)
    # The first direction has the most variance.
    spread = encoder.encode(images).std(0)
    assert (spread.diff() < 0).all()


def test_the_error_is_what_the_plane_leaves_out(encoder: PrincipalEncoder) -> None:
    images = torch.rand(60, 3, 8, 8)
    encoder.fit(images)
    # Pythagoras: the squares of a centred picture are those in the plane and those left out.
    centred = images.flatten(1) - encoder.mean
    left = 3 * 64 * encoder.errors(images)
    expected = encoder.encode(images).square().sum(1) + left
    torch.testing.assert_close(centred.square().sum(1), expected, rtol=1e-4, atol=1e-4)


def test_pictures_are_those_that_the_architecture_decodes(tiny_lab: Architecture) -> None:
    encoder = PrincipalEncoder(dataclasses.replace(tiny_lab, latent_size=3))
    images = torch.rand(60, 3, 8, 8)
    encoder.observation.fit_channels(images)
    pictures = encoder.observation.pictures(images)
    encoder.fit(pictures)
    expected = (pictures.flatten(1) - pictures.flatten(1).mean(0)) @ encoder.directions
    torch.testing.assert_close(encoder.encode(images), expected, rtol=1e-3, atol=1e-4)


def test_too_few_pictures(encoder: PrincipalEncoder) -> None:
    with pytest.raises(ValueError, match="4 data points of 192 values have no 4 principal"):
        encoder.fit(torch.rand(4, 3, 8, 8))
