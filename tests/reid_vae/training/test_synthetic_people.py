"""Synthetic people: a crop and its target must show the same new person."""

import dataclasses

import pytest
import torch
from torch import Tensor

from flatsort.reid_vae.model.architecture import Architecture
from flatsort.reid_vae.model.colour_spaces import lab_to_rgb, rgb_to_lab
from flatsort.reid_vae.model.observation import Observation
from flatsort.reid_vae.training import synthetic_people
from flatsort.reid_vae.training.synthetic_people import synthesise_people


@pytest.fixture
def images() -> Tensor:
    """(60, 3, 8, 8) near grey, so that all changed colours are within sRGB."""
    return 0.45 + 0.1 * torch.rand(60, 3, 8, 8)


@pytest.fixture
def observation(tiny_lab: Architecture, images: Tensor) -> Observation:
    """L*a*b* pictures of half the crop's side, with faded edges."""
    observation = Observation(tiny_lab)
    observation.fit_channels(images)
    return observation


def only(change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Switch off the other two of the three changes."""
    for each in {"_recolour", "_join", "_blend"} - {change}:
        monkeypatch.setattr(synthetic_people, each, lambda *colours: colours)


@pytest.mark.parametrize("change", ["_recolour", "_join", "_blend", "all"])
@pytest.mark.parametrize("colours", ["lab", "rgb"])
def test_the_target_is_the_picture_of_the_new_crop(
    tiny_lab: Architecture,
    images: Tensor,
    monkeypatch: pytest.MonkeyPatch,
    change: str,
    colours: str,
) -> None:
    # Pictures are as large as crops, so no pixels are averaged: RGB and L*a*b* means would differ.
    observation = Observation(
        dataclasses.replace(tiny_lab, colours=colours, observed_size=tiny_lab.image_size)
    )
    observation.fit_channels(images)
    if change != "all":
        only(change, monkeypatch)
    for share in ("SYNTHETIC", "JOINED", "BLENDED"):
        monkeypatch.setattr(synthetic_people, share, 1.0)
    new, targets = synthesise_people(images, observation.pictures(images), observation)
    torch.testing.assert_close(observation.pictures(new), targets, atol=2e-2, rtol=0)
    assert (new - images).abs().amax((1, 2, 3)).median() > 0.01


def test_a_smaller_target_is_the_picture_of_the_new_crop(
    images: Tensor, observation: Observation
) -> None:
    new, targets = synthesise_people(images, observation.pictures(images), observation)
    torch.testing.assert_close(observation.pictures(new), targets, atol=2e-2, rtol=0)


def test_most_crops_change(observation: Observation) -> None:
    images = 0.45 + 0.1 * torch.rand(500, 3, 8, 8)
    before = observation.pictures(images)
    new, targets = synthesise_people(images, before, observation)
    changed = (new != images).flatten(1).any(1)
    # 0.9 of 500 are 450; the range is six standard deviations of 6.7 on both sides.
    assert 410 <= changed.sum() <= 490
    assert torch.equal(changed, (targets != before).flatten(1).any(1))


class TestRecolour:
    def test_turns_stretches_and_shifts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        # Crops of one colour: L* 50, and chroma 10 along a*.
        lab = torch.tensor([50.0, 10, 0])[None, :, None, None].expand(4000, 3, 2, 2)
        (new,) = synthetic_people._recolour(lab)
        assert (new == new[:, :, :1, :1]).all()
        lightness, a, b = new[:, :, 0, 0].unbind(1)
        # L* 50 is the middle of the range, so it only shifts, by up to 12.
        assert 11.5 < (lightness - 50).abs().max() <= 12
        chroma = torch.hypot(a, b) / 10
        assert 0.6065 <= chroma.min() < 0.61
        assert 1.64 < chroma.max() <= 1.6488
        quadrants = 2 * (a > 0) + (b > 0)
        assert torch.bincount(quadrants).min() > 850

    def test_stretches_lightness_about_the_middle(self) -> None:
        # Each crop is half dark (40), half bright (60); the difference scales by e^-.35 to e^.35.
        lab = torch.zeros(2000, 3, 1, 2)
        lab[:, 0, 0, 0], lab[:, 0, 0, 1] = 40, 60
        (new,) = synthetic_people._recolour(lab)
        contrast = (new[:, 0, 0, 1] - new[:, 0, 0, 0]) / 20
        assert 0.7046 <= contrast.min() < 0.71
        assert 1.41 < contrast.max() <= 1.4191

    def test_crops_and_targets_change_equally(self) -> None:
        lab = torch.randn(10, 3, 4, 4)
        one, other = synthetic_people._recolour(lab, lab.clone())
        assert torch.equal(one, other)


class TestJoin:
    def test_rows_below_the_seam_come_from_another_crop(self) -> None:
        # All values of a crop are its number.
        count = 400
        large = torch.arange(float(count))[:, None, None, None].expand(count, 3, 20, 6)
        small = large[:, :, :10, :3]
        new, new_small = synthetic_people._join(large, small)
        assert torch.equal(new[:, :, ::2, ::2], new_small)
        assert torch.equal(new[:, :, 1::2, ::2], new_small)
        assert (new == new[..., :1]).all()
        rows = new_small[:, 0, :, 0]
        own = rows == torch.arange(float(count))[:, None]
        # The seam is at 0.3 to 0.7 of ten rows, so the head is the crop's own.
        assert own[:, :3].all()
        heights = set(own.sum(1).tolist())
        assert heights == {3, 4, 5, 6, 7, 10}
        joined = ~own.all(1)
        assert (own[joined].int().diff(dim=1) <= 0).all()
        # Half of 400 is 200; the range is five standard deviations of 10 on both sides.
        assert 150 < joined.sum() < 250


class TestBlend:
    def test_the_partner_has_at_most_half_the_weight(self) -> None:
        # One-hot crops show the weights of each crop and its partner.
        lab = torch.eye(300)[:, :, None, None].expand(300, 300, 2, 2)
        new, small = synthetic_people._blend(lab, lab[:, :, :1, :1])
        assert torch.equal(new[:, :, :1, :1], small)
        torch.testing.assert_close(new.sum(1), torch.ones(300, 2, 2))
        kept = new[:, :, 0, 0].diagonal()
        assert kept.min() >= 0.5
        mixed = kept < 1
        assert 90 < mixed.sum() < 210
        assert kept[mixed].min() < 0.55
        assert kept[mixed].max() > 0.95


def test_colours_stay_in_range(observation: Observation) -> None:
    images = torch.rand(100, 3, 8, 8)
    new, targets = synthesise_people(images, observation.pictures(images), observation)
    assert new.min() >= 0
    assert new.max() <= 1
    assert targets.isfinite().all()


@pytest.mark.parametrize("colours", ["lab", "rgb"])
def test_to_lab_and_back(tiny_lab: Architecture, images: Tensor, colours: str) -> None:
    observation = Observation(dataclasses.replace(tiny_lab, colours=colours))
    observation.fit_channels(images)
    pictures = observation.pictures(images)
    lab = observation.to_lab(pictures)
    torch.testing.assert_close(observation.from_lab(lab), pictures, atol=1e-3, rtol=0)
    blocks = images[:, :, ::2, ::2]
    plain = blocks.repeat_interleave(2, 2).repeat_interleave(2, 3)
    expected = rgb_to_lab(blocks)
    torch.testing.assert_close(
        observation.to_lab(observation.pictures(plain)), expected, atol=0.02, rtol=0
    )
    torch.testing.assert_close(lab_to_rgb(expected), blocks, atol=1e-3, rtol=0)
