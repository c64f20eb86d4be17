"""The engines that benchmarks/descriptor.py compares, and the conversion of models to int8."""

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
# ONNX operator set to which older models are converted; it has scales per channel.
OPSET = 17


def open_runners(network: Network, samples: Arrays) -> dict[tuple[str, str], Runner]:
    """Open a network in all engines that are installed.

    Args:
        network: the network.
        samples: (N, ...) inputs of the network; their ranges of values set the scales of int8.

    Returns:
        (engine, precision) -> function from the network's input to its descriptors.
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
    """Convert the convolutions and matrices of a model to int8, with one scale per channel.

    Args:
        model: content of the ONNX file, float32.
        samples: (N, ...) inputs of the model, whose ranges of values set the scales.

    Returns:
        The content of the new ONNX file.
    """
    from onnxruntime.quantization import QuantType, quantize_static

    network = onnx.load_from_string(model)
    if network.opset_import[0].version < OPSET:
        network = onnx.version_converter.convert_version(network, OPSET)
    graph = network.graph
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "float.onnx"), Path(folder, "int8.onnx")
        onnx.save(network, source)
        # The quantiser logs long advice that does not apply here.
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
    """Return the names of the nodes of our encoder's linear part, if the graph has one.

    Its cube roots of light do not fit into 8 bits. The last node adds it to the network, from which
    it differs by having no convolution.
    """
    producers = {output: node for node in graph.node for output in node.output}
    last = producers[graph.output[0].name]
    if last.op_type != "Add":
        return []
    branches = [_nodes_before(name, producers) for name in last.input]
    convolved = {
        name
        for branch in branches
        if any(node.op_type == "Conv" for node in branch.values())
        for name in branch
    }
    return [name for branch in branches for name in branch if name not in convolved]


def _nodes_before(value: str, producers: dict[str, onnx.NodeProto]) -> dict[str, onnx.NodeProto]:
    """Return, by name, all nodes that a value depends on."""
    found: dict[str, onnx.NodeProto] = {}
    open_values = [value]
    while open_values:
        node = producers.get(open_values.pop())
        if node is not None and node.name not in found:
            found[node.name] = node
            open_values.extend(node.input)
    return found


class _Samples:
    """Batches of 64 samples, in the form that onnxruntime's quantisation asks for."""

    def __init__(self, name: str, samples: Arrays) -> None:
        self._batches = iter(
            [{name: samples[start : start + 64]} for start in range(0, len(samples), 64)]
        )

    def get_next(self) -> dict[str, NDArray[np.generic]] | None:
        """Return the next batch; None after the last batch."""
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
