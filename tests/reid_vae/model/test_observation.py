"""The data space: pictures of crops, and their whitening."""

import dataclasses
import math

import pytest
import torch
from torch import Tensor

from flatsort.reid_vae.model.architecture import Architecture
from flatsort.reid_vae.model.colour_spaces import rgb_to_lab
from flatsort.reid_vae.model.observation import Observation, feathered_window


@pytest.fixture
def images() -> Tensor:
    return torch.rand(20, 3, 8, 8)


@pytest.fixture
def plain_lab(tiny_lab: Architecture) -> Architecture:
    """Small L*a*b* pictures without the window."""
    return dataclasses.replace(tiny_lab, feather=0.0)


@pytest.fixture
def whitened(tiny_whitened: Architecture) -> Observation:
    """A data space of ten values per picture; its whitening is a random matrix of full rank."""
    observation = Observation(tiny_whitened).double()
    observation.whitening.copy_(torch.randn(10, 192))
    return observation


class TestPictures:
    def test_rgb_of_the_same_size_is_the_crop_itself(
        self, tiny: Architecture, images: Tensor
    ) -> None:
        observation = Observation(tiny)
        observation.fit_channels(images)
        assert torch.equal(observation.pictures(images), images)

    def test_a_smaller_picture_holds_means_of_pixels(self, tiny: Architecture) -> None:
        observation = Observation(dataclasses.replace(tiny, observed_size=4))
        # Values number the pixels row by row: 0 to 7, 8 to 15, ...
        images = torch.arange(64.0).view(1, 1, 8, 8).expand(1, 3, 8, 8)
        pictures = observation.pictures(images)
        assert pictures.shape == (1, 3, 4, 4)
        # Upper left (0 + 1 + 8 + 9) / 4; the next column 2 more; the next row 16 more.
        assert pictures[0, 0, 0, 0] == 4.5
        assert pictures[0, 1, 0, 1] == 6.5
        assert pictures[0, 2, 1, 0] == 20.5

    def test_the_mean_is_of_l_a_b_values_and_not_of_linear_light(
        self, plain_lab: Architecture
    ) -> None:
        # Each 2x2 block is half black and half white: L = 50, where linear light would give 76.
        images = (torch.arange(8) % 2).float().expand(1, 3, 8, 8)
        lightness, *chroma = Observation(plain_lab).pictures(images)[0]
        torch.testing.assert_close(lightness, torch.full((4, 4), 50.0), atol=1e-3, rtol=0)
        for values in chroma:
            torch.testing.assert_close(values, torch.zeros(4, 4), atol=1e-3, rtol=0)

    def test_fitted_channels_have_mean_0_and_deviation_1(
        self, plain_lab: Architecture, images: Tensor
    ) -> None:
        # Bright, strong colours, so that no channel's deviation is clamped to 1.
        images = (images > 0.3).float()
        observation = Observation(plain_lab)
        observation.fit_channels(images)
        pictures = observation.pictures(images)
        torch.testing.assert_close(pictures.mean((0, 2, 3)), torch.zeros(3), atol=1e-4, rtol=0)
        torch.testing.assert_close(pictures.std((0, 2, 3)), torch.ones(3), atol=1e-4, rtol=0)
        assert len(set(observation.channel_std.tolist())) == 3

    def test_fitted_units_do_not_depend_on_the_batch(
        self, plain_lab: Architecture, images: Tensor
    ) -> None:
        observation = Observation(plain_lab)
        observation.fit_channels(images)
        alone, among_all = observation.pictures(images[:1]), observation.pictures(images)
        torch.testing.assert_close(alone, among_all[:1])

    def test_grey_footage_has_units_above_zero(
        self, plain_lab: Architecture, images: Tensor
    ) -> None:
        grey = images.mean(1, keepdim=True).expand(-1, 3, -1, -1)
        observation = Observation(plain_lab)
        observation.fit_channels(grey)
        pictures = observation.pictures(grey)
        assert observation.channel_std[1:].tolist() == [1, 1]
        assert torch.isfinite(pictures).all()
        assert pictures[:, 1:].abs().max() < 1e-3

    def test_the_window_fades_towards_the_mean_colour(
        self, tiny_lab: Architecture, plain_lab: Architecture, images: Tensor
    ) -> None:
        faded, whole = Observation(tiny_lab), Observation(plain_lab)
        for observation in (faded, whole):
            observation.fit_channels(images)
        expected = whole.pictures(images) * feathered_window(4, 0.25)
        torch.testing.assert_close(faded.pictures(images), expected)


class TestWindow:
    def test_without_feather_it_is_1_everywhere(self) -> None:
        assert torch.equal(feathered_window(5, 0.0), torch.ones(5, 5))

    def test_is_1_at_the_centre_and_falls_on_all_sides(self) -> None:
        window = feathered_window(5, 0.3)
        assert window[2, 2] == 1
        assert (window.flatten() == 1).sum() == 1
        torch.testing.assert_close(window, window.T)
        torch.testing.assert_close(window, window.flip(0))
        assert (window[2].diff().sign() == torch.tensor([1, 1, -1, -1])).all()

    def test_by_hand(self) -> None:
        # A standard deviation of a quarter of four pixels is one pixel. Pixel centres are 0.5 and
        # 1.5 pixels from the middle.
        window = feathered_window(4, 0.25)
        assert window[1, 2].item() == pytest.approx(math.exp(-0.25))
        assert window[0, 1].item() == pytest.approx(math.exp(-1.25))
        assert window[0, 3].item() == pytest.approx(math.exp(-2.25))


class TestWhitening:
    def test_isotropic_data_are_the_picture_s_values(
        self, tiny_lab: Architecture, images: Tensor
    ) -> None:
        observation = Observation(tiny_lab)
        pictures = observation.pictures(images)
        values = observation.whiten(pictures)
        assert values.shape == (20, tiny_lab.data_size)
        assert torch.equal(values, pictures.flatten(1))
        assert torch.equal(observation.unwhiten(values), pictures)

    def test_is_a_matrix_product(self, whitened: Observation) -> None:
        pictures = torch.randn(4, 3, 8, 8).double()
        expected = torch.stack([whitened.whitening @ p.flatten() for p in pictures])
        torch.testing.assert_close(whitened.whiten(pictures), expected)

    def test_unwhitened_data_whiten_to_themselves(self, whitened: Observation) -> None:
        values = torch.randn(6, 10).double()
        pictures = whitened.unwhiten(values)
        assert pictures.shape == (6, 3, 8, 8)
        torch.testing.assert_close(whitened.whiten(pictures), values)

    def test_a_picture_in_the_row_space_is_recovered(self, whitened: Observation) -> None:
        inside = (torch.randn(6, 10).double() @ whitened.whitening).view(6, 3, 8, 8)
        torch.testing.assert_close(whitened.unwhiten(whitened.whiten(inside)), inside)

    def test_the_part_of_any_picture_in_the_row_space_is_recovered(
        self, whitened: Observation
    ) -> None:
        pictures = torch.randn(6, 3, 8, 8).double()
        lost = (pictures - whitened.unwhiten(whitened.whiten(pictures))).flatten(1)
        assert lost.abs().max() > 0.1
        torch.testing.assert_close(
            lost @ whitened.whitening.T, torch.zeros(6, 10).double(), atol=1e-9, rtol=0
        )

    def test_is_saved_with_the_weights(self, whitened: Observation, tiny: Architecture) -> None:
        assert whitened.state_dict().keys() == {"channel_mean", "channel_std", "whitening"}
        assert Observation(tiny).state_dict().keys() == {"channel_mean", "channel_std"}


class TestToRgb:
    @pytest.mark.parametrize("colours", ["rgb", "lab"])
    def test_recovers_the_image(self, tiny: Architecture, images: Tensor, colours: str) -> None:
        observation = Observation(dataclasses.replace(tiny, colours=colours))
        observation.fit_channels(images)
        shown = observation.to_rgb(observation.pictures(images))
        torch.testing.assert_close(shown, images, atol=1e-3, rtol=0)

    def test_uniform_blocks_survive_the_smaller_picture(
        self, plain_lab: Architecture, images: Tensor
    ) -> None:
        small = images[:, :, ::2, ::2]
        large = small.repeat_interleave(2, 2).repeat_interleave(2, 3)
        observation = Observation(plain_lab)
        observation.fit_channels(large)
        shown = observation.to_rgb(observation.pictures(large))
        torch.testing.assert_close(shown, small, atol=1e-3, rtol=0)

    def test_zero_is_the_mean_colour(self, tiny_lab: Architecture, images: Tensor) -> None:
        observation = Observation(tiny_lab)
        observation.fit_channels(images)
        shown = observation.to_rgb(torch.zeros(1, 3, 4, 4))
        expected = rgb_to_lab(images).mean((0, 2, 3))
        torch.testing.assert_close(
            rgb_to_lab(shown), expected.view(1, 3, 1, 1).expand(1, 3, 4, 4), atol=0.01, rtol=0
        )

    @pytest.mark.parametrize("colours", ["rgb", "lab"])
    def test_stays_in_range_for_any_decoder_output(self, tiny: Architecture, colours: str) -> None:
        observation = Observation(dataclasses.replace(tiny, colours=colours))
        shown = observation.to_rgb(100 * torch.randn(3, 3, 8, 8))
        assert shown.min() >= 0
        assert shown.max() <= 1
