"""The encoder of a VHP-VAE or VHP-FMVAE as a descriptor."""

import hashlib
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from reid_vae.encoder import CropEncoder
from reid_vae.weights import WeightsError
from tools.crops import cut_crops
from tools.descriptors.descriptor import Descriptor
from tools.errors import InputError
from tracker.gallery import AppearanceMetric


class VaeDescriptor(Descriptor):
    """Posterior means of the crops, compared as the weights' calibration says.

    Args:
        path: a weights file written by tools/train_descriptor.py.

    Raises:
        InputError: the file is missing or does not fit.
    """

    needs_images = True

    def __init__(self, path: Path) -> None:
        self._path = path
        # The handful of crops of a frame gains nothing from a second thread, and on a busy machine
        # the threads' waiting for each other makes a frame ten times slower.
        torch.set_num_threads(1)
        try:
            self._encoder = CropEncoder(path)
        except WeightsError as error:
            raise InputError(str(error)) from error
        calibration = self._encoder.card["calibration"]
        centred = calibration["kind"] == "cosine"
        centre = self._encoder.latent_mean if centred else None
        try:
            self.metric = AppearanceMetric(calibration["kind"], calibration["gate"], centre)
        except (TypeError, ValueError) as error:
            raise InputError(f"{path}: its calibration cannot be used: {error}") from error

    @property
    def cache_key(self) -> str:
        """The weights, and what runs them: another version of torch rounds differently."""
        return (
            f"vae torch {torch.__version__} {hashlib.sha256(self._path.read_bytes()).hexdigest()}"
        )

    def __call__(
        self, frame: NDArray[np.uint8] | None, boxes_tlwh: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Frame (H, W, 3) uint8 BGR, boxes (N, 4) -> latents (N, Nz)."""
        size = self._encoder.image_size
        return self._encoder(cut_crops(frame, boxes_tlwh, size, size))
