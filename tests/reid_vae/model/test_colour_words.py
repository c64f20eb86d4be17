"""Histograms of colours: words by hand, rows that keep their place, light that counts little."""

import dataclasses

import pytest
import torch

from flatsort.reid_vae.model.architecture import Architecture
from flatsort.reid_vae.model.colour_words import ColourWords, colour_words
from flatsort.reid_vae.model.observation import Observation

TWO_LEVELS = 18
"""Words of two lightnesses: a grey one and eight hues each."""


@pytest.fixture
def worded(tiny_features: Architecture) -> Architecture:
    """The tiny features with colours of two lightnesses."""
    return dataclasses.replace(tiny_features, word_levels=2)


def rows_of(values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the largest and the mean weights (N, words, 3 rows of windows) of 16x8 images."""
    largest, mean = values.flatten(1).square().unflatten(1, (2, TWO_LEVELS, 3)).unbind(1)
    return largest, mean


def test_the_words_of_one_lightness() -> None:
    half = 20 / 2**0.5
    expected = [(0, 0), (20, 0), (half, half), (0, 20), (-half, half), (-20, 0), (-half, -half)]
    expected += [(0, -20), (half, -half)]
    words = colour_words(1)
    torch.testing.assert_close(words[:, 0], torch.full((9,), 50.0))
    torch.testing.assert_close(words[:, 1:], torch.tensor(expected), atol=1e-5, rtol=0)
    assert colour_words(2)[::9, 0].tolist() == [25, 75]


def test_there_are_as_many_values_as_the_architecture_says(worded: Architecture) -> None:
    # 16 rows of pixels make 8 rows of places and 3 rows of windows, each with two values a word.
    size = 2 * TWO_LEVELS * 3
    assert ColourWords(worded)(torch.rand(2, 3, 16, 8)).shape == (2, size, 1, 1)
    assert worded.picture_size == 24 + size


def test_the_weights_of_a_window_add_up_to_one(worded: Architecture) -> None:
    _, mean = rows_of(ColourWords(worded)(torch.rand(2, 3, 16, 8)))
    # No weight is below 1e-6.
    torch.testing.assert_close(mean.sum(1), torch.ones(2, 3), atol=1e-4, rtol=0)


def test_a_grey_crop_is_grey_whatever_its_exposure(worded: Architecture) -> None:
    words = ColourWords(worded)
    dark, light = (words(torch.full((1, 3, 16, 8), value)) for value in (0.1, 0.8))
    torch.testing.assert_close(dark, light)
    _, mean = rows_of(dark)
    # Every row has a grey of 0.35. Its linear value is 0.1, so L* is 38: nearer to 25 than to 75.
    assert (mean[0].argmax(0) == 0).all()


def test_a_red_shirt_is_in_the_upper_rows_and_a_turn_does_not_move_it(
    worded: Architecture,
) -> None:
    image = torch.full((1, 3, 16, 8), 0.4)
    image[:, 0, :8] = 0.7
    image[:, 1:, :8] = 0.2
    words = ColourWords(worded)
    values = words(image)
    _, mean = rows_of(values)
    # Red is near the hue of a* = 20 and b* = 0 or that of 45 degrees; both lightnesses have them.
    red = mean[0][[1, 2, 10, 11]].sum(0)
    assert red[0] > 0.9
    assert red[2] < 0.1
    torch.testing.assert_close(words(image.flip(3)), values)


def test_the_colours_have_the_variance_of_the_learned_features(worded: Architecture) -> None:
    observation = Observation(worded)
    images = torch.rand(40, 3, 16, 16) * torch.rand(40, 3, 1, 1)
    observation.fit_channels(images)
    learned, colours = observation.pictures(images).split([24, 2 * TWO_LEVELS * 3], 1)
    torch.testing.assert_close(colours.var(0).sum(), learned.var(0).sum())


def test_colours_need_learned_features(tiny: Architecture) -> None:
    with pytest.raises(ValueError, match="word_levels needs feature_channels"):
        dataclasses.replace(tiny, word_levels=2)


def test_all_tensors_are_on_the_device_of_the_module(worded: Architecture) -> None:
    # The device meta refuses tensors of the CPU, as a GPU does.
    words = ColourWords(worded).to("meta")
    assert words(torch.empty(2, 3, 16, 8, device="meta")).shape[0] == 2
