"""The affine residual of maps with closed forms."""

import math

import pytest
import torch
from torch import Tensor

from flatsort.reid_vae.geometry.affine import (
    affine_residual,
    affine_residual_elsewhere,
    affine_residual_of_map,
)
from flatsort.reid_vae.geometry.measures import condition_numbers
from flatsort.reid_vae.geometry.metric import exact_metric_tensor
from tests.reid_vae.surfaces import cylinder


class TestAffineResidualOfMap:
    @pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
    def test_an_affine_map_leaves_nothing(self, dtype: torch.dtype) -> None:
        matrix = torch.randn(30, 8, dtype=dtype)
        points = torch.randn(400, 8, dtype=dtype)
        share = affine_residual_of_map(lambda z: z @ matrix.T + 100, points)
        # float32 values near 100 have rounding errors of 1e-5, whose square is 1e-10.
        assert 0 <= share < 1e-10

    def test_a_cylinder_is_flat_and_curved(self) -> None:
        # phi is uniform on a half turn: x = cos phi is even about 0, y = sin phi is odd.
        half = math.pi / 2
        count = 20_000
        points = torch.rand(count, 2, dtype=torch.float64) * math.pi - half
        # var cos = 1/2 - (2/pi)^2, none explained. var sin = 1/2; the best line explains
        # cov(phi, sin phi)^2 / var phi = (2/pi)^2 / (pi^2 / 12). The height is linear.
        explained = (2 / math.pi) ** 2 / (math.pi**2 / 12)
        cos, height = 0.5 - (2 / math.pi) ** 2, math.pi**2 / 12
        expected = (cos + 0.5 - explained) / (cos + 0.5 + height)
        assert affine_residual_of_map(cylinder, points) == pytest.approx(expected, rel=0.03)
        condition = condition_numbers(exact_metric_tensor(cylinder, points[:20]))
        torch.testing.assert_close(condition, torch.ones(20, dtype=torch.float64))

    def test_does_not_depend_on_the_batches(self) -> None:
        points = torch.randn(101, 2, dtype=torch.float64)
        one, other = (affine_residual_of_map(cylinder, points, size) for size in (7, 1000))
        assert one == pytest.approx(other, rel=1e-9)

    def test_an_even_map_is_unexplained(self) -> None:
        points = torch.randn(20_000, 1, dtype=torch.float64)
        share = affine_residual_of_map(lambda z: z**2, points)
        assert share == pytest.approx(1, abs=0.02)

    def test_noise_in_few_points_does_not_look_explained(self) -> None:
        # Judged where it was fitted, an affine map of 9 inputs would explain most of 24 values.
        points = torch.randn(24, 9, dtype=torch.float64)
        assert affine_residual_of_map(lambda z: torch.randn(len(z), 3), points) > 1

    def test_a_constant_map(self) -> None:
        assert affine_residual_of_map(lambda z: torch.ones(len(z), 3), torch.randn(40, 2)) == 0

    def test_a_latent_that_does_not_vary(self) -> None:
        points = torch.randn(200, 3, dtype=torch.float64) * torch.tensor([1.0, 0.0, 1.0])
        assert affine_residual_of_map(lambda z: 2 * z, points) < 1e-12


class TestAffineResidual:
    @staticmethod
    def pictures() -> Tensor:
        """Return pictures of 60 values that lie in a space of 10 dimensions."""
        return torch.randn(400, 10, dtype=torch.float64) @ torch.randn(10, 60).double()

    def test_an_affine_encoder_leaves_nothing(self) -> None:
        inputs = self.pictures()
        outputs = inputs @ torch.randn(60, 4).double() + 1
        assert affine_residual(inputs, outputs) < 1e-12

    def test_inputs_longer_than_the_points_allow(self) -> None:
        inputs = self.pictures()[:120]
        # 15 principal components hold the ten dimensions of the pictures.
        outputs = inputs @ torch.randn(60, 4).double() + 1
        assert affine_residual(inputs, outputs) < 1e-12

    def test_a_curved_encoder(self) -> None:
        inputs = torch.randn(20_000, 2, dtype=torch.float64)
        outputs = torch.stack([inputs[:, 0], inputs[:, 1] ** 2], dim=1)
        # The first latent has variance 1, the second 2.
        assert affine_residual(inputs, outputs) == pytest.approx(2 / 3, rel=0.05)

    def test_a_map_fitted_elsewhere_by_hand(self) -> None:
        fitted = torch.arange(8.0)[:, None]
        judged = torch.tensor([[0.0], [1.0], [2.0]])
        # The fitted map is 2 x + 1. Residuals 1, 1, -1 about it; 2, 4, 4 deviate from their mean
        # 10/3 by squares of 24/9 in sum.
        outputs = 2 * judged + 1 + torch.tensor([[1.0], [1.0], [-1.0]])
        share = affine_residual_elsewhere((fitted, 2 * fitted + 1), (judged, outputs))
        assert share == pytest.approx(3 / (24 / 9))
