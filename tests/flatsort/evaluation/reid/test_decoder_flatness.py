"""Flatness of weights at given latents."""

import numpy as np
import pytest
import torch

from flatsort.evaluation.reid.decoder_flatness import CROPS, measure_flatness
from flatsort.reid_vae.geometry.metric import metric_tensor
from flatsort.reid_vae.weights.weights import load_weights


@pytest.fixture
def latents():
    return np.random.default_rng(0).normal(size=(23, 8)).astype(np.float32)


def test_figures_are_computed_from_the_metric_tensor(tiny_weights, latents):
    path = tiny_weights()
    found = measure_flatness(path, latents)
    assert (found.crops, found.latent_size) == (23, 8)
    decoder = load_weights(path)[0].decoder
    with torch.inference_mode():
        metric = metric_tensor(decoder, torch.from_numpy(latents)).double().numpy()
        decoded = decoder(torch.from_numpy(latents)).flatten(1).numpy()
    assert found.condition == pytest.approx(
        np.quantile(np.linalg.cond(metric), [0.25, 0.5, 0.75]), rel=1e-2
    )
    log_mf = np.linalg.slogdet(metric)[1] / 2
    assert found.log_mf_deviation == pytest.approx(log_mf.std(ddof=1), rel=1e-2)
    trace = np.trace(metric, axis1=1, axis2=2)
    assert found.log_trace_deviation == pytest.approx(np.log(trace).std(ddof=1), rel=1e-2)
    assert found.scale == pytest.approx(np.sqrt(trace.mean() / 8), rel=1e-4)
    first, second = np.triu_indices(23, 1)
    latent, observed = (
        np.linalg.norm(points[first] - points[second], axis=1) for points in (latents, decoded)
    )
    assert found.correlation == pytest.approx(np.corrcoef(latent, observed)[0, 1], abs=1e-4)
    assert found.slope == pytest.approx((latent @ observed) / (latent @ latent), rel=1e-4)


def test_two_hundred_crops_spread_evenly(tiny_weights, latents):
    many = np.repeat(latents, 20, axis=0)[:401]
    found = measure_flatness(tiny_weights(), many)
    assert found.crops == CROPS == 200
    # 200 of 401 latents: every second one, including the first and the last.
    every_second = many[np.linspace(0, 400, 200).astype(int)]
    assert found == measure_flatness(tiny_weights(), every_second)


def test_affine_residuals(tiny_weights, latents):
    path = tiny_weights()
    pixels = np.random.default_rng(1).normal(size=(23, 2)).astype(np.float32)
    found = measure_flatness(path, latents, pixels)
    # A network's decoder bends; the latents have nothing to do with these pixels.
    assert 0 < found.decoder_residual < 1
    assert found.encoder_residual > 0.8
    assert measure_flatness(path, latents).encoder_residual is None
