"""Metric tensors and flatness of maps with known Jacobians."""

import math

import pytest
import torch
from torch import Tensor

from flatsort.reid_vae.geometry import metric as geometry
from flatsort.reid_vae.geometry.metric import (
    exact_metric_tensor,
    flatness_by_random_directions,
    flatness_of_metric,
    jacobian_products,
    metric_tensor,
    mixup,
    norm_by_random_directions,
    norm_of_deviation,
    norm_of_metric,
    norm_of_metric_by_random_directions,
)
from flatsort.reid_vae.model.architecture import Architecture
from flatsort.reid_vae.model.networks import Decoder
from tests.reid_vae.surfaces import cylinder, polar, sphere

STEP = geometry.FINITE_DIFFERENCE_STEP


@pytest.fixture
def matrix() -> Tensor:
    """W of a linear decoder of 5 latents to 12 values."""
    return torch.randn(12, 5, dtype=torch.float64)


class TestMetricTensor:
    def test_linear_decoder(self, matrix: Tensor) -> None:
        z = torch.randn(3, 5, dtype=torch.float64)
        metric = metric_tensor(lambda z: z @ matrix.T + 2, z)
        torch.testing.assert_close(metric, (matrix.T @ matrix).expand(3, 5, 5))

    def test_linear_decoder_in_single_precision(self, matrix: Tensor) -> None:
        # Differences over a step of 0.01 lose two of float32's seven digits.
        matrix = matrix.float()
        metric = metric_tensor(lambda z: z @ matrix.T + 2, torch.randn(3, 5))
        torch.testing.assert_close(
            metric, (matrix.T @ matrix).expand(3, 5, 5), atol=5e-3, rtol=1e-3
        )

    def test_polar_coordinates(self) -> None:
        def decoder(z: Tensor) -> Tensor:
            return torch.stack([z[:, 0] * z[:, 1].cos(), z[:, 0] * z[:, 1].sin()], dim=1)

        r, theta = 1.5, 0.7
        metric = metric_tensor(decoder, torch.tensor([[r, theta]], dtype=torch.float64))
        # The finite difference along theta is a chord of length 2 r sin(step / 2), divided by step.
        # Its component along the radius is r (cos(step) - 1) / step. The limit is diag(1, r^2).
        radial = r * (math.cos(STEP) - 1) / STEP
        chord = 2 * r * math.sin(STEP / 2) / STEP
        expected = torch.tensor([[[1, radial], [radial, chord**2]]], dtype=torch.float64)
        torch.testing.assert_close(metric, expected, atol=1e-9, rtol=1e-9)
        torch.testing.assert_close(
            metric, torch.diag(torch.tensor([1, r**2]).double())[None], atol=r * STEP, rtol=0
        )

    def test_quadratic_map(self) -> None:
        def decoder(z: Tensor) -> Tensor:
            return torch.stack([z[:, 0] ** 2, z[:, 0] * z[:, 1], z[:, 1]], dim=1)

        # At (1, 2) the columns are (2 + step, 2, 0) and (0, 1, 1).
        expected = torch.tensor([[[(2 + STEP) ** 2 + 4, 2], [2, 2]]], dtype=torch.float64)
        metric = metric_tensor(decoder, torch.tensor([[1.0, 2.0]], dtype=torch.float64))
        torch.testing.assert_close(metric, expected, atol=1e-9, rtol=1e-9)

    @pytest.mark.parametrize(("step", "error"), [(1e-6, 1e-4), (STEP, 0.05)])
    def test_convolutional_decoder_against_automatic_differentiation(
        self, tiny: Architecture, monkeypatch: pytest.MonkeyPatch, step: float, error: float
    ) -> None:
        decoder = Decoder(tiny).double()
        z = 3 * torch.randn(4, 4, dtype=torch.float64)
        # Not torch.func.jacfwd, because vmap lacks channels_last, which the decoder needs.
        jacobian = torch.stack(
            [
                torch.autograd.functional.jacobian(lambda v: decoder(v[None]).flatten(), point)
                for point in z
            ]
        )
        expected = jacobian.mT @ jacobian
        monkeypatch.setattr(geometry, "FINITE_DIFFERENCE_STEP", step)
        metric = metric_tensor(decoder, z)
        assert (metric - expected).norm() < error * expected.norm()


class TestExactMetricTensor:
    def test_linear_decoder(self, matrix: Tensor) -> None:
        z = torch.randn(3, 5, dtype=torch.float64)
        metric = exact_metric_tensor(lambda z: z @ matrix.T + 2, z)
        torch.testing.assert_close(metric, (matrix.T @ matrix).expand(3, 5, 5))

    def test_surfaces(self) -> None:
        z = torch.tensor([[0.5, 0.3], [1.5, 0.7], [3.0, -2.0]], dtype=torch.float64)
        ones, first = torch.ones(3).double(), z[:, 0]
        for decoder, diagonal in (
            (polar, [ones, first**2]),
            (sphere, [4 * ones, 4 * first.sin() ** 2]),
            (cylinder, [ones, ones]),
        ):
            expected = torch.diag_embed(torch.stack(diagonal, dim=1))
            torch.testing.assert_close(exact_metric_tensor(decoder, z), expected)

    def test_single_precision_keeps_its_digits(self, matrix: Tensor) -> None:
        # Finite differences would lose two digits.
        matrix = matrix.float()
        metric = exact_metric_tensor(lambda z: z @ matrix.T + 2, torch.randn(3, 5))
        torch.testing.assert_close(metric, (matrix.T @ matrix).expand(3, 5, 5))

    def test_convolutional_decoder(self, tiny: Architecture) -> None:
        decoder = Decoder(tiny).double()
        z = 3 * torch.randn(4, 4, dtype=torch.float64)
        expected = torch.stack(
            [
                torch.autograd.functional.jacobian(lambda v: decoder(v[None]).flatten(), point)
                for point in z
            ]
        )
        torch.testing.assert_close(exact_metric_tensor(decoder, z), expected.mT @ expected)

    def test_a_decoder_that_ignores_a_latent(self) -> None:
        metric = exact_metric_tensor(lambda z: z[:, :1].unflatten(1, (1, 1)), torch.randn(2, 2))
        assert metric.tolist() == [[[1, 0], [0, 0]]] * 2

    def test_measures_and_leaves_no_gradient(self) -> None:
        network = torch.nn.Linear(2, 3)
        with torch.no_grad():
            metric = exact_metric_tensor(network, torch.randn(2, 2))
        torch.testing.assert_close(metric[0], (network.weight.T @ network.weight).detach())
        assert not exact_metric_tensor(network, torch.randn(2, 2)).requires_grad
        assert network.weight.grad is None


def test_jacobian_products_keep_points_and_directions_apart(matrix: Tensor) -> None:
    z = torch.randn(3, 5, dtype=torch.float64)
    directions = torch.randn(2, 3, 5, dtype=torch.float64)
    products = jacobian_products(lambda z: z @ matrix.T, z, directions)
    torch.testing.assert_close(products, directions @ matrix.T)


class TestFlatnessOfMetric:
    @pytest.mark.parametrize("scale", [0.01, 1.0, 30.0])
    def test_a_multiple_of_the_identity_is_flat(self, scale: float) -> None:
        flatness, c_squared = flatness_of_metric(scale * torch.eye(4).expand(6, 4, 4))
        assert flatness.item() == pytest.approx(0, abs=1e-12)
        assert c_squared.item() == pytest.approx(scale)

    def test_diag_1_3(self) -> None:
        # c^2 = 2, ||diag(-1, 1)||^2 = 2, over c^4 Nz = 8.
        flatness, c_squared = flatness_of_metric(torch.diag(torch.tensor([1.0, 3.0]))[None])
        assert flatness.item() == pytest.approx(0.25)
        assert c_squared.item() == pytest.approx(2)

    def test_c_squared_is_one_number_for_the_batch(self) -> None:
        # 1 and 3 times the identity are isotropic, but c^2 = 2 and each eigenvalue is 1 away from
        # it: the mean of ||.||^2 is 2, over c^4 Nz = 8.
        metric = torch.stack([torch.eye(2), 3 * torch.eye(2)])
        assert flatness_of_metric(metric)[0].item() == pytest.approx(0.25)

    def test_off_diagonal_entries_count(self) -> None:
        # [[1, a], [a, 1]] has c^2 = 1 and R = 2 a^2 / 2.
        metric = torch.tensor([[[1.0, 0.3], [0.3, 1.0]]])
        assert flatness_of_metric(metric)[0].item() == pytest.approx(0.09)

    def test_does_not_depend_on_the_scale(self) -> None:
        factor = torch.randn(7, 3, 5, dtype=torch.float64)
        metric = factor.mT @ factor
        small, _ = flatness_of_metric(metric)
        large, c_squared = flatness_of_metric(1e3 * metric)
        assert small.item() == pytest.approx(large.item())
        assert c_squared.item() == pytest.approx(1e3 * metric.diagonal(dim1=1, dim2=2).mean())


class TestNormOfDeviation:
    def test_diag_1_3(self) -> None:
        # c^2 = 2, ||diag(-1, 1)|| = sqrt(2); twice the metric has twice the norm.
        metric = torch.diag(torch.tensor([1.0, 3.0]))[None]
        for scale in (1.0, 2.0):
            norm, c_squared = norm_of_deviation(scale * metric)
            assert norm.item() == pytest.approx(scale * math.sqrt(2))
            assert c_squared.item() == pytest.approx(scale * 2)

    def test_is_the_mean_of_norms(self) -> None:
        # 1 and 5 times the identity: c^2 = 3, and both norms are 2 sqrt(2).
        metric = torch.stack([torch.eye(2), 5 * torch.eye(2)])
        assert norm_of_deviation(metric)[0].item() == pytest.approx(2 * math.sqrt(2))

    def test_a_flat_metric_has_a_finite_gradient(self) -> None:
        scale = torch.tensor(3.0, requires_grad=True)
        norm, _ = norm_of_deviation(scale * torch.eye(4).expand(6, 4, 4))
        (gradient,) = torch.autograd.grad(norm, scale)
        assert norm.item() == pytest.approx(0, abs=1e-12)
        assert math.isfinite(gradient.item())


class TestNormByRandomDirections:
    def test_many_directions_give_the_norm(self, matrix: Tensor) -> None:
        # With 200 directions, 19,900 pairs make the estimate of each point's square precise.
        z = torch.randn(20, 5, dtype=torch.float64)
        expected, c_squared = norm_of_deviation(metric_tensor(lambda z: z @ matrix.T, z))
        found, c_found = norm_by_random_directions(lambda z: z @ matrix.T, z, directions=200)
        assert found.item() == pytest.approx(expected.item(), rel=0.05)
        assert c_found.item() == pytest.approx(c_squared.item(), rel=0.05)

    def test_an_isometry_is_flat(self) -> None:
        matrix, _ = torch.linalg.qr(torch.randn(20, 12, dtype=torch.float64))
        z = torch.randn(4, 12, dtype=torch.float64)
        norm, c_squared = norm_by_random_directions(lambda z: 3 * z @ matrix.T, z)
        assert norm.item() == pytest.approx(0, abs=1e-9)
        assert c_squared.item() == pytest.approx(9)


class TestNormOfMetricByRandomDirections:
    def test_many_directions_give_the_norm(self, matrix: Tensor) -> None:
        z = torch.randn(20, 5, dtype=torch.float64)
        expected, c_squared = norm_of_metric(metric_tensor(lambda z: z @ matrix.T, z))
        found, c_found = norm_of_metric_by_random_directions(
            lambda z: z @ matrix.T, z, directions=200
        )
        assert found.item() == pytest.approx(expected.item(), rel=0.05)
        assert c_found.item() == pytest.approx(c_squared.item(), rel=0.05)

    def test_an_isometry(self) -> None:
        # G is 9 times the identity, so ||G||^2 / Nz = 81 at every point.
        matrix, _ = torch.linalg.qr(torch.randn(20, 12, dtype=torch.float64))
        z = torch.randn(20_000, 12, dtype=torch.float64)
        norm, c_squared = norm_of_metric_by_random_directions(lambda z: 3 * z @ matrix.T, z)
        assert norm.item() == pytest.approx(81, rel=0.02)
        assert c_squared.item() == pytest.approx(9)


def exact(decoder: geometry.Decoder, z: Tensor) -> tuple[Tensor, Tensor]:
    return flatness_of_metric(metric_tensor(decoder, z))


@pytest.mark.parametrize("measure", [exact, flatness_by_random_directions])
def test_shrinking_the_decoder_gains_nothing(measure, matrix: Tensor) -> None:
    # R does not depend on the decoder's scale s, so dR/ds = 0 if the gradient flows through c^2.
    # With a constant c^2, dR/ds would be 4 tr(G^2 - c^2 G) / (c^4 Nz) = 4 R.
    scale = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    z = torch.randn(50, 5, dtype=torch.float64)
    flatness, _ = measure(lambda z: scale * (z @ matrix.T), z)
    (gradient,) = torch.autograd.grad(flatness, scale)
    assert flatness.item() > 0.05
    assert abs(gradient.item()) < 1e-8


class TestFlatnessByRandomDirections:
    @pytest.mark.parametrize("directions", [2, 4])
    def test_linear_decoder(self, matrix: Tensor, directions: int) -> None:
        z = torch.randn(4000, 5, dtype=torch.float64)
        self.assert_agrees(lambda z: z @ matrix.T, z, directions)

    @pytest.mark.parametrize("directions", [2, 4])
    def test_convolutional_decoder(self, tiny: Architecture, directions: int) -> None:
        decoder = Decoder(tiny)
        with torch.no_grad():
            self.assert_agrees(decoder, 3 * torch.randn(1000, 4), directions)

    @staticmethod
    def assert_agrees(decoder: geometry.Decoder, z: Tensor, directions: int) -> None:
        """Assert that the mean of ten estimates is within four standard errors of the truth."""
        estimates = torch.tensor(
            [
                [value.item() for value in flatness_by_random_directions(decoder, z, directions)]
                for _ in range(10)
            ]
        )
        standard_error = estimates.std(dim=0) / math.sqrt(10)
        expected = torch.tensor([value.item() for value in exact(decoder, z)])
        # One per cent is for two biases: of a ratio, and of a random direction's longer step.
        tolerance = 4 * standard_error + 0.01 * expected
        assert (standard_error < 0.05 * expected).all()
        assert ((estimates.mean(dim=0) - expected).abs() < tolerance).all()

    def test_an_isometry_is_flat(self) -> None:
        matrix, _ = torch.linalg.qr(torch.randn(20, 3, dtype=torch.float64))
        z = torch.randn(20_000, 3, dtype=torch.float64)
        flatness, c_squared = flatness_by_random_directions(lambda z: 3 * z @ matrix.T, z)
        assert flatness.item() == pytest.approx(0, abs=0.05)
        assert c_squared.item() == pytest.approx(9, rel=0.02)

    @pytest.mark.parametrize("directions", [2, 4])
    def test_an_isometry_is_flat_in_every_sample(self, directions: int) -> None:
        # With A = G - c^2 1 every v^T A w and its gradient are 0: the estimate has no noise here.
        matrix, _ = torch.linalg.qr(torch.randn(20, 3, dtype=torch.float64))
        z = torch.randn(4, 3, dtype=torch.float64)
        flatness, c_squared = flatness_by_random_directions(
            lambda z: 3 * z @ matrix.T, z, directions
        )
        assert flatness.item() == pytest.approx(0, abs=1e-9)
        assert c_squared.item() == pytest.approx(9)


class TestMixup:
    def test_mixes_two_different_points_within_the_extrapolated_range(self) -> None:
        # With unit vectors as points, entries of the result are the weights 1 - alpha and alpha.
        mixed = mixup(torch.eye(2000), alpha_0=0.2)
        own = mixed.diagonal()
        partner = mixed.sum(dim=1) - own
        assert ((mixed != 0).sum(dim=1) <= 2).all()
        assert (partner != 0).all(), "a point is its own partner"
        torch.testing.assert_close(own + partner, torch.ones(2000))
        assert partner.min() >= -0.2 - 1e-6
        assert partner.max() <= 1.2 + 1e-6
        # U(-0.2, 1.2) has mean 0.5 and standard deviation 1.4 / sqrt(12) = 0.404. Both ends occur.
        assert partner.min() < -0.19
        assert partner.max() > 1.19
        assert partner.mean().item() == pytest.approx(0.5, abs=4 * 0.404 / math.sqrt(2000))
        assert partner.std().item() == pytest.approx(0.404, abs=0.02)

    def test_without_extrapolation_it_stays_between(self) -> None:
        mixed = mixup(torch.eye(500), alpha_0=0)
        assert mixed.min() >= 0
        assert mixed.max() <= 1

    def test_every_point_is_a_partner_once(self) -> None:
        mixed = mixup(torch.eye(50), alpha_0=0.2)
        assert ((mixed != 0).sum(dim=0) == 2).all()
