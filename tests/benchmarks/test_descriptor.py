"""The arithmetic and the page of the descriptor benchmark; no test asserts a speed."""

import platform
import subprocess
import sys

import numpy as np
from onnx import TensorProto, helper

from benchmarks.descriptor_engines import open_runners
from benchmarks.descriptor_networks import Network, our_network
from benchmarks.descriptor_page import OSNET, page
from benchmarks.machine import machine_facts, make_sgemm
from flatsort.files.paths import PROJECT


def test_each_product_counts_as_two_operations():
    """A 3 x 3 convolution from 3 to 4 channels on 8 x 6 pixels, then a matrix from 192 to 5."""
    weight = helper.make_tensor("w", TensorProto.FLOAT, (4, 3, 3, 3), np.ones(108))
    matrix = helper.make_tensor("m", TensorProto.FLOAT, (192, 5), np.ones(960))
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["c"], pads=[1, 1, 1, 1], kernel_shape=[3, 3]),
        helper.make_node("Flatten", ["c"], ["f"]),
        helper.make_node("Gemm", ["f", "m"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ("N", 3, 8, 6))],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ("N", 5))],
        [weight, matrix],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    network = Network("n", 8, 6, model.SerializeToString(), None, lambda crops: crops, None)
    assert network.operations() == 2 * (4 * 27 * 48 + 192 * 5)


def test_all_engines_run_the_same_network():
    """Every engine and precision computes the same function, up to the precision."""
    network = our_network("fmvae-track-unseen")
    random = np.random.default_rng(0)
    colours = random.uniform(0, 255, (40, 1, 1, 3))
    noise = random.normal(0, 30, (40, network.height, network.width, 3))
    crops = np.clip(colours + noise, 0, 255).astype(np.uint8)
    runners = open_runners(network, crops)
    assert {("torch", "float32"), ("onnxruntime", "float32"), ("onnxruntime", "int8")} <= set(
        runners
    )
    expected = runners["torch", "float32"](crops)
    for (engine, precision), runner in runners.items():
        deviation = np.abs(runner(crops) - expected).mean() / np.abs(expected).mean()
        limit = {"float32": 1e-5, "bfloat16": 0.05, "int8": 0.1}[precision]
        assert deviation < limit, (engine, precision)


def test_the_page():
    def row(network, engine, batch, seconds, auc):
        return {
            "network": network,
            "engine": engine,
            "precision": "float32",
            "batch": batch,
            "seconds": seconds,
            "auc": auc,
        }

    results = {
        "machine": {"processor": "P", "cores": 2, "python": "3.11", "numpy": "2.4"},
        "rounds": 3,
        "sgemm_flops": 1e9,
        "sequence": "S",
        "labelled": 1785,
        "networks": {
            "ours": {"height": 32, "width": 32, "operations": 1_000_000},
            "large": {"height": 128, "width": 64, "operations": 2_000_000},
            OSNET: {"height": 128, "width": 64, "operations": 2_000_000},
        },
        "speeds": [
            # The medians are 10 ms for one crop and 40 ms for twenty: 100 and 500 crops per second.
            row("ours", "torch", 1, [0.010, 0.009, 0.5], 0.95123),
            row("ours", "torch", 20, [0.040, 0.039, 0.5], 0.95123),
            row(OSNET, "onnxruntime", 20, [0.16, 0.19, 2.0], None),
            # The faster engine of OSNet takes 2.5, 4.6 and 4 times as long as ours.
            row(OSNET, "openvino", 20, [0.1, 0.18, 2.0], None),
            # A network so slow that it is timed only once.
            row("large", "torch", 20, [5.0], None),
        ],
        "frame_boxes": 20,
        "frames": {
            "cut 32x32": [0.002],
            "ours torch": [0.002, 0.004, 0.002],
            f"{OSNET} onnxruntime": [0.04, 0.04, 0.06],
        },
        "start": {"fmvae torch": [3.0]},
    }
    text = page(results)
    cells = [[cell.strip() for cell in line.split("|")] for line in text.splitlines()]
    ours = next(line for line in cells if line[1:3] == ["ours", "torch"])
    # 500 crops per second with a million operations each are half of 1e9 operations per second.
    assert ours[3:9] == ["float32", "100", "500", "50 %", "4.00", "0.9512"]
    large = next(line for line in cells if line[1:3] == ["large", "torch"])
    assert large[3:9] == ["float32", "", "4", "1 %", "0.02", "-"]
    assert ["", "cut 32x32", "2.00", "", "", ""] in cells
    # Twenty crops in 2 ms; the rounds are 20, 10 and 30 times as fast as OSNet.
    assert ["", "ours torch", "2.00", "10000", "20.0", ""] in cells
    assert "## A frame of 20 boxes" in text
    results["speeds"] = results["speeds"][:2]
    del results["frames"][f"{OSNET} onnxruntime"]
    assert "Times OSNet |" not in page(results)


def test_the_machine_is_described_without_its_name():
    facts = machine_facts("numpy", "no-such-package")
    assert facts["cores"] >= 1
    assert platform.node() not in str(facts).split()
    assert facts["numpy"] == np.__version__
    assert facts["no-such-package"] == "not installed"
    product, operations = make_sgemm(64)
    assert operations == 2 * 64**3
    assert product().shape == (64, 64)


def test_help_imports_nothing_heavy():
    code = (
        "import sys\nfrom benchmarks.descriptor import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print([m for m in ('numpy', 'torch', 'onnx') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT
    )
    assert "examples:" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"
