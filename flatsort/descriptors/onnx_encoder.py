"""An encoder exported as ONNX, run by onnxruntime. Its metadata name its metric and its gate."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from flatsort.descriptors.onnx_session import open_session
from flatsort.errors import InputError
from flatsort.files.json_values import parse_json
from flatsort.reid_vae.weights.seal import SEAL, is_whole
from flatsort.reid_vae.weights.weights_file import ENCODER_KEY, read_digest

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

# Crops per call: more than a frame has people, and few enough that the layers of VGG16 take half a
# gigabyte.
BATCH_SIZE = 256


class OnnxEncoder:
    """An encoder that :func:`flatsort.reid_vae.weights.onnx_export.export_encoder` wrote.

    Attributes:
        engine: onnxruntime and its version.
        image_size: side of the crops that the encoder takes, in pixels.
        calibration: "kind" and "gate" of the metric.
        latent_mean: (Nz,) float32, the mean descriptor of the training set.
        weights_digest: SHA-256 of the weights file that the encoder was exported from.

    Args:
        session: a model that :func:`is_encoder` recognises.
        name: the model's name in error messages.
        content: the bytes of the model's file.

    Raises:
        InputError: the file is damaged.
    """

    def __init__(self, session: "InferenceSession", name: str | Path, content: bytes) -> None:
        import onnxruntime

        self.engine = f"onnxruntime {onnxruntime.__version__}"
        self._session = session
        facts = session.get_modelmeta().custom_metadata_map[ENCODER_KEY]
        try:
            read: dict[str, Any] = parse_json(facts)
            self.calibration = {"kind": read["kind"], "gate": read["gate"]}
            self.latent_mean = np.array(read["centre"], np.float32)
            # Encoders that earlier releases exported do not name their weights.
            self.weights_digest: str = read.get("weights", "")
            digest = str(read.get(SEAL, ""))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"{name}: its metadata {ENCODER_KEY} cannot be read: export it again with "
                "tools/export_onnx.py"
            ) from error
        # Files of earlier releases have no digest of their own.
        if digest and not is_whole(content, digest):
            raise InputError(f"{name}: damaged: its bytes have changed: get the file again")
        self.image_size = int(session.get_inputs()[0].shape[1])
        self._input = session.get_inputs()[0].name

    def __call__(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Map crops (N, H, W, 3) uint8 RGB to posterior means (N, Nz) float32."""
        if len(crops) == 0:
            return np.empty((0, len(self.latent_mean)), np.float32)
        starts = range(0, len(crops), BATCH_SIZE)
        batches = [self._run(crops[start : start + BATCH_SIZE]) for start in starts]
        return batches[0] if len(batches) == 1 else np.concatenate(batches)

    def _run(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        return self._session.run(None, {self._input: crops})[0]


def is_encoder(session: "InferenceSession") -> bool:
    """Whether a model is an exported encoder, which knows its metric and takes crops in bytes."""
    return ENCODER_KEY in session.get_modelmeta().custom_metadata_map


def open_exported(weights: Path) -> OnnxEncoder | None:
    """Open the encoder NAME.onnx that lies beside NAME.safetensors.

    Args:
        weights: the weights file.

    Returns:
        The encoder; None if there is none, or if it was exported from other weights.

    Raises:
        ImportError: onnxruntime is not installed.
        InputError: the file is not a usable ONNX model, or its metadata are damaged.
        WeightsError: the weights file is missing.
    """
    path = weights.with_suffix(".onnx")
    if not path.is_file():
        return None
    try:
        session = open_session(path, path)
    except InputError as error:
        raise InputError(
            f"{error}: write it again with tools/export_onnx.py, or remove it to run "
            f"{weights.name} in torch"
        ) from error
    if not is_encoder(session):
        return None
    encoder = OnnxEncoder(session, path, path.read_bytes())
    return encoder if encoder.weights_digest == read_digest(weights) else None
