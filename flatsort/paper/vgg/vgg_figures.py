"""Measure a large model of crops at crops that training did not show, in about a minute."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from flatsort.reid_vae.geometry.measures import condition_numbers
from flatsort.reid_vae.geometry.metric import flatness_of_metric, metric_tensor
from flatsort.reid_vae.geometry.principal import PrincipalSubspace
from flatsort.reid_vae.model.vhpvae import VHPVAE
from flatsort.reid_vae.weights.affine_residuals import measure_affine_residuals
from flatsort.reid_vae.weights.held_out import fit_pictures, images_of

JUDGED = 512
"""Held-out crops that are encoded, of those evenly spread over the frames."""
FITTED = 1024
"""Training crops that fit the encoder's affine map."""
PLANE = 2048
"""Training crops that fit the principal subspace."""
METRIC_POINTS = 32
"""Latents at which the metric is measured; each takes 129 decoder passes."""
_SEED = 0


@dataclass(frozen=True)
class Measured:
    """Fit, flatness and curvature of one model.

    Attributes:
        error: root-mean-square error of a value of held-out pictures, in the units of kappa.
        flatness: R at encodings of held-out crops; 0 is flat.
        condition: median condition number of the metric there; 1 is flat.
        prior_condition: that at latents from the prior.
        decoder_residual: share of the decoder's variance that no affine map explains, at latents
            drawn from the posteriors of held-out crops; 0 is a plane.
        encoder_residual: that of the encoder.
    """

    error: float
    flatness: float
    condition: float
    prior_condition: float
    decoder_residual: float
    encoder_residual: float


@torch.no_grad()
def measure(model: VHPVAE, shown: NDArray[np.uint8], held: NDArray[np.uint8]) -> Measured:
    """Measure a model in evaluation mode, on the CPU.

    Args:
        model: a model whose targets are the crops' own pictures.
        shown: (M, H, W, 3) uint8 RGB, the training crops.
        held: (N, H, W, 3) uint8 RGB, crops held out of training.
    """
    judged = spread(held, JUDGED)
    images = torch.cat(list(images_of(judged)))
    latents = torch.cat([model.encode(part) for part in images.split(64)])
    pictures = model.observation.pictures(images)
    decoded = torch.cat([model.pictures(part) for part in latents.split(64)])
    rows = np.linspace(0, len(latents) - 1, min(METRIC_POINTS, len(latents))).astype(int)
    metric = _metric(model, latents[rows])
    prior = model.prior.sample(METRIC_POINTS, torch.Generator().manual_seed(_SEED))
    residuals = measure_affine_residuals(model, spread(shown, FITTED), judged, _SEED)
    return Measured(
        error=(decoded - pictures).square().mean().sqrt().item(),
        flatness=flatness_of_metric(metric)[0].item(),
        condition=condition_numbers(metric).median().item(),
        prior_condition=condition_numbers(_metric(model, prior)).median().item(),
        decoder_residual=residuals.decoder,
        encoder_residual=residuals.encoder,
    )


def plane_error(model: VHPVAE, shown: NDArray[np.uint8], held: NDArray[np.uint8]) -> float:
    """Return the held-out error of the principal subspace with as many dimensions as latents."""
    plane: PrincipalSubspace = fit_pictures(
        model.observation, spread(shown, PLANE), model.architecture.latent_size
    )
    pictures = [model.observation.pictures(part).flatten(1) for part in images_of(held)]
    return plane.rms_error(torch.cat(pictures))


def spread(crops: NDArray[np.uint8], count: int) -> NDArray[np.uint8]:
    """Return at most so many crops, evenly spread."""
    return crops[np.linspace(0, len(crops) - 1, min(count, len(crops))).astype(int)]


def _metric(model: VHPVAE, latents: Tensor) -> Tensor:
    return torch.cat([metric_tensor(model.decoder, z) for z in latents.split(1)])
