"""Varied crops: other pictures of the same people, still between 0 and 1."""

import torch

from flatsort.reid_vae.training import variation
from flatsort.reid_vae.training.variation import vary


def test_every_crop_changes_and_stays_a_picture() -> None:
    images = torch.rand(32, 3, 16, 8)
    varied = vary(images)
    assert varied.shape == images.shape
    assert varied.min() >= 0
    assert varied.max() <= 1
    assert ((varied - images).abs().flatten(1).amax(1) > 0.01).all()


def test_the_seed_decides() -> None:
    images = torch.rand(4, 3, 16, 8)
    results = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        results.append(vary(images))
    assert torch.equal(results[0], results[1])
    assert not torch.equal(results[0], results[2])


def test_surroundings_come_from_another_crop_and_the_middle_stays(monkeypatch) -> None:
    monkeypatch.setattr(variation, "SURROUNDED", 1.0)
    monkeypatch.setattr(variation, "_shuffled", lambda images: images.flip(0))
    black_and_white = torch.stack([torch.zeros(3, 33, 33), torch.ones(3, 33, 33)])
    found = variation._surround(black_and_white)
    # The seam is at least 0.45 - 0.15 from the middle; a logistic of 12 * 0.3 leaves 3 %.
    assert (found[:, :, 16, 16] - black_and_white[:, :, 16, 16]).abs().max() < 0.03
    # The largest distance of the seam is 0.8 + 0.15, so most of the edge is another crop's.
    assert found[0, :, 16, 0].min() > 0.6
    assert found[1, :, 16, 0].max() < 0.4


def test_people_in_front_cover_the_lower_part(monkeypatch) -> None:
    monkeypatch.setattr(variation, "HIDDEN", 1.0)
    monkeypatch.setattr(variation, "_shuffled", lambda images: images.flip(0))
    images = torch.cat([torch.zeros(200, 3, 20, 10), torch.ones(200, 3, 20, 10)])
    changed = (variation._hide(images) != images)[:, 0].float().mean((0, 2))
    # People in front begin at -0.2 or lower, on a scale from -1 at the top to 1 at the bottom.
    assert changed[:8].max() == 0
    assert changed[8:].diff().min() >= 0
    assert changed[-1] > 0.3


def test_a_patch_has_one_colour(monkeypatch) -> None:
    monkeypatch.setattr(variation, "ERASED", 1.0)
    images = torch.rand(50, 3, 16, 16)
    erased = variation._erase(images)
    for before, after in zip(images, erased, strict=True):
        patch = (before != after).any(0)
        if patch.any():
            assert (after[:, patch] == after[:, patch][:, :1]).all()
