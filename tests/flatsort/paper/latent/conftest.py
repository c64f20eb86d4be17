"""Models whose geometry is known, and tiny experiments."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from flatsort.paper.latent.experiments import EXPERIMENTS, Experiment
from flatsort.reid_vae.model.dense_vae import DenseArchitecture, DenseVAE


@pytest.fixture
def isometry():
    """A model whose decoder is three times an isometry from the plane into five dimensions."""
    torch.manual_seed(0)
    model = DenseVAE(DenseArchitecture(data_size=5, hidden=(8,), prior_hidden=(8,)))
    model.decoder = nn.Linear(2, 5)
    directions, _ = torch.linalg.qr(torch.randn(5, 2))
    with torch.no_grad():
        model.decoder.weight.copy_(3 * directions)
    return model.eval()


@pytest.fixture
def short() -> Experiment:
    """The pendulum with a tiny network and three steps of training."""
    pendulum = EXPERIMENTS["pendulum"]
    return replace(
        pendulum,
        architecture=DenseArchitecture(data_size=0, hidden=(8,), prior_hidden=(8,)),
        settings=replace(pendulum.settings, steps=3),
    )
