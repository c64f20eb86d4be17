"""Measurements of models whose geometry is known."""

import numpy as np
import pytest
import torch

from flatsort.paper.latent.measure import (
    build_graph,
    draw,
    measure_error,
    measure_fit,
    measure_metric,
    measure_ratios,
    measure_smoothness,
    random_pairs,
)
from flatsort.paper.latent.points import Points


@pytest.fixture
def stretched(isometry):
    """The isometry with its second axis stretched ten times."""
    with torch.no_grad():
        isometry.decoder.weight[:, 1] *= 10
    return isometry


def test_an_isometry_is_flat(isometry):
    metric = measure_metric(isometry, torch.randn(500, 2))
    assert metric.condition.shape == (500,)
    np.testing.assert_allclose(metric.condition, 1, rtol=1e-4)
    np.testing.assert_allclose(metric.magnification, 1, rtol=1e-4)


def test_a_stretched_plane_has_its_condition_number(stretched):
    metric = measure_metric(stretched, torch.randn(50, 2))
    np.testing.assert_allclose(metric.condition, 100, rtol=1e-3)
    np.testing.assert_allclose(metric.magnification, 1, rtol=1e-3)


def test_straight_lines_of_an_isometry_are_geodesics(isometry):
    latents = torch.rand(300, 2)
    graph = build_graph(isometry, latents)
    starts, ends = random_pairs(latents, 12, seed=0)
    ratios, paths = measure_ratios(isometry, graph, starts, ends)
    assert len(paths) == len(ratios.riemannian) == len(ratios.latent) == 12
    # Paths in the graph zigzag, by a few per cent; Riemannian lengths are three times the latent.
    np.testing.assert_allclose(ratios.riemannian, ratios.latent, rtol=1e-3)
    assert 0.93 < ratios.riemannian.mean() < 1
    np.testing.assert_allclose(ratios.refined, 1, rtol=2e-3)
    np.testing.assert_allclose(ratios.refined_latent, 1, rtol=2e-3)
    for path, start, end in zip(paths, starts, ends, strict=True):
        assert torch.equal(path[0], start)
        assert torch.equal(path[-1], end)


def test_decoded_lines_of_a_linear_map_are_smooth(isometry):
    starts, ends = random_pairs(torch.rand(50, 2), 10, seed=0)
    norms = measure_smoothness(isometry, starts, ends)
    assert norms.shape == (10, 5)
    # The rounding error is multiplied by the square of the hundred points.
    assert norms.max() < 0.1


def test_error_in_the_units_of_kappa(isometry):
    data = isometry.decoder(torch.randn(100, 2)).detach()
    isometry.encode = lambda part: torch.zeros(len(part), 2)
    expected = (data - isometry.decoder.bias).square().mean().sqrt().item()
    assert measure_error(isometry, data, kappa=0.3) == pytest.approx(expected, rel=1e-4)


def test_the_fit_of_a_plane(isometry):
    points = Points(
        values=torch.randn(400, 5).numpy(),
        held_out=np.zeros((10, 5), np.float32),
        classes=np.zeros(400, np.int64),
        class_names=("all",),
    )
    # The encoder is even in the first value, so no affine map explains its first latent, of
    # variance 2. The second latent, of variance 1, is a value of the data.
    isometry.encode = lambda part: torch.stack([part[:, 0] ** 2, part[:, 1]], dim=1)
    fit = measure_fit(isometry, points, isometry.encode(torch.from_numpy(points.values)), 0.3)
    assert fit.decoder_residual == pytest.approx(0, abs=1e-9)
    assert fit.encoder_residual == pytest.approx(2 / 3, abs=0.15)
    bias = isometry.decoder.bias.square().mean().sqrt().item()
    assert fit.held_out_error == pytest.approx(bias, rel=1e-4)


def test_pairs_are_of_two_data_points():
    latents = torch.arange(50.0)[:, None].expand(50, 2)
    starts, ends = random_pairs(latents, 2000, seed=0)
    assert (starts != ends).all()
    assert len(starts[:, 0].unique()) == len(ends[:, 0].unique()) == 50


def test_draws_are_from_the_prior(isometry):
    z = draw(isometry, 4000, seed=0)
    assert torch.equal(z, draw(isometry, 4000, seed=0))
    mean, log_variance = isometry.prior.generator(torch.randn(20_000, 2))
    variance = log_variance.exp().mean(0) + mean.var(0)
    torch.testing.assert_close(z.mean(0), mean.mean(0), atol=0.1, rtol=0)
    torch.testing.assert_close(z.var(0), variance, atol=0, rtol=0.15)
