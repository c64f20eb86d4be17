"""Measure how flat the decoder of trained weights is, at crops of the sequence."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from flatsort.progress import ProgressBar
from flatsort.reid_vae.geometry.affine import affine_residual, affine_residual_of_map
from flatsort.reid_vae.geometry.measures import (
    condition_numbers,
    distance_fit,
    log_magnification,
    log_trace,
)
from flatsort.reid_vae.geometry.metric import metric_tensor
from flatsort.reid_vae.weights.weights import load_weights

CROPS = 200
"""Number of crops at which the decoder is measured."""
RESIDUAL_POINTS = 4096
"""Latents drawn from the prior for the decoder's affine residual: half fit, half judge."""
_POINTS_AT_ONCE = 2
"""Points per batch; one point takes Nz + 1 decoder passes, so more points need much memory."""


@dataclass(frozen=True)
class Flatness:
    """The metric tensor G of a decoder at the posterior means of some crops.

    Attributes:
        crops: number of crops.
        latent_size: Nz.
        condition: quartiles of the condition numbers of G; the second is the median.
        log_mf_deviation: standard deviation over the crops of log MF = log det(G) / 2; MF is the
            magnification factor.
        log_trace_deviation: standard deviation over the crops of log tr G.
        scale: c = sqrt(mean tr G / Nz), the length along the decoded surface per unit step.
        correlation: correlation of latent distance with the distance between decoded pictures,
            over all pairs of crops.
        slope: slope of the distance between decoded pictures over latent distance. The distance
            between pictures is the chord of the decoded surface. A flat decoder therefore has
            slope c where its surface is a plane, and less where the surface bends.
        decoder_residual: share of the decoder's variance that the best affine map leaves
            unexplained, at latents drawn from the model's prior; 0 for a plane.
        encoder_residual: that share of the latents, as a map of the labelled crops; None if the
            crops are not given.
    """

    crops: int
    latent_size: int
    condition: tuple[float, float, float]
    log_mf_deviation: float
    log_trace_deviation: float
    scale: float
    correlation: float
    slope: float
    decoder_residual: float
    encoder_residual: float | None = None


@torch.inference_mode()
def measure_flatness(
    path: Path, latents: NDArray[np.float32], pixels: NDArray[np.float32] | None = None
) -> Flatness:
    """Measure the metric tensor at 200 latents spread evenly over the given ones.

    G = J^T J has all Nz columns of the decoder's Jacobian J, each a difference quotient. The
    arithmetic is float32. A difference quotient of values near 1 is then right to about 1e-5,
    so a column of J, whose length is c, is off by about 1e-3. With c near 1, condition numbers up
    to 1e4 are right to a few per cent. float64 gives the same figures in ten times the time.

    Args:
        path: the weights.
        latents: (N, Nz) posterior means, N >= 3.
        pixels: (N, D), the pixels of the same crops, for the encoder's affine residual; N >= 8.
    """
    model, _ = load_weights(path)
    chosen = np.linspace(0, len(latents) - 1, min(CROPS, len(latents))).astype(int)
    z = torch.from_numpy(latents[chosen])
    metrics = []
    with ProgressBar(total=len(z), desc=f"metric tensor of {path.stem}", unit="crop") as bar:
        for points in z.split(_POINTS_AT_ONCE):
            metrics.append(metric_tensor(model.decoder, points))
            bar.update(len(points))
    metric = torch.cat(metrics)
    quartiles = torch.tensor([0.25, 0.5, 0.75], dtype=torch.float64)
    condition = condition_numbers(metric).quantile(quartiles)
    correlation, slope = distance_fit(z, model.decoder(z))
    prior = model.prior.sample(RESIDUAL_POINTS, torch.Generator().manual_seed(0))
    encoder_residual = None
    if pixels is not None:
        encoder_residual = affine_residual(torch.from_numpy(pixels), torch.from_numpy(latents))
    return Flatness(
        crops=len(z),
        latent_size=z.shape[1],
        condition=tuple(condition.tolist()),
        log_mf_deviation=log_magnification(metric).std().item(),
        log_trace_deviation=log_trace(metric).std().item(),
        scale=metric.diagonal(dim1=1, dim2=2).mean().sqrt().item(),
        correlation=correlation,
        slope=slope,
        decoder_residual=affine_residual_of_map(model.decoder, prior),
        encoder_residual=encoder_residual,
    )
