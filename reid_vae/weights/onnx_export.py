"""The encoder of trained weights as an ONNX model, exported from the torch module itself.

Describing people then needs neither torch, which takes seconds to load, nor a second description of
the network. The model lies beside its weights: NAME.onnx beside NAME.safetensors.
"""

import json
import logging
import warnings
from pathlib import Path
from typing import cast

import onnx_ir as ir
import torch
from onnx_ir.passes.common import ClearMetadataAndDocStringPass
from torch import Tensor, nn

from ..model.principal_encoder import PrincipalEncoder
from ..model.vhpvae import VHPVAE
from ..whole_file import whole_file
from .seal import OPEN, SEAL, seal
from .weights import load_encoder
from .weights_file import ENCODER_KEY, read_calibration, read_digest

INPUT, OUTPUT = "crops", "descriptors"
# ONNX operator set and file format: the oldest that torch exports to, so that onnxruntime 1.14 of
# 2023 and later can run the model.
_OPSET, _IR_VERSION = 18, 8


def export_encoder(weights: Path, out: Path | None = None) -> Path:
    """Write the encoder of a weights file as an ONNX file, completely or not at all.

    Args:
        weights: NAME.safetensors, written by :func:`reid_vae.weights.weights.save_weights`.
        out: the file to write; NAME.onnx beside the weights if None.

    Returns:
        The file that was written.

    Raises:
        WeightsError: the file is missing, belongs to another program, does not fit its architecture
            or has no calibration.
    """
    out = out or weights.with_suffix(".onnx")
    model = build_encoder(weights)
    with whole_file(out) as temporary:
        temporary.write_bytes(model)
    return out


def build_encoder(weights: Path) -> bytes:
    """Return the encoder of a weights file as a serialised ONNX model.

    The model maps ``crops`` (N, H, W, 3) uint8 RGB to ``descriptors`` (N, Nz) float32, for any N.
    Its metadata hold a JSON object under ENCODER_KEY: "name", the stem of the weights file's name;
    "weights", the SHA-256 of that file; "kind" and "gate" of the calibrated metric; "centre" (Nz,),
    the mean descriptor of the training crops; and "file", the digest of the model itself.

    Raises:
        WeightsError: as :func:`export_encoder`.
    """
    # The digest is taken first: if the file is replaced while it is read, the digest is that of the
    # old file, so the encoder does not count as that of the new file.
    digest = read_digest(weights)
    model, card = load_encoder(weights)
    calibration = read_calibration(weights, card)
    facts = {
        "name": weights.stem,
        "weights": digest,
        "kind": calibration["kind"],
        "gate": calibration["gate"],
        "centre": model.latent_mean.tolist(),
        SEAL: OPEN,
    }
    return seal(_export(_BytesToLatents(model), {ENCODER_KEY: json.dumps(facts)}))


class _BytesToLatents(nn.Module):
    """The encoder of a model with its input in bytes, so that crops need no conversion."""

    def __init__(self, model: VHPVAE | PrincipalEncoder) -> None:
        super().__init__()
        # onnxruntime lays out its own weights; channels_last would add transposes to the graph.
        self.model = model.to(memory_format=torch.contiguous_format).eval()

    def forward(self, crops: Tensor) -> Tensor:
        """Map crops (N, H, W, 3) uint8 RGB to posterior means (N, Nz)."""
        return self.model.encode(crops.permute(0, 3, 1, 2).float() / 255)


def _export(module: _BytesToLatents, metadata: dict[str, str]) -> bytes:
    side = module.model.architecture.image_size
    # Two crops, because torch.export treats a size of one as a constant.
    example = torch.zeros(2, side, side, 3, dtype=torch.uint8)
    exporter_log = logging.getLogger("torch.onnx")
    level = exporter_log.level
    exporter_log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            # The exporter warns about calls of torch inside its own code.
            warnings.simplefilter("ignore")
            program = torch.onnx.export(
                module,
                (example,),
                dynamo=True,
                opset_version=_OPSET,
                input_names=[INPUT],
                output_names=[OUTPUT],
                dynamic_shapes=({0: torch.export.Dim("N")},),
                verbose=False,
            )
    finally:
        exporter_log.setLevel(level)
    # The exporter adds a stack trace to every node, with the paths of this machine.
    model = ClearMetadataAndDocStringPass()(cast(torch.onnx.ONNXProgram, program).model).model
    model.ir_version = _IR_VERSION
    model.metadata_props.update(metadata)
    serialised: bytes = ir.to_proto(model).SerializeToString(deterministic=True)
    return serialised
