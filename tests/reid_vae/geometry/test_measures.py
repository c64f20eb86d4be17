"""Condition numbers, magnification and distances of decoders with known geometry."""

import math

import pytest
import torch
from torch import Tensor

from flatsort.reid_vae.geometry.measures import (
    condition_numbers,
    distance_fit,
    log_magnification,
    log_trace,
    normalised_magnification,
)
from flatsort.reid_vae.geometry.metric import (
    FINITE_DIFFERENCE_STEP,
    exact_metric_tensor,
    metric_tensor,
)
from tests.reid_vae.surfaces import cylinder, polar, sphere


def diagonal(*values: float) -> Tensor:
    return torch.diag(torch.tensor(values, dtype=torch.float64))


class TestOfMetricTensors:
    def test_diagonal_metrics(self) -> None:
        metric = torch.stack([diagonal(4, 1, 2), diagonal(3, 3, 3)])
        assert condition_numbers(metric).tolist() == pytest.approx([4, 1])
        assert log_magnification(metric).tolist() == pytest.approx(
            [math.log(8) / 2, math.log(27) / 2]
        )
        assert log_trace(metric).tolist() == pytest.approx([math.log(7), math.log(9)])

    def test_off_diagonal_entries_count(self) -> None:
        # [[2, 1], [1, 2]]: eigenvalues 1 and 3.
        metric = torch.tensor([[[2.0, 1.0], [1.0, 2.0]]])
        assert condition_numbers(metric).item() == pytest.approx(3)
        assert log_magnification(metric).item() == pytest.approx(math.log(3) / 2)

    def test_a_rotated_metric_has_the_same_measures(self) -> None:
        rotation, _ = torch.linalg.qr(torch.randn(3, 3, dtype=torch.float64))
        metric = (rotation @ diagonal(9, 1, 3) @ rotation.T)[None]
        assert condition_numbers(metric).item() == pytest.approx(9)
        assert log_magnification(metric).item() == pytest.approx(math.log(27) / 2)
        assert log_trace(metric).item() == pytest.approx(math.log(13))

    def test_scale_changes_only_the_magnification(self) -> None:
        factor = torch.randn(5, 6, 3, dtype=torch.float64)
        metric = factor.mT @ factor
        torch.testing.assert_close(condition_numbers(7 * metric), condition_numbers(metric))
        shift = log_magnification(7 * metric) - log_magnification(metric)
        torch.testing.assert_close(shift, torch.full_like(shift, 1.5 * math.log(7)))

    @pytest.mark.parametrize(("kind", "least"), [(torch.float32, 1e6), (torch.float64, 1e15)])
    def test_a_singular_metric_has_the_largest_condition_number_of_its_precision(
        self, kind: torch.dtype, least: float
    ) -> None:
        # The second metric has a rounding error instead of its zero; the third is all zeros.
        metric = torch.stack([diagonal(5, 0), diagonal(5, -1e-17), diagonal(0, 0)]).to(kind)
        condition = condition_numbers(metric)
        assert (condition > least).all()
        assert condition.isfinite().all()
        assert log_magnification(metric).isfinite().all()
        assert log_trace(metric).isfinite().all()


class TestNormalisedMagnification:
    def test_by_hand(self) -> None:
        # MF is 2 and 6, with mean 4.
        metric = torch.stack([diagonal(4, 1), diagonal(4, 9)])
        assert normalised_magnification(metric).tolist() == pytest.approx([0.5, 1.5])
        assert normalised_magnification(1e-3 * metric).tolist() == pytest.approx([0.5, 1.5])

    def test_surfaces(self) -> None:
        z = torch.tensor([[1.0, 0.3], [2.0, 0.7], [0.5, -2.0]], dtype=torch.float64)
        first = z[:, 0]
        for decoder, magnification in (
            (polar, first),
            (sphere, 4 * first.sin()),
            (cylinder, torch.ones_like(first)),
        ):
            metric = exact_metric_tensor(decoder, z)
            torch.testing.assert_close(log_magnification(metric).exp(), magnification)
            torch.testing.assert_close(
                normalised_magnification(metric), magnification / magnification.mean()
            )

    @pytest.mark.parametrize("scale", [1e-6, 1e6])
    def test_magnification_beyond_the_range_of_float64(self, scale: float) -> None:
        # MF is 10^-384 or 10^384 in 128 dimensions, and twice as large in the second sample.
        metric = scale * torch.eye(128).double().repeat(2, 1, 1)
        metric[1, 5, 5] *= 4
        assert normalised_magnification(metric).tolist() == pytest.approx([2 / 3, 4 / 3])

    def test_one_sample(self) -> None:
        assert normalised_magnification(diagonal(3, 7)[None]).tolist() == [1]


class TestOfDecoders:
    def test_linear_decoder(self) -> None:
        # Orthogonal columns of lengths 1, 2 and 4.
        orthonormal, _ = torch.linalg.qr(torch.randn(10, 3, dtype=torch.float64))
        weights = orthonormal * torch.tensor([1.0, 2.0, 4.0])
        metric = metric_tensor(lambda z: z @ weights.T, torch.randn(5, 3, dtype=torch.float64))
        torch.testing.assert_close(condition_numbers(metric), torch.full((5,), 16.0).double())
        expected = torch.full((5,), math.log(8)).double()
        torch.testing.assert_close(log_magnification(metric), expected)

    def test_polar_coordinates(self) -> None:
        # G = diag(1, r^2) up to the finite difference: MF = r, condition number max(r, 1 / r)^2.
        z = torch.tensor([[0.5, 0.3], [2.0, 1.1], [3.0, -2.0]], dtype=torch.float64)
        metric = metric_tensor(
            lambda z: torch.stack([z[:, 0] * z[:, 1].cos(), z[:, 0] * z[:, 1].sin()], dim=1), z
        )
        tolerance = 2 * FINITE_DIFFERENCE_STEP
        assert condition_numbers(metric).tolist() == pytest.approx([4, 4, 9], rel=tolerance)
        assert log_magnification(metric).tolist() == pytest.approx(
            [math.log(0.5), math.log(2), math.log(3)], abs=tolerance
        )

    @pytest.mark.parametrize("smallest", [1e-1, 1e-2])
    def test_single_precision_is_enough_below_1e4(self, smallest: float) -> None:
        """12,288 values near 1/2, as from a decoder; the condition number is smallest^-2."""
        orthonormal, _ = torch.linalg.qr(torch.randn(12288, 16))
        scales = torch.logspace(math.log10(smallest), 0, 16)
        metric = metric_tensor(lambda z: z @ (orthonormal * scales).T + 0.5, torch.randn(4, 16))
        assert condition_numbers(metric).tolist() == pytest.approx([smallest**-2] * 4, rel=0.05)

    def test_a_latent_without_effect_gives_a_large_condition_number(self) -> None:
        weights = torch.randn(100, 8)
        weights[:, 3] = 0
        metric = metric_tensor(lambda z: z @ weights.T, torch.randn(4, 8))
        condition = condition_numbers(metric)
        assert (condition > 1e5).all()
        assert condition.isfinite().all()


class TestDistanceFit:
    def test_an_isometry_up_to_its_scale(self) -> None:
        orthonormal, _ = torch.linalg.qr(torch.randn(12, 3, dtype=torch.float64))
        z = torch.randn(6, 3, dtype=torch.float64)
        decoded = 2.5 * (z @ orthonormal.T) + 1
        correlation, slope = distance_fit(z, decoded.unflatten(1, (3, 2, 2)))
        assert (correlation, slope) == (pytest.approx(1), pytest.approx(2.5))

    def test_by_hand(self) -> None:
        # Latents 0, 1, 3 have distances 1, 3, 2; decoded 0, 2, 2 have distances 2, 2, 0. The slope
        # is (2 + 6 + 0) / (1 + 9 + 4). Deviations from the means 2 and 4/3 are (-1, 1, 0) and
        # (2/3, 2/3, -4/3), which are orthogonal.
        correlation, slope = distance_fit(
            torch.tensor([[0.0], [1.0], [3.0]]), torch.tensor([[0.0], [2.0], [2.0]])
        )
        assert correlation == pytest.approx(0, abs=1e-12)
        assert slope == pytest.approx(8 / 14)

    def test_a_constant_decoder_has_no_correlation(self) -> None:
        assert distance_fit(torch.randn(4, 3), torch.full((4, 3, 2, 2), 0.3)) == (0.0, 0.0)

    def test_equal_latents_have_no_correlation(self) -> None:
        assert distance_fit(torch.ones(4, 3), torch.randn(4, 12)) == (0.0, 0.0)
