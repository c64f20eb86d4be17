"""An encoder as an ONNX graph that says of itself what it is, run by onnxruntime."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from flatsort.descriptors.onnx_session import open_session
from flatsort.errors import InputError
from flatsort.reid_vae.weights.weights_file import ENCODER_KEY

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

# More crops than a frame has people; the layers of as many of VGG16's take half a gigabyte.
BATCH_SIZE = 256


class GraphEncoder:
    """What :func:`flatsort.reid_vae.weights.encoder_graph.build_encoder_graph` built.

    Attributes:
        engine: onnxruntime and its version.
        image_size: side of the crops it takes, in pixels.
        calibration: "kind" and "gate" of the metric.
        latent_mean: (Nz,) float32, the mean descriptor of the training set.

    Args:
        session: of a model that :func:`is_encoder` recognises.
        name: for messages.

    Raises:
        InputError: its metadata are damaged.
    """

    def __init__(self, session: "InferenceSession", name: str | Path) -> None:
        import onnxruntime

        self.engine = f"onnxruntime {onnxruntime.__version__}"
        self._session = session
        facts = session.get_modelmeta().custom_metadata_map[ENCODER_KEY]
        try:
            read: dict[str, Any] = json.loads(facts)
            self.calibration = {"kind": read["kind"], "gate": read["gate"]}
            self.latent_mean = np.array(read["centre"], np.float32)
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"{name}: its metadata {ENCODER_KEY} cannot be read: export it anew"
            ) from error
        self.image_size = int(session.get_inputs()[0].shape[1])
        self._input = session.get_inputs()[0].name

    def __call__(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Crops (N, H, W, 3) uint8 RGB -> posterior means (N, Nz) float32."""
        if len(crops) == 0:
            return np.empty((0, len(self.latent_mean)), np.float32)
        starts = range(0, len(crops), BATCH_SIZE)
        batches = [self._run(crops[start : start + BATCH_SIZE]) for start in starts]
        return batches[0] if len(batches) == 1 else np.concatenate(batches)

    def _run(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        return self._session.run(None, {self._input: crops})[0]


def is_encoder(session: "InferenceSession") -> bool:
    """Whether a model is one of ours, which knows its metric and takes crops as they are."""
    return ENCODER_KEY in session.get_modelmeta().custom_metadata_map


def open_graph(path: Path) -> GraphEncoder:
    """The encoder of a weights file, its graph built in memory.

    Raises:
        ImportError: onnx or onnxruntime is not installed.
        WeightsError: the file is missing or does not fit.
    """
    from flatsort.reid_vae.weights.encoder_graph import build_encoder_graph

    return GraphEncoder(open_session(build_encoder_graph(path).SerializeToString(), path), path)
