"""The fully connected VHP-VAE: Table 3's sizes, and training."""

import dataclasses

import pytest
import torch
from torch import Tensor

from flatsort.reid_vae.errors import TrainingError
from flatsort.reid_vae.geometry.metric import flatness_of_metric, metric_tensor
from flatsort.reid_vae.model.dense_vae import DenseArchitecture, DenseVAE
from flatsort.reid_vae.training.dense_training import train_dense
from flatsort.reid_vae.training.log import Progress
from flatsort.reid_vae.training.objective import Constants
from flatsort.reid_vae.training.settings import OptimisationSettings

TINY = DenseArchitecture(data_size=6, hidden=(32,), prior_hidden=(16,))
SHORT = OptimisationSettings(
    constants=Constants(kappa=0.15, beta=0.0, importance_samples=4, flatness_fraction=1.0),
    steps=500,
    batch_size=32,
    learning_rate=3e-3,
    warm_up=10,
)


@pytest.fixture
def circle() -> Tensor:
    """(500, 6) points of an ellipse in six dimensions, with a little noise."""
    angles = 2 * torch.pi * torch.rand(500)
    plane = torch.stack([2 * angles.cos(), 0.7 * angles.sin()], dim=1)
    directions, _ = torch.linalg.qr(torch.randn(6, 2))
    return plane @ directions.T + 0.02 * torch.randn(500, 6)


def ignore(progress: Progress) -> None:
    pass


def sizes(layers: torch.nn.Module) -> list[tuple[int, int]]:
    return [
        (m.in_features, m.out_features) for m in layers.modules() if isinstance(m, torch.nn.Linear)
    ]


def test_table_3_s_pendulum() -> None:
    model = DenseVAE(DenseArchitecture(data_size=256))
    assert sizes(model.encoder) == [(256, 256), (256, 256), (256, 2), (256, 2)]
    assert sizes(model.decoder) == [(2, 256), (256, 256), (256, 256)]
    assert sizes(model.prior.inference)[:2] == [(2, 256), (256, 256)]


def test_a_bernoulli_mean_is_a_probability() -> None:
    model = DenseVAE(dataclasses.replace(TINY, likelihood="bernoulli"))
    decoded = model.decoder(100 * torch.randn(50, 2))
    assert decoded.min() >= 0
    assert decoded.max() <= 1


def test_the_descriptor_is_the_posterior_mean(circle: Tensor) -> None:
    model = DenseVAE(TINY)
    assert torch.equal(model.encode(circle), model.posterior(circle)[0])


def test_training_reaches_the_allowed_error(circle: Tensor) -> None:
    history: list[Progress] = []
    model = train_dense(TINY, SHORT, circle, history.append)
    assert [progress.step for progress in history] == list(range(1, 501))
    assert not history[-1].initial_phase
    error = (model.decoder(model.encode(circle)) - circle).square().mean().sqrt()
    assert error < 0.15
    assert not model.training


def test_beta_makes_the_decoder_flat(circle: Tensor) -> None:
    def flatness(beta: float) -> float:
        constants = dataclasses.replace(SHORT.constants, beta=beta)
        settings = dataclasses.replace(SHORT, constants=constants)
        model = train_dense(TINY, settings, circle, ignore)
        return flatness_of_metric(metric_tensor(model.decoder, model.encode(circle)))[0].item()

    assert flatness(100.0) < 0.2 * flatness(0.0)


def test_the_seed_determines_the_training(circle: Tensor) -> None:
    short = dataclasses.replace(SHORT, steps=5)
    one, same = (train_dense(TINY, short, circle, ignore) for _ in range(2))
    other = train_dense(TINY, dataclasses.replace(short, seed=1), circle, ignore)
    assert torch.equal(one.encode(circle), same.encode(circle))
    assert not torch.equal(one.encode(circle), other.encode(circle))


def test_too_few_data(circle: Tensor) -> None:
    with pytest.raises(TrainingError, match="31 data points are too few for a batch of 32"):
        train_dense(TINY, SHORT, circle[:31], ignore)
