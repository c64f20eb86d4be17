"""How a trained model serves pictures that training did not show, beside the principal subspace."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..geometry.affine import affine_residual_of_map
from ..geometry.measures import condition_numbers
from ..geometry.metric import flatness_of_metric, metric_tensor
from ..geometry.principal import PrincipalSubspace, fit_principal_subspace
from ..model.observation import Observation
from ..model.vhpvae import VHPVAE

# Encodings at which the metric is measured. A median of 100 values is known to a few per cent of
# their spread, and at 128 latents each encoding takes 129 decoder passes.
METRIC_POINTS = 100
# Latents drawn from the prior for the affine residual: half fit, and half judge.
PRIOR_POINTS = 4096
_BATCH = 256
_POINTS_AT_ONCE = 4


@dataclass(frozen=True)
class HeldOut:
    """The fit and the flatness of a model at crops that training did not show.

    Attributes:
        error: root-mean-square error of the pictures, decoded from posterior means, in units of
            their standard deviation: 1 for a model that always decodes the mean of these pictures.
        principal_error: the same of the principal subspace of as many dimensions, fitted to all
            training crops.
        condition: median condition number of the decoder's metric at the encodings; 1 is flat.
        flatness: R at the encodings; 0 is flat.
        prior_residual: share of the decoder's variance that no affine map explains, at latents
            drawn from the prior; 0 is a plane.
    """

    error: float
    principal_error: float
    condition: float
    flatness: float
    prior_residual: float


@torch.no_grad()
def measure_held_out(
    model: VHPVAE, shown: NDArray[np.uint8], held: NDArray[np.uint8], seed: int = 0
) -> HeldOut:
    """Measure a model in evaluation mode, on the CPU.

    Args:
        model: a model whose targets are the crops' own pictures.
        shown: (M, H, W, 3) uint8 RGB, M > Nz, the training crops.
        held: (N, H, W, 3) uint8 RGB, N >= 2, crops held out of training.
        seed: seed of the draws from the prior.
    """
    subspace = fit_pictures(model.observation, shown, model.architecture.latent_size)
    return measure_beside(model, subspace, held, seed)


@torch.no_grad()
def measure_beside(
    model: VHPVAE, subspace: PrincipalSubspace, held: NDArray[np.uint8], seed: int = 0
) -> HeldOut:
    """Measure a model beside a subspace from :func:`fit_pictures`; see :func:`measure_held_out`."""
    pictures = torch.cat([model.observation.pictures(images) for images in images_of(held)])
    latents = torch.cat([model.encode(images) for images in images_of(held)])
    decoded = torch.cat([model.pictures(z) for z in latents.split(_BATCH)])
    chosen = latents[np.linspace(0, len(latents) - 1, min(METRIC_POINTS, len(latents))).astype(int)]
    metric = torch.cat([metric_tensor(model.decoder, z) for z in chosen.split(_POINTS_AT_ONCE)])
    prior = model.prior.sample(PRIOR_POINTS, torch.Generator().manual_seed(seed))
    values = pictures.flatten(1)
    return HeldOut(
        error=relative_error(values, decoded.flatten(1)),
        principal_error=relative_error(values, subspace.reconstruct(values)),
        condition=condition_numbers(metric).median().item(),
        flatness=flatness_of_metric(metric)[0].item(),
        prior_residual=affine_residual_of_map(model.decoder, prior),
    )


def fit_pictures(
    observation: Observation, crops: NDArray[np.uint8], count: int
) -> PrincipalSubspace:
    """Fit the principal subspace of ``count`` dimensions to the pictures of crops (M, H, W, 3)."""
    pictures = [observation.pictures(images).flatten(1) for images in images_of(crops)]
    return fit_principal_subspace(torch.cat(pictures), count)


def relative_error(data: Tensor, reconstructed: Tensor) -> float:
    """Return the root-mean-square error in units of the standard deviation of data (N, Nx)."""
    data = data.double()
    variance = (data - data.mean(0)).square().mean()
    return ((data - reconstructed).square().mean() / variance).sqrt().item()


def images_of(crops: NDArray[np.uint8]) -> Iterator[Tensor]:
    """Yield crops (M, H, W, 3) uint8 in batches (N, 3, H, W) float32 in [0, 1]."""
    for start in range(0, len(crops), _BATCH):
        # A copy, because torch needs a writable array.
        batch = torch.from_numpy(np.array(crops[start : start + _BATCH]))
        yield batch.permute(0, 3, 1, 2).float() / 255
