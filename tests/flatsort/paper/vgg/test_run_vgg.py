"""Training and measuring for the page on vgg16, with a tiny network."""

import math

import numpy as np
import pytest

from flatsort.paper.vgg.run_vgg import VggRequest, run_vgg
from flatsort.paper.vgg.three_betas import BETAS, NETWORKS, Job, jobs
from flatsort.paper.vgg.vgg_figures import spread
from flatsort.reid_vae.model.architecture import ARCHITECTURES, Architecture
from tests.flatsort.tiny_architecture import TINY


@pytest.fixture
def request_(monkeypatch, make_sequence, tmp_path):
    """A request for two short trainings on a sequence that is long enough to hold frames out."""
    monkeypatch.setitem(ARCHITECTURES, "tiny", Architecture(**TINY))
    walking = ((0, 0, 255), 10, 20, 20, 50, 1), ((255, 0, 0), 100, 40, 24, 60, 0)
    footage = make_sequence(people=walking, length=100)
    chosen = tuple(Job("tiny", beta, 4, 1e-3) for beta in (0.0, 10.0))
    return VggRequest((footage,), "det.txt", chosen, tmp_path / "runs")


def test_finished_trainings_are_kept(request_):
    first = run_vgg(request_)
    assert [row.job for row in first] == list(request_.jobs)
    for row in first:
        # The last 20 of 100 frames are held out; each frame has two people.
        assert row.crops == 160
        assert 0 < row.measured.error < 10
        assert row.measured.condition >= 1
        assert all(math.isfinite(value) for value in vars(row.measured).values())
        assert row.seconds_per_step > 0
        assert row.curve.steps == [1, 2, 3, 4]
    assert run_vgg(request_) == first


def test_trainings_of_one_network_differ_in_beta_only():
    every = list(jobs())
    assert [job.name for job in every[:3]] == ["vgg16-0", "vgg16-300", "vgg16-3000"]
    assert len(every) == len(NETWORKS) * len(BETAS)
    for job in every:
        settings = job.settings()
        assert (settings.steps, settings.learning_rate) == NETWORKS[job.architecture]
        assert (settings.start, settings.seed) == ("bypass", 0)
    assert {job.steps for job in jobs(7)} == {7}


def test_crops_are_evenly_spread():
    crops = np.arange(10)
    assert spread(crops, 4).tolist() == [0, 3, 6, 9]
    assert spread(crops, 20).tolist() == list(range(10))
