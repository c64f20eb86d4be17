"""Learned features: their parts worked out by hand, and a data space that training never moves."""

import dataclasses

import pytest
import torch
from torch import nn

from flatsort.reid_vae.model.architecture import Architecture
from flatsort.reid_vae.model.feature_network import FeatureNetwork
from flatsort.reid_vae.model.observation import Observation
from flatsort.reid_vae.model.vhpvae import VHPVAE


def test_one_part_for_the_whole_crop_and_one_per_stripe(tiny_features: Architecture) -> None:
    network = FeatureNetwork(tiny_features)
    # Without stages, the maps are the image itself, in units of a quarter about the middle.
    network.stages = nn.Identity()
    maps = torch.tensor([[1.0, 2.0], [4.0, 3.0], [-5.0, 6.0], [8.0, 0.0]])
    features = network.describe(0.5 + 0.25 * maps.expand(1, 1, 4, 2))
    # The cubes of 1, 2, 4, 3, 6 and 8 sum to 828; negative values count as 0.
    whole = (828 / 8) ** (1 / 3)
    # The largest values of the rows are 2, 4, 6, 8; the stripes have two rows each.
    torch.testing.assert_close(features.flatten(), torch.tensor([whole, 3.0, 7.0]))
    assert features.shape == (1, 3, 1, 1)


def test_there_are_as_many_features_as_the_architecture_says(tiny_features: Architecture) -> None:
    features = FeatureNetwork(tiny_features)(torch.rand(2, 3, 16, 16))
    assert features.shape == (2, tiny_features.picture_size, 1, 1) == (2, 24, 1, 1)


def test_neighbouring_columns_are_averaged(tiny_features: Architecture) -> None:
    network = FeatureNetwork(tiny_features).eval()
    images = torch.rand(2, 3, 16, 16)
    # Exchanging the columns of each pair changes no mean of a pair.
    swapped = images.unflatten(3, (8, 2)).flip(4).flatten(3)
    torch.testing.assert_close(network(swapped), network(images))


def test_light_reaches_only_the_half_that_is_not_normalised(tiny_features: Architecture) -> None:
    network = FeatureNetwork(tiny_features).eval()
    layer = network.stages[4]
    maps = torch.rand(3, 4, 4, 4)
    before, after = layer(maps), layer(2 * maps + 1)
    # The instance norm adds 1e-5 to the variance, which is about 0.08 here.
    torch.testing.assert_close(after[:, :2], before[:, :2], atol=1e-3, rtol=1e-3)
    assert (after[:, 2:] - before[:, 2:]).abs().min() > 0.9


def test_training_does_not_change_the_data_space(tiny_features: Architecture) -> None:
    model = VHPVAE(tiny_features)
    images = torch.rand(8, 3, 16, 16)
    before = model.observation.pictures(images)
    model.train()
    torch.testing.assert_close(model.observation.pictures(images), before, rtol=0, atol=0)
    assert not any(each.requires_grad for each in model.observation.parameters())


def test_features_have_the_shape_of_one_pixel(tiny_features: Architecture) -> None:
    observation = Observation(tiny_features)
    pictures = observation.pictures(torch.rand(2, 3, 16, 16))
    assert observation.picture_shape == pictures.shape[1:] == (24, 1, 1)
    data = observation.whiten(pictures)
    assert data.shape == (2, tiny_features.whitened_size)
    torch.testing.assert_close(observation.whiten(observation.unwhiten(data)), data)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"feature_stripes": 3}, "feature_stripes 3 must divide the 4 rows"),
        ({"feature_channels": (4,) * 6}, "must divide the 0 rows"),
        ({"encoder_hidden": ()}, "feature_channels needs encoder_hidden"),
    ],
)
def test_sizes_that_do_not_fit(tiny_features: Architecture, changes: dict, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        dataclasses.replace(tiny_features, **changes)
