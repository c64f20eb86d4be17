"""The encoder of a VHP-VAE or VHP-FMVAE as a descriptor."""

import hashlib
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from flatsort.descriptors.descriptor import Descriptor
from flatsort.descriptors.onnx_encoder import open_exported
from flatsort.errors import InputError
from flatsort.images.crops import cut_crops
from flatsort.reid_vae import __file__ as _MODEL_PACKAGE
from flatsort.reid_vae.weights.weights_file import WeightsError, read_calibration, read_card
from flatsort.tracker import AppearanceMetric


class Encoder(Protocol):
    """A network that runs in onnxruntime, or in torch.

    Attributes:
        engine: the name and version of the program that runs the network.
        image_size: side of the crops that the network takes, in pixels.
        calibration: "kind" and "gate" of the metric.
        latent_mean: (Nz,) float32, the mean descriptor of the training set.
    """

    engine: str
    image_size: int
    calibration: dict[str, Any]
    latent_mean: NDArray[np.float32]

    def __call__(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Map crops (N, H, W, 3) uint8 RGB to posterior means (N, Nz) float32."""


class VaeDescriptor(Descriptor):
    """The posterior means of crops, compared by the metric that the weights are calibrated for.

    Args:
        encoder: the network.
        sources: the files that decide the features; the cache key depends on their bytes.
        name: the name of the weights in error messages.

    Attributes:
        encoder: the network.

    Raises:
        InputError: the calibration names no usable metric or gate.
    """

    needs_images = True

    def __init__(self, encoder: Encoder, sources: list[Path], name: str | Path) -> None:
        self.encoder = encoder
        self._sources, self._name = sources, name
        kind, gate = encoder.calibration["kind"], encoder.calibration["gate"]
        centre = encoder.latent_mean if kind == "cosine" else None
        try:
            self.metric = AppearanceMetric(kind, gate, centre)
        except (TypeError, ValueError) as error:
            raise InputError(f"{name}: its calibration cannot be used: {error}") from error

    def with_encoder(self, encoder: Encoder) -> "VaeDescriptor":
        """Return this descriptor with another way to run the same network."""
        return VaeDescriptor(encoder, self._sources, self._name)

    @property
    def cache_key(self) -> str:
        """A key of the network and of the program that runs it, because each rounds differently."""
        digest = hashlib.sha256()
        for path in self._sources:
            digest.update(path.read_bytes())
        return f"vae {self.encoder.engine} {digest.hexdigest()}"

    def __call__(
        self, frame: NDArray[np.uint8] | None, boxes_tlwh: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Map a frame (H, W, 3) uint8 BGR and boxes (N, 4) to latents (N, Nz).

        Raises:
            InputError: the latents are not finite, or not as long as the mean of the training set.
        """
        size = self.encoder.image_size
        latents = self.encoder(cut_crops(frame, boxes_tlwh, size, size))
        if not np.isfinite(latents).all():
            raise InputError(
                f"{self._name}: its numbers are so large that features overflow: train it again"
            )
        if latents.shape[1] != len(self.encoder.latent_mean):
            raise InputError(
                f"{self._name}: its features have {latents.shape[1]} values, but its mean has "
                f"{len(self.encoder.latent_mean)}: export it again"
            )
        return latents


def open_weights(path: Path) -> VaeDescriptor:
    """Open the descriptor of a weights file.

    The encoder beside the file, NAME.onnx, runs in onnxruntime. Without one that belongs to these
    weights, torch runs the network, more slowly and with different rounding.

    Args:
        path: a weights file written by tools/train_descriptor.py.

    Raises:
        InputError: the file is missing or does not fit, or neither engine can run it.
    """
    try:
        read_calibration(path, read_card(path))
        try:
            encoder = open_exported(path)
        except ImportError:
            encoder = None
        if encoder is not None:
            return VaeDescriptor(encoder, [path.with_suffix(".onnx")], path)
        return VaeDescriptor(open_with_torch(path), [path, *_model_sources()], path)
    except WeightsError as error:
        raise InputError(str(error)) from error


def open_with_torch(path: Path) -> Encoder:
    """Open the encoder of a weights file in torch.

    Raises:
        InputError: torch is not installed.
        WeightsError: the file is missing or does not fit.
    """
    try:
        import torch
    except ImportError as error:
        raise InputError(
            f"{path}: there is no {path.stem}.onnx that was exported from it, and torch is not "
            "installed: on a machine with torch, run "
            f"`tools/export_onnx.py {path} --out {path.with_suffix('.onnx')}`"
        ) from error
    from flatsort.reid_vae.weights.encoder import CropEncoder

    # The few crops of a frame gain nothing from a second thread of torch. On a busy machine the
    # threads wait for each other, and a frame takes ten times as long.
    torch.set_num_threads(1)
    return CropEncoder(path)


def _model_sources() -> list[Path]:
    """The source files that define the network in torch."""
    return sorted(Path(_MODEL_PACKAGE).parent.rglob("*.py"))
