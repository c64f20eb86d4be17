"""What the encoder is given and what the decoder is to make of it."""

import dataclasses

import pytest
import torch
from torch import Tensor

from reid_vae.augmentation import Augmentation, augment

NOTHING = Augmentation(shift=0, scale=0, contrast=0, brightness=0, colour=0)


@pytest.fixture
def images() -> Tensor:
    return torch.rand(40, 3, 16, 16)


def mirrored(images: Tensor, targets: Tensor) -> Tensor:
    """(N,) whether each target is its image's mirror image."""
    same = (targets == images).flatten(1).all(1)
    mirror = (targets == images.flip(-1)).flatten(1).all(1)
    assert (same ^ mirror).all()
    return mirror


def test_targets_are_the_clean_crops_or_their_mirror_images(images: Tensor) -> None:
    _, targets = augment(images, Augmentation())
    # Of 40 fair coins, 8 to 32 heads: all but 4 in 100,000.
    assert 8 <= mirrored(images, targets).sum() <= 32


@pytest.mark.parametrize("factor", [1, 20])
def test_inputs_stay_in_range(images: Tensor, factor: int) -> None:
    ranges = Augmentation(**{k: factor * v for k, v in dataclasses.asdict(Augmentation()).items()})
    inputs, targets = augment(images, ranges)
    assert inputs.shape == targets.shape == images.shape
    assert inputs.min() >= 0
    assert inputs.max() <= 1


def test_without_ranges_the_input_is_the_target(images: Tensor) -> None:
    inputs, targets = augment(images, NOTHING)
    torch.testing.assert_close(inputs, targets, atol=1e-5, rtol=0)


@pytest.mark.parametrize("name", ["shift", "scale", "contrast", "brightness", "colour"])
def test_each_range_changes_the_input_only(images: Tensor, name: str) -> None:
    inputs, targets = augment(images, dataclasses.replace(NOTHING, **{name: 0.1}))
    assert ((inputs - targets).abs().flatten(1).amax(1) > 1e-3).float().mean() > 0.9
    mirrored(images, targets)


def test_shift_is_a_fraction_of_the_side() -> None:
    # A ramp from left to right rises by 1 / 16 a pixel: shifted by at most a quarter of the side,
    # away from the border the values move by at most a quarter, and some by nearly that.
    ramp = ((torch.arange(16) + 0.5) / 16).expand(500, 3, 16, 16)
    inputs, targets = augment(ramp, dataclasses.replace(NOTHING, shift=0.25))
    moved = (inputs - targets)[:, 0, :, 4:12].abs()
    assert moved.max() <= 0.25 + 1e-5
    assert moved.max() > 0.24


def test_scale_is_a_fraction_of_the_side() -> None:
    # About the middle a ramp of slope 1 becomes one of slope 1 +- 0.2.
    ramp = ((torch.arange(16) + 0.5) / 16).expand(500, 3, 16, 16)
    inputs, targets = augment(ramp, dataclasses.replace(NOTHING, scale=0.2))
    slopes = (inputs[:, 0, 0, 9] - inputs[:, 0, 0, 6]) / (targets[:, 0, 0, 9] - targets[:, 0, 0, 6])
    assert slopes.min() >= 0.8 - 1e-4
    assert slopes.max() <= 1.2 + 1e-4
    assert slopes.max() - slopes.min() > 0.38


def test_brightness_moves_all_values_alike() -> None:
    inputs, _ = augment(
        torch.full((200, 3, 8, 8), 0.5), dataclasses.replace(NOTHING, brightness=0.1)
    )
    values = inputs.flatten(1)
    assert (values.amax(1) - values.amin(1)).max() < 1e-5
    assert 0.09 < (values - 0.5).abs().max() <= 0.1 + 1e-5


def test_contrast_turns_about_the_crop_s_mean(images: Tensor) -> None:
    # Values kept off 0 and 1, where clamping would move the mean.
    images = 0.4 + 0.2 * images
    inputs, targets = augment(images, dataclasses.replace(NOTHING, contrast=0.3))
    torch.testing.assert_close(inputs.mean((1, 2, 3)), targets.mean((1, 2, 3)))
    factors = inputs.flatten(1).std(1) / targets.flatten(1).std(1)
    assert factors.min() >= 0.7 - 1e-4
    assert factors.max() <= 1.3 + 1e-4
    assert factors.max() - factors.min() > 0.3


def test_crops_do_not_mix(images: Tensor) -> None:
    others = torch.cat([images[:1], torch.rand(39, 3, 16, 16)])
    torch.manual_seed(3)
    inputs, targets = augment(images, Augmentation())
    torch.manual_seed(3)
    inputs_among_others, targets_among_others = augment(others, Augmentation())
    assert torch.equal(inputs[0], inputs_among_others[0])
    assert torch.equal(targets[0], targets_among_others[0])


def test_each_crop_is_changed_on_its_own() -> None:
    inputs, _ = augment(torch.full((20, 3, 8, 8), 0.5), Augmentation())
    assert len(torch.unique(inputs[:, 0, 4, 4])) == 20


def test_leaves_the_given_images_alone(images: Tensor) -> None:
    before = images.clone()
    augment(images, Augmentation())
    assert torch.equal(images, before)
