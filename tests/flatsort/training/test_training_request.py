"""Requests check themselves, and know the usual values."""

from dataclasses import replace
from pathlib import Path

import pytest

from flatsort.errors import InputError
from flatsort.training.training_request import TrainingRequest
from flatsort.training.usual_settings import usual_settings

WEIGHTS = Path("mine.safetensors")


@pytest.mark.parametrize(("covariance", "rounds"), [("isotropic", 1), ("nuisance", 2)])
def test_the_covariance_decides_the_number_of_rounds(covariance, rounds):
    request = TrainingRequest(WEIGHTS, Path("run"), usual_settings(covariance))
    assert request.round_count == rounds
    assert replace(request, rounds=1).round_count == 1


def test_the_usual_settings_are_the_default():
    assert TrainingRequest(WEIGHTS, Path("run")).settings == usual_settings()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"batch_size": 1}, "--batch-size must be above 1"),
        ({"steps": 0}, "--steps must be above 0"),
        ({"learning_rate": float("nan")}, "--learning-rate must be above 0"),
        ({"seed": -1}, "--seed must be 0 or above"),
        ({"feature_steps": 0}, "--feature-steps must be above 0"),
        ({"architecture": "strangers", "abroad": True}, "leave out --abroad"),
    ],
)
def test_settings_out_of_range(change, complaint):
    with pytest.raises(InputError, match=complaint):
        TrainingRequest(WEIGHTS, Path("run"), replace(usual_settings(), **change))


def test_a_folder_that_is_a_file_is_found_before_training(tmp_path):
    (tmp_path / "run").touch()
    request = TrainingRequest(tmp_path / "mine.safetensors", tmp_path / "run")
    with pytest.raises(InputError, match="cannot write here"):
        request.check_places()
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
