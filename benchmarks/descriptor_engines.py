"""The engines that benchmarks/descriptor.py compares, and how float32 models become int8."""

import logging
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnx
import onnx.version_converter
from numpy.typing import NDArray

from benchmarks.descriptor_networks import Arrays, Network, Runner
from flatsort.descriptors.onnx_session import open_session
from flatsort.processors import available_cores

PRECISIONS = ("float32", "bfloat16", "int8")
OPSET = 17


def open_runners(network: Network, samples: Arrays) -> dict[tuple[str, str], Runner]:
    """All that runs a network here: (engine, precision) -> from its input to its descriptors.

    Args:
        network: which.
        samples: (N, ...) as it takes them, from which int8 takes the ranges of values.
    """
    runners: dict[tuple[str, str], Runner] = {}
    if network.torch_runner is not None:
        for precision in ("float32", "bfloat16"):
            runners["torch", precision] = network.torch_runner(precision)
    integers = quantise(network.model, samples)
    runners["onnxruntime", "float32"] = _onnxruntime(network.model)
    runners["onnxruntime", "int8"] = _onnxruntime(integers)
    if find_spec("openvino"):
        runners["openvino", "float32"] = _openvino(network.model, "f32")
        runners["openvino", "bfloat16"] = _openvino(network.model, "bf16")
        runners["openvino", "int8"] = _openvino(integers, "f32")
    return runners


def quantise(model: bytes, samples: Arrays) -> bytes:
    """The same network with convolutions and matrices in 8-bit integers, a scale for each channel.

    Args:
        model: ONNX file content, float32.
        samples: (N, ...) as it takes them.
    """
    from onnxruntime.quantization import QuantType, quantize_static

    # A scale for each channel is newer than some files.
    converted = onnx.version_converter.convert_version(onnx.load_from_string(model), OPSET)
    graph = converted.graph
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "float.onnx"), Path(folder, "int8.onnx")
        onnx.save(converted, source)
        # It advises, at length, on what makes no difference here.
        logging.disable(logging.WARNING)
        try:
            quantize_static(
                source,
                target,
                _Samples(graph.input[0].name, samples),
                per_channel=True,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                nodes_to_exclude=_linear_encoder(graph),
            )
        finally:
            logging.disable(logging.NOTSET)
        return target.read_bytes()


def _linear_encoder(graph: onnx.GraphProto) -> list[str]:
    """Nodes of our encoders' linear part: cube roots of light do not fit into 8 bits."""
    after: set[str] = set()
    for node in graph.node:
        if node.op_type == "Gather" or (after & set(node.input) and node.op_type != "Add"):
            after.update(node.output)
    return [node.name for node in graph.node if after & set(node.output)]


class _Samples:
    """What onnxruntime's quantisation asks for its samples, 64 at a time."""

    def __init__(self, name: str, samples: Arrays) -> None:
        self._batches = iter(
            [{name: samples[start : start + 64]} for start in range(0, len(samples), 64)]
        )

    def get_next(self) -> dict[str, NDArray[np.generic]] | None:
        """The next batch; None after the last."""
        return next(self._batches, None)


def _onnxruntime(model: bytes) -> Runner:
    session = open_session(model, "model")
    name = session.get_inputs()[0].name
    return lambda inputs: session.run(None, {name: inputs})[0]


def _openvino(model: bytes, precision: str) -> Callable[[Arrays], Arrays]:
    import openvino

    core = openvino.Core()
    settings = {
        "INFERENCE_PRECISION_HINT": precision,
        "INFERENCE_NUM_THREADS": available_cores(),
        "NUM_STREAMS": 1,
    }
    request = core.compile_model(core.read_model(model), "CPU", settings).create_infer_request()
    return lambda inputs: np.array(request.infer([inputs], share_inputs=True)[0])
