"""How far a trained model is from an affine one: the affine residuals of decoder and encoder."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from ..geometry.affine import affine_residual, affine_residual_of_map
from ..model.vhpvae import VHPVAE

# Latents at which a decoder is measured: sixteen fitted per number of a 128-number latent.
POINTS = 4096
# Largest side in pixels of the pictures that the encoder's affine map sees. Larger pictures are
# averaged, because their values would outnumber the crops.
_SIDE = 16
_BATCH = 64


@dataclass(frozen=True)
class AffineResiduals:
    """Shares of variance that the best affine map leaves unexplained; 0 is a plane.

    Attributes:
        decoder: of the decoded data, in the data space that the likelihood compares.
        encoder: of the posterior means, as a map of the pictures at 16 x 16 pixels or fewer.
    """

    decoder: float
    encoder: float


@torch.no_grad()
def measure_affine_residuals(
    model: VHPVAE, crops: NDArray[np.uint8], seed: int = 0
) -> AffineResiduals:
    """Measure a model in evaluation mode at latents drawn from the posteriors of crops.

    Args:
        model: on the CPU.
        crops: (N, H, W, 3) uint8 RGB, N >= 8, not shown in training where possible; their order
            should keep one person's crops together, because one half fits and the other judges.
        seed: seed of the draws.
    """
    means, log_variances, pictures = [], [], []
    for start in range(0, len(crops), _BATCH):
        images = torch.from_numpy(np.array(crops[start : start + _BATCH]))
        images = images.permute(0, 3, 1, 2).float() / 255
        mean, log_variance = model.posterior(images)
        means.append(mean)
        log_variances.append(log_variance)
        pictures.append(_small(model.observation.pictures(images)))
    mean, deviation = torch.cat(means), torch.exp(0.5 * torch.cat(log_variances))
    generator = torch.Generator().manual_seed(seed)
    rows = torch.randint(len(mean), (POINTS,), generator=generator)
    noise = torch.randn(POINTS, mean.shape[1], generator=generator)
    return AffineResiduals(
        decoder=affine_residual_of_map(model.decoder, mean[rows] + noise * deviation[rows]),
        encoder=affine_residual(torch.cat(pictures), mean),
    )


def _small(pictures: Tensor) -> Tensor:
    side = min(_SIDE, pictures.shape[-1])
    return functional.adaptive_avg_pool2d(pictures, side).flatten(1)
