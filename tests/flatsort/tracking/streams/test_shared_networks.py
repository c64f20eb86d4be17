"""The networks that streams share: loaded once, one core each, the results of a network alone."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper, save

from flatsort.descriptors import load_descriptor
from flatsort.descriptors.shared_encoder import SharedEncoder
from flatsort.detectors.detector_settings import DetectorSettings
from flatsort.detectors.registry import load_detector
from flatsort.errors import InputError
from flatsort.sources.source import Frame
from flatsort.tracking.streams.shared_networks import SharedNetworks

SIZE = (32, 64)
BOXES = np.array([[4, 6, 16, 20], [40, 10, 10, 20], [20, 16, 8, 16]], np.float32)


@pytest.fixture
def detector(tmp_path):
    """The word of a network that finds one box, whose confidence is the mean of the picture."""
    shape = helper.make_tensor("shape", TensorProto.INT64, [3], [1, 1, 1])
    corners = helper.make_tensor("corners", TensorProto.FLOAT, [1, 1, 4], [4, 6, 14, 26])
    number = helper.make_tensor("number", TensorProto.FLOAT, [1, 1, 1], [0])
    nodes = [
        helper.make_node("Constant", [], ["corners"], value=corners),
        helper.make_node("Constant", [], ["number"], value=number),
        helper.make_node("Constant", [], ["shape"], value=shape),
        helper.make_node("ReduceMean", ["images"], ["mean"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("Reshape", ["mean", "shape"], ["score"]),
        helper.make_node("Concat", ["corners", "score", "number"], ["output0"], axis=2),
    ]
    given = helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, *SIZE])
    taken = helper.make_tensor_value_info("output0", TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "net", [given], [taken])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, {"names": "{0: 'person'}"})
    save(model, str(tmp_path / "net.onnx"))
    return f"onnx:{tmp_path / 'net.onnx'}"


def test_a_network_is_loaded_once_and_a_state_is_never_shared(detector, tmp_path):
    networks = SharedNetworks()
    low, high = DetectorSettings(min_confidence=0.1), DetectorSettings(min_confidence=0.5)
    assert networks.load_detector(detector, low) is networks.load_detector(detector, low)
    assert networks.load_detector(detector, low) is not networks.load_detector(detector, high)
    (tmp_path / "det.txt").write_text("1,-1,10,20,20,50,0.9,-1,-1,-1\n")
    word = f"file:{tmp_path / 'det.txt'}"
    # Each stream numbers the boxes of a file by its own frames.
    assert networks.load_detector(word, low) is not networks.load_detector(word, low)
    shared = networks.load_descriptor("fmvae-track")
    assert shared is networks.load_descriptor("fmvae-track")
    assert isinstance(shared.encoder, SharedEncoder)
    assert networks.load_descriptor("none") is None
    with pytest.raises(InputError, match="--descriptor no: unknown"):
        networks.load_descriptor("no")


def test_many_threads_get_what_the_detector_finds_alone(detector):
    settings = DetectorSettings(min_confidence=0.1)
    shared = SharedNetworks().load_detector(detector, settings)
    alone = load_detector(detector, settings)
    frames = [Frame(n, 0.0, np.full((*SIZE, 3), 3 * n, np.uint8)) for n in range(1, 80)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(shared, frames))
    expected = [alone(frame) for frame in frames]
    assert sum(map(len, expected)) == 71
    for ours, theirs in zip(found, expected, strict=True):
        assert np.array_equal(ours.boxes_tlwh, theirs.boxes_tlwh)
        assert np.array_equal(ours.confidences, theirs.confidences)


def reid_network(folder):
    """Write a network that maps a crop to its mean colour; return its word."""
    node = helper.make_node("ReduceMean", ["crops"], ["features"], axes=[2, 3], keepdims=0)
    given = helper.make_tensor_value_info("crops", TensorProto.FLOAT, ["N", 3, 16, 8])
    taken = helper.make_tensor_value_info("features", TensorProto.FLOAT, ["N", 3])
    graph = helper.make_graph([node], "net", [given], [taken])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    save(model, str(Path(folder) / "reid.onnx"))
    return f"onnx:{Path(folder) / 'reid.onnx'}"


@pytest.mark.parametrize("kind", ["shipped", "onnx", "torch", "histogram"])
def test_many_threads_get_the_features_of_the_descriptor_alone(tmp_path, tiny_weights, kind):
    if kind == "torch":
        pytest.importorskip("torch")
    words = {"shipped": "fmvae-track", "histogram": "histogram"}
    word = words.get(kind) or (reid_network(tmp_path) if kind == "onnx" else str(tiny_weights()))
    shared, alone = SharedNetworks().load_descriptor(word), load_descriptor(word)
    assert shared.metric.gate == alone.metric.gate
    assert shared.cache_key == alone.cache_key
    rng = np.random.default_rng(0)
    frames = [rng.integers(0, 256, (*SIZE, 3), np.uint8) for _ in range(60)]
    counts = rng.integers(0, len(BOXES) + 1, len(frames))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda f, n: shared(f, BOXES[:n]), frames, counts))
    for frame, count, features in zip(frames, counts, found, strict=True):
        assert np.array_equal(features, alone(frame, BOXES[:count]))
