"""Measurements at held-out crops, on models whose answers are known."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from flatsort.reid_vae.model.architecture import Architecture
from flatsort.reid_vae.model.vhpvae import VHPVAE
from flatsort.reid_vae.weights.held_out import fit_pictures, measure_held_out, relative_error

Crops = NDArray[np.uint8]


class Grey(nn.Module):
    """Decodes mid-grey plus a multiple of the first latents, so that its metric is known."""

    def __init__(self, slopes: Tensor) -> None:
        super().__init__()
        self.register_buffer("slopes", slopes)

    def forward(self, z: Tensor) -> Tensor:
        return 0.5 + nn.functional.pad(z * self.slopes, (0, 192 - z.shape[1]))


class Rolled(nn.Module):
    """An isometry onto a cylinder: the first latent runs around a circle of radius 1."""

    def forward(self, z: Tensor) -> Tensor:
        bent = torch.stack([z[:, 0].cos(), z[:, 0].sin(), *z[:, 1:].T], dim=1)
        return nn.functional.pad(bent, (0, 192 - bent.shape[1]))


def model_with(tiny: Architecture, decoder: nn.Module) -> VHPVAE:
    model = VHPVAE(tiny).eval()
    model.decoder = decoder
    return model


def test_an_affine_decoder(tiny: Architecture, crops: Crops) -> None:
    model = model_with(tiny, Grey(torch.tensor([2.0, 1.0, 1.0, 1.0])))
    found = measure_held_out(model, crops[:32], crops[32:])
    # G = diag(4, 1, 1, 1), so c^2 = 7/4 and |G - c^2 1|^2 = (9/4)^2 + 3 (3/4)^2.
    assert found.condition == pytest.approx(4, rel=0.01)
    expected = ((9 / 4) ** 2 + 3 * (3 / 4) ** 2) / ((7 / 4) ** 2 * 4)
    assert found.flatness == pytest.approx(expected, rel=0.01)
    assert found.prior_residual == pytest.approx(0, abs=1e-6)


def test_a_cylinder_is_flat_and_curved(tiny: Architecture, crops: Crops) -> None:
    found = measure_held_out(model_with(tiny, Rolled()), crops[:32], crops[32:])
    assert found.condition == pytest.approx(1, abs=0.01)
    assert found.flatness < 1e-4
    assert found.prior_residual > 0.02


def test_the_errors_are_in_standard_deviations(tiny: Architecture, crops: Crops) -> None:
    held = crops[32:]
    model = model_with(tiny, Grey(torch.zeros(4)))
    found = measure_held_out(model, crops[:32], held)
    values = torch.tensor(held).permute(0, 3, 1, 2).flatten(1).double() / 255
    deviation = (values - values.mean(0)).square().mean().sqrt()
    assert found.error == pytest.approx(
        ((values - 0.5).square().mean().sqrt() / deviation).item(), rel=1e-5
    )
    plane = fit_pictures(model.observation, crops[:32], 4)
    expected = plane.rms_error(values) / deviation.item()
    assert found.principal_error == pytest.approx(expected, rel=1e-5)


def test_the_mean_has_an_error_of_one() -> None:
    data = torch.randn(50, 7)
    assert relative_error(data, data.double().mean(0)) == pytest.approx(1)
