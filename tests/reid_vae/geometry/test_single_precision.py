"""The flatness term in float32 against float64, for every architecture and start."""

import copy
from dataclasses import replace
from typing import get_args

import pytest
import torch
from torch import Tensor, nn

from flatsort.reid_vae.geometry.metric import (
    flatness_of_metric,
    jacobian_products,
    metric_tensor,
)
from flatsort.reid_vae.model.architecture import ARCHITECTURES, Architecture
from flatsort.reid_vae.model.dense_vae import DenseArchitecture, DenseVAE
from flatsort.reid_vae.model.networks import Decoder
from flatsort.reid_vae.training.settings import RANDOM_STARTS, Start

# Of R and c^2; a step of training changes R by more.
TOLERANCE = 0.02
CROPS = {
    **ARCHITECTURES,
    "whitened": replace(ARCHITECTURES["small"], whitened_size=128),
}
VECTORS = {
    "pendulum": DenseArchitecture(256),
    "human": DenseArchitecture(50, hidden=(256,) * 4),
    "mnist": DenseArchitecture(784, hidden=(256,) * 4, likelihood="bernoulli"),
}


def crop_decoder(architecture: Architecture, start: str) -> tuple[Decoder, Tensor]:
    """Return a decoder and eight targets for its training."""
    changes = {"isometric_start": start == "principal", "bypass": start == "bypass"}
    decoder = Decoder(replace(architecture, **changes))
    data = torch.rand(160, architecture.data_size)
    decoder.start_as_principal_subspace(data)
    if start in RANDOM_STARTS:
        decoder.start_at_random(data)
    return decoder, data[:8]


def learn(decoder: nn.Module, z: Tensor, targets: Tensor) -> None:
    """Take a few steps towards the targets."""
    optimizer = torch.optim.Adam(decoder.parameters(), lr=1e-3)
    for _ in range(5):
        optimizer.zero_grad()
        (decoder(z) - targets).square().mean().backward()
        optimizer.step()


def assert_agree(decoder: nn.Module, z: Tensor) -> None:
    probes = torch.randn(3, *z.shape)
    grams = []
    with torch.no_grad():
        for part, dtype in ((decoder, torch.float32), (copy.deepcopy(decoder).double(), None)):
            dtype = dtype or torch.float64
            products = jacobian_products(part, z.to(dtype), probes.to(dtype))
            # The metric along the probes; R of it has the same errors as R of the whole metric.
            grams.append(torch.einsum("inx,jnx->nij", products, products).double())
    (single, c_squared), (double, expected) = map(flatness_of_metric, grams)
    assert c_squared.item() == pytest.approx(expected.item(), rel=TOLERANCE)
    assert single.item() == pytest.approx(double.item(), rel=TOLERANCE, abs=1e-5)


@pytest.mark.parametrize("start", get_args(Start))
@pytest.mark.parametrize("name", CROPS)
def test_crops(name: str, start: str) -> None:
    decoder, targets = crop_decoder(CROPS[name], start)
    z = torch.randn(8, CROPS[name].latent_size)
    assert_agree(decoder, z[:3])
    learn(decoder, z, targets)
    assert_agree(decoder, z[:3])


@pytest.mark.parametrize("name", VECTORS)
def test_vectors(name: str) -> None:
    decoder = DenseVAE(VECTORS[name]).decoder
    z = torch.randn(8, 2)
    for _ in range(2):
        with torch.no_grad():
            single = flatness_of_metric(metric_tensor(decoder, z))
            double = flatness_of_metric(metric_tensor(copy.deepcopy(decoder).double(), z.double()))
        for value, expected in zip(single, double, strict=True):
            assert value.item() == pytest.approx(expected.item(), rel=TOLERANCE, abs=1e-5)
        learn(decoder, z, torch.rand(8, VECTORS[name].data_size))


def test_float64_has_the_gradient_of_float32() -> None:
    network = nn.Linear(2, 3)
    z, probes = torch.randn(4, 2), torch.randn(2, 4, 2)
    with torch.no_grad():
        network.weight.mul_(1e-7)
    products = jacobian_products(network, z, probes)
    assert products.dtype == torch.float32
    torch.testing.assert_close(products, probes @ network.weight.T)
    (gradient,) = torch.autograd.grad(products.sum(), network.weight)
    torch.testing.assert_close(gradient, probes.sum((0, 1)).expand(3, 2))
