"""Measure a model as the paper does: error, metric, lengths of lines and geodesics, smoothness."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from flatsort.paper.latent.model_findings import Fit, Measured, Metric, Ratios
from flatsort.paper.latent.points import Points
from flatsort.paper.latent.trained_model import TrainedModel, encode_all
from flatsort.reid_vae.geometry.affine import affine_residual, affine_residual_of_map
from flatsort.reid_vae.geometry.curves import (
    latent_lengths,
    riemannian_lengths,
    second_derivative_norms,
    straight_lines,
)
from flatsort.reid_vae.geometry.geodesics import LatentGraph, refine
from flatsort.reid_vae.geometry.measures import condition_numbers, normalised_magnification
from flatsort.reid_vae.geometry.metric import exact_metric_tensor
from flatsort.reid_vae.model.dense_vae import DenseVAE
from flatsort.reid_vae.model.vhpvae import VHPVAE

PAIRS = 100
"""Number of pairs of data points for Table 1 and for the smoothness."""
REFINED = 25
"""Number of pairs whose path in the graph is refined; this takes about a second per pair."""
POINTS = 100
"""Number of points on the line between the two points of a pair."""
NODES = 14_400
"""Number of nodes of the graph, as in the paper."""
KNOTS = 8
"""Number of free knots of the spline that replaces a path in the graph."""
RESIDUAL_POINTS = 10_000
"""Largest number of data points for the affine residuals: half fit the map, half judge it."""
SEED = 0
"""Seed of the latents and pairs, the same for all models."""


def measure(
    trained: TrainedModel, method: str, seed: int, points: Points, kappa: float, samples: int
) -> Measured:
    """Measure a trained model.

    Args:
        trained: the model, and the outcome of its training.
        method: one of COMPARED and ABLATIONS.
        seed: seed of the training.
        points: the data.
        kappa: bound on the error in training.
        samples: number of latents at which each metric is measured.

    Raises:
        ValueError: the graph has no path between two encodings.
    """
    model = trained.model
    latents = encode_all(model, torch.from_numpy(points.values))
    starts, ends = random_pairs(latents, PAIRS, SEED)
    ratios, paths = measure_ratios(model, build_graph(model, latents), starts, ends)
    chosen = torch.randperm(len(latents), generator=torch.Generator().manual_seed(SEED))
    return Measured(
        method=method,
        seed=seed,
        kappa=kappa,
        outcome=trained.outcome,
        fit=measure_fit(model, points, latents, kappa),
        metric=measure_metric(model, draw(model, samples, SEED)),
        data_metric=measure_metric(model, latents[chosen[:samples]]),
        ratios=ratios,
        smoothness=measure_smoothness(model, starts, ends),
        paths=[path.numpy() for path in paths],
    )


def measure_fit(model: DenseVAE, points: Points, latents: Tensor, kappa: float) -> Fit:
    """Measure errors and affine residuals; latents (M, Nz) are the encodings of the data."""
    values = torch.from_numpy(points.values)
    # In random order, because the frames of one recording follow each other.
    order = torch.randperm(len(values), generator=torch.Generator().manual_seed(SEED))
    chosen = order[:RESIDUAL_POINTS]
    return Fit(
        error=measure_error(model, values, kappa),
        held_out_error=measure_error(model, torch.from_numpy(points.held_out), kappa),
        decoder_residual=affine_residual_of_map(model.decoder, latents[chosen]),
        encoder_residual=affine_residual(values[chosen], latents[chosen]),
    )


def measure_metric(model: DenseVAE | VHPVAE, latents: Tensor) -> Metric:
    """Measure the metric tensor at latents (N, Nz).

    Section 4 of the paper says "generated from the latent space" and names no distribution.
    """
    # This limits memory, because all columns of J are held for so many points at once.
    at_once = max(1, 2000 // model.architecture.latent_size)
    metric = torch.cat(
        [exact_metric_tensor(model.decoder, part) for part in latents.split(at_once)]
    )
    return Metric(condition_numbers(metric).numpy(), normalised_magnification(metric).numpy())


@torch.no_grad()
def draw(model: DenseVAE | VHPVAE, count: int, seed: int) -> Tensor:
    """Sample the prior: zeta from the standard normal, then z (count, Nz) from p(z | zeta)."""
    return model.prior.sample(count, torch.Generator().manual_seed(seed))


@torch.no_grad()
def measure_error(model: DenseVAE, data: Tensor, kappa: float) -> float:
    """Compute the reconstruction error per value at the posterior means, in kappa's units."""
    errors = [
        model.likelihood.error(part, model.decoder(model.encode(part)), kappa)
        for part in data.split(4096)
    ]
    return model.likelihood.error_per_value(torch.cat(errors).mean().item(), data.shape[1], kappa)


def random_pairs(latents: Tensor, count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Draw pairs of encodings of two different data points: starts and ends, (count, Nz) each."""
    generator = torch.Generator().manual_seed(seed)
    first = torch.randint(len(latents), (count,), generator=generator)
    # The second point is at least one place ahead, so the two points differ.
    ahead = torch.randint(1, len(latents), (count,), generator=generator)
    return latents[first], latents[(first + ahead) % len(latents)]


def build_graph(model: DenseVAE, latents: Tensor) -> LatentGraph:
    """Build the graph of Chen et al. 2019 over the bounding box of all encodings."""
    return LatentGraph(model.decoder, latents.amin(0), latents.amax(0), count=NODES)


def measure_ratios(
    model: DenseVAE, graph: LatentGraph, starts: Tensor, ends: Tensor
) -> tuple[Ratios, list[Tensor]]:
    """Compute Table 1's ratios for all pairs; also return the paths in the graph."""
    straight = straight_lines(starts, ends, POINTS)
    with torch.no_grad():
        riemannian = riemannian_lengths(model.decoder, straight).double().numpy()
    latent = latent_lengths(straight).double().numpy()
    pairs = zip(starts, ends, strict=True)
    found = [graph.geodesic(*pair) for pair in pairs]
    refined = [refine(model.decoder, geodesic.path, KNOTS) for geodesic in found[:REFINED]]
    paths = [geodesic.path for geodesic in found]
    ratios = Ratios(
        riemannian=riemannian / [geodesic.length for geodesic in found],
        latent=latent / _latent_lengths(paths),
        refined=riemannian[:REFINED] / [geodesic.length for geodesic in refined],
        refined_latent=latent[:REFINED] / _latent_lengths([each.path for each in refined]),
    )
    return ratios, paths


def measure_smoothness(model: DenseVAE, starts: Tensor, ends: Tensor) -> NDArray[np.float64]:
    """Compute second derivatives along decoded straight lines (section 4.2).

    Their size depends on the units of the data and on the distance between the pairs.

    Returns:
        (P, Nx): root mean square over the points of each line.
    """
    with torch.no_grad():
        lines = straight_lines(starts, ends, POINTS)
        return second_derivative_norms(model.decoder, lines).double().numpy()


def _latent_lengths(paths: list[Tensor]) -> NDArray[np.float64]:
    return np.array([latent_lengths(path[None]).item() for path in paths])
