"""The encoder of a VHP-VAE or VHP-FMVAE as a descriptor."""

import hashlib
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from flatsort import reid_vae
from flatsort.descriptors.descriptor import Descriptor
from flatsort.descriptors.onnx_encoder import open_graph
from flatsort.errors import InputError
from flatsort.images.crops import cut_crops
from flatsort.reid_vae.weights.weights_file import WeightsError
from flatsort.tracker import AppearanceMetric


class Encoder(Protocol):
    """What runs the network; onnxruntime, or torch where that is not installed.

    Attributes:
        engine: its name and version.
        image_size: side of the crops it takes, in pixels.
        calibration: "kind" and "gate" of the metric.
        latent_mean: (Nz,) float32, the mean descriptor of the training set.
    """

    engine: str
    image_size: int
    calibration: dict[str, Any]
    latent_mean: NDArray[np.float32]

    def __call__(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Crops (N, H, W, 3) uint8 RGB -> posterior means (N, Nz) float32."""


class VaeDescriptor(Descriptor):
    """Posterior means of the crops, compared as the weights' calibration says.

    Args:
        encoder: runs the network.
        path: of the file it is from.

    Raises:
        InputError: its metric or gate is none.
    """

    needs_images = True

    def __init__(self, encoder: Encoder, path: Path) -> None:
        self._encoder = encoder
        self._path = path
        kind, gate = encoder.calibration["kind"], encoder.calibration["gate"]
        centre = encoder.latent_mean if kind == "cosine" else None
        try:
            self.metric = AppearanceMetric(kind, gate, centre)
        except (TypeError, ValueError) as error:
            raise InputError(f"{path}: its calibration cannot be used: {error}") from error

    @property
    def cache_key(self) -> str:
        """The file, what makes a network of it, and what runs that: each may round differently."""
        digest = hashlib.sha256(self._path.read_bytes())
        for source in sorted(Path(reid_vae.__file__).parent.rglob("*.py")):
            digest.update(source.read_bytes())
        return f"vae {self._encoder.engine} {digest.hexdigest()}"

    def __call__(
        self, frame: NDArray[np.uint8] | None, boxes_tlwh: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Frame (H, W, 3) uint8 BGR, boxes (N, 4) -> latents (N, Nz)."""
        size = self._encoder.image_size
        return self._encoder(cut_crops(frame, boxes_tlwh, size, size))


def open_weights(path: Path) -> VaeDescriptor:
    """The descriptor of a weights file, on the fastest engine there is.

    Args:
        path: a weights file written by tools/train_descriptor.py.

    Raises:
        InputError: the file is missing or does not fit.
    """
    try:
        return VaeDescriptor(_open_encoder(path), path)
    except WeightsError as error:
        raise InputError(str(error)) from error


def _open_encoder(path: Path) -> Encoder:
    try:
        return open_graph(path)
    except ImportError:
        return open_with_torch(path)


def open_with_torch(path: Path) -> Encoder:
    """The encoder of a weights file in torch, the fallback.

    Raises:
        WeightsError: the file is missing or does not fit.
    """
    import torch

    from flatsort.reid_vae.weights.encoder import CropEncoder

    # The handful of crops of a frame gains nothing from a second thread of torch, and on a busy
    # machine the threads' waiting for each other makes a frame ten times slower.
    torch.set_num_threads(1)
    return CropEncoder(path)
