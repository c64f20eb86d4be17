"""The planned number of steps; the time per step depends on the machine."""

import time

import numpy as np
import pytest

from flatsort.adaptation import training_plan
from flatsort.adaptation.motion_links import link_by_motion
from flatsort.adaptation.training_plan import Plan, make_plan
from flatsort.reid_vae.model.architecture import ARCHITECTURES, Architecture
from flatsort.training.crop_set import CropSet


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    small = Architecture(
        image_size=16,
        observed_size=8,
        latent_size=4,
        prior_latent_size=4,
        encoder_channels=(4, 8),
        encoder_convolutions=(1, 1),
        decoder_channels=(8, 4),
        prior_hidden=(16,),
        isometric_start=True,
    )
    monkeypatch.setitem(ARCHITECTURES, "tiny", small)
    monkeypatch.setattr(training_plan, "ARCHITECTURE", "tiny")
    monkeypatch.setattr(training_plan, "BATCH_SIZE", 8)
    monkeypatch.setattr(training_plan, "LEAST_STEPS", 20)
    monkeypatch.setattr(training_plan, "MOST_STEPS", 50)


@pytest.fixture
def crops():
    """Two people stand still for 20 frames; their pictures are noise."""
    rng = np.random.default_rng(0)
    frames = np.repeat(np.arange(1, 21), 2)
    boxes_tlwh = np.tile([[0.0, 0, 20, 40], [100, 0, 20, 40]], (20, 1))
    images = rng.integers(0, 256, (40, 16, 16, 3), dtype=np.uint8)
    return CropSet(images, np.zeros(40, np.int64), frames, boxes_tlwh)


@pytest.mark.parametrize(("left", "steps"), [(1e9, 50), (12.5, 50), (11.0, 0), (-1.0, 0)])
def test_steps_are_within_sensible_bounds(crops, left, steps):
    people = link_by_motion(crops)
    plan = make_plan(crops.images, people, time.monotonic() + left, seed=3)
    assert plan.steps == steps
    assert (plan.step_seconds > 0) == (steps > 0)
    settings = plan.settings()
    assert (settings.steps, settings.seed) == (steps, 3)
    assert (settings.covariance, settings.start) == ("nuisance", "closed")


def test_less_time_than_the_fewest_steps_take_is_left_to_the_closed_form(crops, monkeypatch):
    monkeypatch.setattr(training_plan, "LEAST_STEPS", 10**9)
    plan = make_plan(crops.images, link_by_motion(crops), time.monotonic() + 60, seed=0)
    assert plan == training_plan.closed_form(0)


@pytest.mark.parametrize(("steps", "warm_up"), [(0, 0), (300, 30), (6000, 200)])
def test_a_short_training_has_a_short_warm_up(steps, warm_up):
    assert Plan(steps, 0.1, 0).settings().warm_up == warm_up


def test_the_plan_in_a_line():
    line = Plan(3000, 0.12, 0).line()
    assert line == "3,000 steps, about 6.0 minutes"


def test_training_needs_a_batch_and_twice_the_latents():
    assert training_plan.least_crops() == 8
    assert training_plan.crop_side() == 16
