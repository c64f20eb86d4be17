"""The encoder's input: crops after mirroring and random changes."""

import dataclasses

import pytest
import torch
from torch import Tensor

from flatsort.reid_vae.training.augmentation import Augmentation, disturb, mirror

NOTHING = Augmentation(shift=0, scale=0, contrast=0, brightness=0, colour=0, erased=0)


@pytest.fixture
def images() -> Tensor:
    return torch.rand(40, 3, 16, 16)


def test_half_of_the_crops_are_mirrored(images: Tensor) -> None:
    turned = mirror(images)
    same = (turned == images).flatten(1).all(1)
    flipped = (turned == images.flip(-1)).flatten(1).all(1)
    assert (same ^ flipped).all()
    # 40 fair coins show 8 to 32 heads except in 4 of 100,000 trials.
    assert 8 <= flipped.sum() <= 32


@pytest.mark.parametrize("factor", [1, 20])
def test_inputs_stay_in_range(images: Tensor, factor: int) -> None:
    named = dataclasses.asdict(Augmentation())
    named = {k: v if k == "patch" else factor * v for k, v in named.items()}
    ranges = Augmentation(**named)
    inputs = disturb(images, ranges)
    assert inputs.shape == images.shape
    assert inputs.min() >= 0
    assert inputs.max() <= 1


def test_without_ranges_the_input_is_the_crop(images: Tensor) -> None:
    torch.testing.assert_close(disturb(images, NOTHING), images, atol=1e-5, rtol=0)


@pytest.mark.parametrize("name", ["shift", "scale", "contrast", "brightness", "colour"])
def test_each_range_changes_the_input(images: Tensor, name: str) -> None:
    inputs = disturb(images, dataclasses.replace(NOTHING, **{name: 0.1}))
    assert ((inputs - images).abs().flatten(1).amax(1) > 1e-3).float().mean() > 0.9


def test_shift_is_a_fraction_of_the_side() -> None:
    # A ramp rises from left to right by 1 / 16 per pixel. A shift by at most a quarter of the side
    # changes values away from the border by at most a quarter, and some by nearly a quarter.
    ramp = ((torch.arange(16) + 0.5) / 16).expand(500, 3, 16, 16)
    inputs = disturb(ramp, dataclasses.replace(NOTHING, shift=0.25))
    moved = (inputs - ramp)[:, 0, :, 4:12].abs()
    assert moved.max() <= 0.25 + 1e-5
    assert moved.max() > 0.24


def test_scale_is_a_fraction_of_the_side() -> None:
    # Near the middle the slope of the ramp changes from 1 to 1 +- 0.2.
    ramp = ((torch.arange(16) + 0.5) / 16).expand(500, 3, 16, 16)
    inputs = disturb(ramp, dataclasses.replace(NOTHING, scale=0.2))
    slopes = (inputs[:, 0, 0, 9] - inputs[:, 0, 0, 6]) / (ramp[:, 0, 0, 9] - ramp[:, 0, 0, 6])
    assert slopes.min() >= 0.8 - 1e-4
    assert slopes.max() <= 1.2 + 1e-4
    assert slopes.max() - slopes.min() > 0.38


def test_brightness_moves_all_values_alike() -> None:
    inputs = disturb(torch.full((200, 3, 8, 8), 0.5), dataclasses.replace(NOTHING, brightness=0.1))
    values = inputs.flatten(1)
    assert (values.amax(1) - values.amin(1)).max() < 1e-5
    assert 0.09 < (values - 0.5).abs().max() <= 0.1 + 1e-5


def test_contrast_turns_about_the_crop_s_mean(images: Tensor) -> None:
    # Values away from 0 and 1, where clamping would change the mean.
    images = 0.4 + 0.2 * images
    inputs = disturb(images, dataclasses.replace(NOTHING, contrast=0.3))
    torch.testing.assert_close(inputs.mean((1, 2, 3)), images.mean((1, 2, 3)))
    factors = inputs.flatten(1).std(1) / images.flatten(1).std(1)
    assert factors.min() >= 0.7 - 1e-4
    assert factors.max() <= 1.3 + 1e-4
    assert factors.max() - factors.min() > 0.3


class TestErasing:
    """Tests on plain grey crops, where all other colours belong to the patch."""

    @staticmethod
    def patches(count: int, **changes: object) -> tuple[Tensor, Tensor]:
        """Return inputs (N, 3, 16, 16), and masks (N, 16, 16) of pixels that differ from grey."""
        ranges = dataclasses.replace(NOTHING, **changes)
        inputs = disturb(torch.full((count, 3, 16, 16), 0.5), ranges)
        return inputs, ((inputs - 0.5).abs() > 1e-4).any(1)

    @pytest.mark.parametrize(("erased", "low", "high"), [(0, 0, 0), (0.3, 105, 195), (1, 500, 500)])
    def test_a_share_of_the_crops(self, erased: float, low: int, high: int) -> None:
        # 0.3 of 500 are 150; the range is 4.4 standard deviations of 10.2 on both sides.
        _, patches = self.patches(500, erased=erased)
        assert low <= patches.flatten(1).any(1).sum() <= high

    def test_a_rectangle_with_sides_in_the_range_wholly_inside(self) -> None:
        _, patches = self.patches(500, erased=1, patch=(0.25, 0.5))
        rows, columns = patches.any(2), patches.any(1)
        assert torch.equal(patches, rows[:, :, None] & columns[:, None, :])
        # A quarter to a half of 16 pixels, also at the border: 4 to 8, in one piece.
        for sides in (rows, columns):
            lengths = sides.sum(1)
            assert set(lengths.tolist()) == {4, 5, 6, 7, 8}
            ends = sides.int().diff(dim=1, prepend=torch.zeros(500, 1)).clamp(min=0)
            assert (ends.sum(1) == 1).all()
        # The sides of squares would differ by at most one pixel.
        assert (rows.sum(1) - columns.sum(1)).abs().max() > 2

    def test_the_patch_may_be_anywhere(self) -> None:
        _, patches = self.patches(500, erased=1)
        for sides in (patches.any(2), patches.any(1)):
            assert sides.any(0).all()
            assert not sides.all(0).any()

    def test_each_patch_has_one_colour_of_its_own(self) -> None:
        inputs, patches = self.patches(100, erased=1)
        colours = []
        for image, patch in zip(inputs, patches, strict=True):
            values = image[:, patch]
            assert (values == values[:, :1]).all()
            colours.append(values[:, 0])
        colours = torch.stack(colours)
        assert len(colours.unique(dim=0)) == 100
        # Some of 300 uniform values are near both ends of the scale.
        assert 0 <= colours.min() < 0.05
        assert 0.95 < colours.max() <= 1

    def test_the_patch_has_the_given_size(self, images: Tensor) -> None:
        inputs = disturb(images, dataclasses.replace(NOTHING, erased=1, patch=(0.5, 0.5)))
        changed = ((inputs - images).abs() > 1e-4).any(1)
        # Half of each side is 8 x 8 pixels; by chance the change of one of them may be too small.
        assert (changed.sum((1, 2)) >= 63).all()
        assert (changed.sum((1, 2)) <= 64).all()


def test_crops_do_not_mix(images: Tensor) -> None:
    others = torch.cat([images[:1], torch.rand(39, 3, 16, 16)])
    torch.manual_seed(3)
    inputs = disturb(images, Augmentation())
    torch.manual_seed(3)
    inputs_among_others = disturb(others, Augmentation())
    assert torch.equal(inputs[0], inputs_among_others[0])


def test_each_crop_is_changed_on_its_own() -> None:
    inputs = disturb(torch.full((20, 3, 8, 8), 0.5), Augmentation())
    assert len(torch.unique(inputs[:, 0, 4, 4])) == 20


def test_does_not_change_its_arguments(images: Tensor) -> None:
    before = images.clone()
    disturb(mirror(images), Augmentation())
    assert torch.equal(images, before)
