"""The encoder of a weights file as an ONNX graph, built from the tensors themselves.

The same function as :class:`reid_vae.weights.encoder.CropEncoder`, to rounding, in as few operations as it
takes, and without torch, which takes seconds to load: a graph is built in some hundredths of one.

- BatchNorm is folded into the convolution before it, and [0, 255] to [-2, 2] into the first one.
- Only the posterior's mean is there.
- In the linear encoder the window is folded into the matrix, standardising into L*a*b*, and sRGB to
  linear RGB is a table of 256 values.

Products of weights are taken in double precision and rounded to float32 once.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from ..model.architecture import Architecture
from ..model.cie_constants import LINEAR_BELOW, RGB_TO_XYZ
from .weights_file import (
    ENCODER_KEY,
    WeightsError,
    read_architecture,
    read_calibration,
    read_tensors,
)

INPUT, OUTPUT = "crops", "descriptors"

# Old enough for engines of the last years; nothing later is needed.
_OPSET, _IR_VERSION = 17, 8
# torch.nn.BatchNorm2d's.
_EPSILON = 1e-5
# What (images - 0.5) / 0.25 of VggEncoder makes of bytes.
_BYTE_MIDDLE, _BYTE_UNIT = 0.5 * 255, 0.25 * 255


def build_encoder_graph(path: Path) -> onnx.ModelProto:
    """The encoder of a weights file.

    Args:
        path: written by reid_vae.weights.save_weights.

    Returns:
        A model from ``crops`` (N, H, W, 3) uint8 RGB to ``descriptors`` (N, Nz) float32, N free.
        Its metadata hold, as JSON under ENCODER_KEY: name, the file's stem; kind and gate, of the
        metric the weights were calibrated for; centre, (Nz,), the mean of the training crops.

    Raises:
        WeightsError: the file is missing, not ours, does not fit the architecture it names, or has
            no calibration.
    """
    architecture, card = read_architecture(path)
    calibration = read_calibration(path, card)
    tensors = _read_encoder(path, architecture)
    graph = _Graph()
    # Engines compute on N x 3 x H x W.
    channels_first = graph.add("Transpose", [INPUT], perm=[0, 3, 1, 2])
    outputs = _network(graph, channels_first, tensors, architecture)
    if architecture.linear_encoder:
        linear = _linear(graph, channels_first, tensors, architecture)
        outputs = graph.add("Add", [outputs, linear])
    graph.add("Identity", [outputs], output=OUTPUT)
    side, size = architecture.image_size, architecture.latent_size
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "encoder",
            [helper.make_tensor_value_info(INPUT, TensorProto.UINT8, ["N", side, side, 3])],
            [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["N", size])],
            graph.constants,
        ),
        producer_name="flatsort",
        opset_imports=[helper.make_opsetid("", _OPSET)],
        ir_version=_IR_VERSION,
    )
    facts = {
        "name": path.stem,
        "kind": calibration["kind"],
        "gate": calibration["gate"],
        "centre": tensors["latent_mean"].tolist(),
    }
    helper.set_model_props(model, {ENCODER_KEY: json.dumps(facts)})
    return model


class _Graph:
    """Nodes and constants, named in the order they are added."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def add(self, kind: str, inputs: list[str], output: str = "", **attributes: Any) -> str:
        """Append an operation; returns the name of its output."""
        output = output or f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def constant(self, values: NDArray[np.float64] | float) -> str:
        """A float32 constant; returns its name."""
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values, np.float32), name))
        return name


def _network(
    graph: _Graph, crops: str, tensors: dict[str, NDArray[np.float64]], architecture: Architecture
) -> str:
    """VggEncoder's mean: bytes (N, 3, H, W) -> (N, Nz)."""
    values = graph.add("Cast", [crops], to=TensorProto.FLOAT)
    # Not folded into a bias: the border is padded with what this makes of mid-grey, zeros.
    values = graph.add("Sub", [values, graph.constant(_BYTE_MIDDLE)])
    unit = _BYTE_UNIT
    for stage in _convolutions(architecture):
        for index, _, _ in stage:
            weight, bias = _fold_batch_norm(tensors, index)
            inputs = [values, graph.constant(weight / unit), graph.constant(bias)]
            values = graph.add("Conv", inputs, kernel_shape=[3, 3], pads=[1, 1, 1, 1])
            values = graph.add("Relu", [values])
            unit = 1.0
        values = graph.add("MaxPool", [values], kernel_shape=[2, 2], strides=[2, 2])
    weight, bias = (tensors[f"encoder.posterior.mean.{name}"] for name in ("weight", "bias"))
    return _matrix(graph, values, weight, bias)


def _linear(
    graph: _Graph, crops: str, tensors: dict[str, NDArray[np.float64]], architecture: Architecture
) -> str:
    """LinearEncoder of Observation.pictures: bytes (N, 3, H, W) -> (N, Nz)."""
    bytes_ = np.arange(256) / 255
    if architecture.colours == "lab":
        # reid_vae.model.colour_spaces.rgb_to_lab up to its cube root; the rest is linear.
        to_linear = np.where(bytes_ <= 0.04045, bytes_ / 12.92, ((bytes_ + 0.055) / 1.055) ** 2.4)
        values = _look_up(graph, crops, to_linear)
        to_xyz = np.array(RGB_TO_XYZ)
        to_xyz /= to_xyz.sum(1, keepdims=True)
        mixing = graph.constant(to_xyz[:, :, None, None])
        values = _cube_root(graph, graph.add("Conv", [values, mixing], kernel_shape=[1, 1]))
        mix = np.array([[0.0, 116.0, 0.0], [500.0, -500.0, 0.0], [0.0, 200.0, -200.0]])
        offset = np.array([-16.0, 0.0, 0.0])
    else:
        values = graph.add("Cast", [crops], to=TensorProto.FLOAT)
        mix, offset = np.eye(3) / 255, np.zeros(3)
    factor = architecture.image_size // architecture.observed_size
    values = graph.add("AveragePool", [values], kernel_shape=[factor] * 2, strides=[factor] * 2)
    # Standardised before the matrix, not inside it: a* and b* are small differences of large ones.
    deviation = tensors["observation.channel_std"]
    weight = (mix / deviation[:, None])[:, :, None, None]
    bias = (offset - tensors["observation.channel_mean"]) / deviation
    inputs = [values, graph.constant(weight), graph.constant(bias)]
    values = graph.add("Conv", inputs, kernel_shape=[1, 1])
    side = architecture.observed_size
    weight = tensors["linear_encoder.weight"].reshape(-1, side, side)
    feathered = (weight * _window(side, architecture.feather)).reshape(architecture.latent_size, -1)
    return _matrix(graph, values, feathered, tensors["linear_encoder.bias"])


def _look_up(graph: _Graph, crops: str, table: NDArray[np.float64]) -> str:
    indices = graph.add("Cast", [crops], to=TensorProto.INT32)
    return graph.add("Gather", [graph.constant(table), indices])


def _cube_root(graph: _Graph, values: str) -> str:
    """x^(1/3), and below LINEAR_BELOW its tangent there.

    exp(log(x) / 3), because engines compute exp and log of many numbers at once, powers one by one.
    """
    corner = graph.constant(LINEAR_BELOW)
    logarithm = graph.add("Log", [graph.add("Max", [values, corner])])
    root = graph.add("Exp", [graph.add("Mul", [logarithm, graph.constant(1 / 3)])])
    below = graph.add("Relu", [graph.add("Sub", [corner, values])])
    slope = graph.constant(LINEAR_BELOW ** (-2 / 3) / 3)
    return graph.add("Sub", [root, graph.add("Mul", [below, slope])])


def _matrix(
    graph: _Graph, values: str, weight: NDArray[np.float64], bias: NDArray[np.float64]
) -> str:
    flat = graph.add("Flatten", [values])
    # Transposed here: engines store it that way.
    return graph.add("Gemm", [flat, graph.constant(weight.T), graph.constant(bias)])


def _fold_batch_norm(
    tensors: dict[str, NDArray[np.float64]], index: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weight and bias of a convolution that does what it and its BatchNorm do."""
    norm = f"encoder.stages.{index + 1}"
    scale = tensors[f"{norm}.weight"] / np.sqrt(tensors[f"{norm}.running_var"] + _EPSILON)
    weight = tensors[f"encoder.stages.{index}.weight"] * scale[:, None, None, None]
    return weight, tensors[f"{norm}.bias"] - tensors[f"{norm}.running_mean"] * scale


def _window(side: int, feather: float) -> NDArray[np.float64]:
    """flatsort.reid_vae.model.observation.feathered_window, (side, side), which is no part of a weights file."""
    if not feather:
        return np.ones((side, side))
    distance = (np.arange(side) - (side - 1) / 2) / (feather * side)
    profile = np.exp(-0.5 * distance**2)
    return profile[:, None] * profile


def _convolutions(architecture: Architecture) -> list[list[tuple[int, int, int]]]:
    """By stage: each convolution's place in VggEncoder.stages, and its input and output channels.

    A convolution, its BatchNorm and its ReLU take three places, the maximum pool that ends a stage
    takes one.
    """
    stages, index, previous = [], 0, 3
    for channels, count in zip(
        architecture.encoder_channels, architecture.encoder_convolutions, strict=True
    ):
        stage = []
        for _ in range(count):
            stage.append((index, previous, channels))
            index, previous = index + 3, channels
        stages.append(stage)
        index += 1
    return stages


def _read_encoder(path: Path, architecture: Architecture) -> dict[str, NDArray[np.float64]]:
    """The tensors the graph is made of, in the shapes that the architecture says."""
    size = architecture.latent_size
    shapes: dict[str, tuple[int, ...]] = {"latent_mean": (size,)}
    stages = _convolutions(architecture)
    for index, previous, channels in (each for stage in stages for each in stage):
        shapes[f"encoder.stages.{index}.weight"] = (channels, previous, 3, 3)
        for name in ("weight", "bias", "running_mean", "running_var"):
            shapes[f"encoder.stages.{index + 1}.{name}"] = (channels,)
    side = architecture.image_size >> len(stages)
    features = architecture.encoder_channels[-1] * side**2
    shapes["encoder.posterior.mean.weight"] = (size, features)
    shapes["encoder.posterior.mean.bias"] = (size,)
    if architecture.linear_encoder:
        shapes["linear_encoder.weight"] = (size, architecture.picture_size)
        shapes["linear_encoder.bias"] = (size,)
        shapes["observation.channel_mean"] = shapes["observation.channel_std"] = (3,)
    tensors = read_tensors(path, shapes)
    for name, shape in shapes.items():
        if tensors[name].shape != shape:
            raise WeightsError(
                f"{path}: tensor {name} is {tensors[name].shape}, the architecture needs {shape}"
            )
    return tensors
