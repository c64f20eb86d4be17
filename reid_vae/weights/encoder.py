"""The encoder of a weights file in torch: crops to descriptors."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from ..model.principal_encoder import PrincipalEncoder
from ..model.vhpvae import VHPVAE
from .weights import load_encoder
from .weights_file import read_calibration


class CropEncoder:
    """The encoder of a weights file, for inference.

    Attributes:
        engine: name and version of the library that runs the encoder.
        card: the facts about the training that the file holds (JSON values).
        calibration: the card's entry "calibration", with the "kind" and "gate" of the metric.
        image_size: side of a crop in pixels.
        latent_mean: (Nz,) float32, the mean descriptor of the training set.

    Args:
        path: a weights file.

    Raises:
        WeightsError: the file is missing, is not a weights file, or has no calibration.
    """

    def __init__(self, path: Path) -> None:
        self.engine = f"torch {torch.__version__}"
        self._model, self.card = load_encoder(path)
        self.calibration = read_calibration(path, self.card)
        self.image_size = self._model.architecture.image_size
        self.latent_mean = self._model.latent_mean.numpy()

    def __call__(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Encode crops (N, H, W, 3) uint8 RGB to posterior means (N, Nz) float32."""
        return encode_crops(self._model, crops)


@torch.inference_mode()
def encode_crops(
    model: VHPVAE | PrincipalEncoder, crops: NDArray[np.uint8], batch_size: int = 64
) -> NDArray[np.float32]:
    """Encode crops (N, H, W, 3) uint8 RGB to posterior means (N, Nz) float32.

    Args:
        model: a model in evaluation mode.
        crops: the crops; may be a memory map.
        batch_size: number of crops in memory at a time.
    """
    latents = np.empty((len(crops), model.architecture.latent_size), np.float32)
    for start in range(0, len(crops), batch_size):
        # A copy, because torch needs a writable array.
        batch = torch.from_numpy(np.array(crops[start : start + batch_size]))
        images = batch.permute(0, 3, 1, 2).float() / 255
        latents[start : start + batch_size] = model.encode(images).numpy()
    return latents
