"""How far a trained model is from an affine one: the affine residuals of decoder and encoder."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from ..geometry.affine import affine_residual_elsewhere, affine_residual_of_map
from ..model.vhpvae import VHPVAE

# Latents at which a decoder is measured: sixteen fitted per number of a 128-number latent.
POINTS = 4096
# Largest number of crops that fit the encoder's affine map: over five per value of a picture.
FITTED = 4096
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
    model: VHPVAE, fitted: NDArray[np.uint8], judged: NDArray[np.uint8], seed: int = 0
) -> AffineResiduals:
    """Measure a model in evaluation mode.

    The encoder's affine map is fitted to some crops and judged on others. The decoder is measured
    at latents drawn from the posteriors of the latter.

    Args:
        model: on the CPU.
        fitted: (N, H, W, 3) uint8 RGB, for example the crops of the training. At most FITTED of
            them are used, because few people in many crops would fit no better.
        judged: (M, H, W, 3) uint8 RGB, M >= 4, not shown in training where possible.
        seed: seed of the draws.
    """
    rows = np.linspace(0, len(fitted) - 1, min(FITTED, len(fitted))).astype(int)
    pictures, latents, _ = _encode(model, fitted[rows])
    others, mean, log_variance = _encode(model, judged)
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.randint(len(mean), (POINTS,), generator=generator)
    noise = torch.randn(POINTS, mean.shape[1], generator=generator)
    deviation = torch.exp(0.5 * log_variance)
    return AffineResiduals(
        decoder=affine_residual_of_map(model.decoder, mean[drawn] + noise * deviation[drawn]),
        encoder=affine_residual_elsewhere((pictures, latents), (others, mean)),
    )


def _encode(model: VHPVAE, crops: NDArray[np.uint8]) -> tuple[Tensor, Tensor, Tensor]:
    """Return the small pictures, the posterior means and the log variances of crops."""
    parts = []
    for start in range(0, len(crops), _BATCH):
        images = torch.from_numpy(np.array(crops[start : start + _BATCH]))
        images = images.permute(0, 3, 1, 2).float() / 255
        parts.append((_small(model.observation.pictures(images)), *model.posterior(images)))
    pictures, means, log_variances = zip(*parts, strict=True)
    return torch.cat(pictures), torch.cat(means), torch.cat(log_variances)


def _small(pictures: Tensor) -> Tensor:
    side = min(_SIDE, pictures.shape[-1])
    return functional.adaptive_avg_pool2d(pictures, side).flatten(1)
