"""Trained models: trained once, then loaded."""

from dataclasses import replace

import pytest
import torch

from flatsort.paper.latent import trained_model as module
from flatsort.paper.latent.experiments import FLAT, PLAIN
from flatsort.paper.latent.trained_model import trained_model


@pytest.fixture
def data():
    torch.manual_seed(0)
    return torch.rand(200, 6)


def train(experiment, method, seed, data, folder):
    return trained_model(experiment, method, seed, data, folder, lambda done, words: None).model


@pytest.fixture
def trainings(monkeypatch):
    """The methods of all trainings, in order."""
    seen = []
    original = module._train
    monkeypatch.setattr(module, "_train", lambda *words: seen.append(words[1]) or original(*words))
    return seen


def test_a_model_is_loaded_the_second_time(short, data, trainings, tmp_path):
    one, same = (train(short, FLAT, 0, data, tmp_path) for _ in range(2))
    assert trainings == [FLAT]
    assert torch.equal(one.encode(data), same.encode(data))
    assert not same.training


def test_other_settings_or_data_give_another_model(short, data, trainings, tmp_path):
    longer = replace(short, settings=replace(short.settings, steps=4))
    train(short, FLAT, 0, data, tmp_path)
    train(short, PLAIN, 0, data, tmp_path)
    train(short, FLAT, 1, data, tmp_path)
    train(longer, FLAT, 0, data, tmp_path)
    train(short, FLAT, 0, data.flip(0), tmp_path)
    assert len(trainings) == len(list(tmp_path.iterdir())) == 5


def test_the_file_says_how_the_training_ended(short, data, tmp_path):
    def outcome(kappa):
        constants = replace(short.settings.constants, kappa=kappa)
        experiment = replace(short, settings=replace(short.settings, constants=constants))
        words = (experiment, FLAT, 0, data, tmp_path, lambda done, words: None)
        first, loaded = (trained_model(*words).outcome for _ in range(2))
        assert first == loaded
        return first

    # The data are in [0, 1], so the error is below 10 at once and never below 1e-6.
    easy, impossible = outcome(10.0), outcome(1e-6)
    assert (easy.met_at, easy.met) == (1, True)
    # Lambda begins at 20 and falls from the second step on, by a tenth at most.
    assert easy.multiplier == pytest.approx(20 * (1 + 0.9 + 0.81) / 3)
    assert (impossible.met_at, impossible.met, impossible.multiplier) == (None, False, 20)


def test_a_model_with_a_damaged_file_is_trained_again(short, data, trainings, tmp_path):
    one = train(short, FLAT, 0, data, tmp_path)
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:100])
    again = train(short, FLAT, 0, data, tmp_path)
    assert len(trainings) == 2
    assert torch.equal(one.encode(data), again.encode(data))
