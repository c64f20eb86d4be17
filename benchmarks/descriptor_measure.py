"""The measurements of benchmarks/descriptor.py, in interleaved rounds."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.descriptor_engines import open_runners
from benchmarks.descriptor_networks import Runner, osnet, our_network, torchvision_network
from benchmarks.machine import machine_facts, make_sgemm
from flatsort.evaluation.reid.judged_boxes import Boxes, detected_boxes, labelled_boxes
from flatsort.evaluation.reid.pair_scores import score_pairs
from flatsort.files.paths import PROJECT
from flatsort.files.sequence import Sequence
from flatsort.images.crops import cut_crops
from flatsort.processors import available_cores
from flatsort.progress import ProgressBar

OURS = ("fmvae", "fmvae-track", "fmvae-track-unseen", "strangers")
MAIN = "fmvae-track"
"""The encoder that is also timed with torch for whole frames, and from the start of Python."""
PACKAGES = ["numpy", "opencv-python", "torch", "torchvision", "onnxruntime", "openvino", "onnx"]
FRAME_BOXES = 20
"""Number of boxes in the frame that is timed as a whole."""
SAMPLE_SECONDS = 0.05
"""Smallest length of a sample, so that the clock and a switch of engines hardly matter."""
ONCE_SECONDS = 2.0
"""A task whose call takes longer than this is timed in the first round only."""
CALIBRATION_CROPS = 256
"""Number of crops with which int8 networks are calibrated."""
AUC_BATCH = 64
"""Crops per call while features for the AUC are computed."""

Task = Callable[[], object]
_START = """
import sys
{block}
import numpy as np
from flatsort.descriptors import load_descriptor
descriptor = load_descriptor({word!r}, None)
descriptor(np.zeros((1080, 1920, 3), np.uint8), np.array([[10, 10, 50, 100]], np.float32))
"""


def measure(
    sequence: Sequence,
    detections: str,
    osnet_path: Path | None,
    rounds: int,
    batches: Iterable[int],
    peers: Iterable[str],
) -> dict[str, Any]:
    """Measure everything and return the figures as JSON values.

    Args:
        sequence: a sequence with frames, ground truth and detections.
        detections: file in the sequence's det/.
        osnet_path: ONNX file of OSNet; None to leave it out.
        rounds: number of rounds.
        batches: numbers of crops per call.
        peers: names of torchvision networks.

    Raises:
        InputError: frames, ground truth or detections are missing.
    """
    torch.set_num_threads(available_cores())
    networks = [our_network(name) for name in OURS]
    networks += [osnet(osnet_path)] if osnet_path else []
    networks += [torchvision_network(name) for name in peers]
    labelled, detected = labelled_boxes(sequence), detected_boxes(sequence, detections)
    tasks: dict[tuple[Any, ...], Task] = {}
    aucs: dict[tuple[str, str, str], float] = {}
    # Networks with the same input size share their crops.
    sizes = {(network.width, network.height) for network in networks}
    crops = {size: _cut(sequence, labelled, *size) for size in sizes}
    calibration = {size: _cut(sequence, _calibration(detected), *size) for size in sizes}
    for network in ProgressBar(networks, desc="networks", unit="network"):
        inputs = network.prepare(crops[network.width, network.height])
        samples = network.prepare(calibration[network.width, network.height])
        for (engine, precision), runner in open_runners(network, samples).items():
            key = (network.name, engine, precision)
            if network.metric is not None:
                features = _describe(runner, inputs)
                aucs[key] = score_pairs(labelled, features, network.metric)[0].auc
            for batch in batches:
                tasks[*key, batch] = lambda runner=runner, part=inputs[:batch]: runner(part)
    product, product_operations = make_sgemm()
    seconds = _interleave({("sgemm",): product, **tasks}, rounds)
    frames = _frame_seconds(sequence, detected, osnet_path, sorted(sizes), rounds)
    start = _interleave(_start_tasks(), rounds)
    operations = {network.name: network.operations() for network in networks}
    return {
        "machine": machine_facts(*PACKAGES),
        "rounds": rounds,
        "sgemm_flops": product_operations / min(seconds["sgemm",]),
        "sequence": sequence.name,
        "labelled": len(labelled),
        "networks": {
            n.name: {"height": n.height, "width": n.width, "operations": operations[n.name]}
            for n in networks
        },
        "speeds": [
            {
                "network": name,
                "engine": engine,
                "precision": precision,
                "batch": batch,
                "seconds": seconds[name, engine, precision, batch],
                "auc": aucs.get((name, engine, precision)),
            }
            for name, engine, precision, batch in tasks
        ],
        "frame_boxes": FRAME_BOXES,
        "frames": frames,
        "start": {" ".join(key): values for key, values in start.items()},
    }


def _interleave(
    tasks: dict[tuple[Any, ...], Task], rounds: int
) -> dict[tuple[Any, ...], list[float]]:
    """Return the seconds per call of each task in each round; tasks take turns in a round."""
    seconds: dict[tuple[Any, ...], list[float]] = {key: [] for key in tasks}
    for _ in ProgressBar(range(rounds), desc="rounds", unit="round"):
        for key, task in ProgressBar(tasks.items(), desc="tasks", leave=False, unit="task"):
            if seconds[key] and seconds[key][0] > ONCE_SECONDS:
                continue
            # One call precedes the sample, because caches and threads still serve the last task.
            once = _time(task, 1)
            if once > ONCE_SECONDS:
                seconds[key].append(once)
                continue
            seconds[key].append(_time(task, max(1, round(SAMPLE_SECONDS / once))))
    return seconds


def _time(task: Task, calls: int) -> float:
    """Return the seconds per call."""
    start = time.perf_counter()
    for _ in range(calls):
        task()
    return (time.perf_counter() - start) / calls


def _frame_seconds(
    sequence: Sequence,
    detected: Boxes,
    osnet_path: Path | None,
    sizes: Iterable[tuple[int, int]],
    rounds: int,
) -> dict[str, list[float]]:
    """Time twenty real boxes of one frame: cutting them, and the way from frame to features.

    Returns:
        Name of the way -> seconds in each round.
    """
    first = int(np.searchsorted(detected.frames, sequence.length // 2))
    given = {
        "frame": str(sequence.frame_path(int(detected.frames[first]))),
        "folder": str(sequence.folder),
        "boxes": detected.boxes_tlwh[first : first + FRAME_BOXES].tolist(),
        "size": None,
        "hide": None,
    }
    requests = {
        f"cut {width}x{height}": given | {"size": [width, height]} for width, height in sizes
    }
    requests |= {f"{name} onnxruntime": given | {"word": name} for name in OURS}
    requests[f"{MAIN} torch"] = given | {"word": MAIN, "hide": "onnxruntime"}
    if osnet_path:
        requests["OSNet x0.25 onnxruntime"] = given | {"word": f"onnx:{osnet_path.resolve()}"}
    seconds: dict[str, list[float]] = {name: [] for name in requests}
    turns = [name for _ in range(rounds) for name in requests]
    for name in ProgressBar(turns, desc="frames", unit="turn"):
        done = subprocess.run(
            [sys.executable, "-c", "from benchmarks.descriptor_frame import answer; answer()"],
            input=json.dumps(requests[name]),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            cwd=PROJECT,
        )
        seconds[name].append(float(done.stdout))
    return seconds


def _start_tasks() -> dict[tuple[str, ...], Task]:
    """Return tasks that start a new Python and compute its first descriptor."""
    block = "sys.modules['onnxruntime'] = None"

    def start(text: str) -> Task:
        return lambda: subprocess.run(  # noqa: S603 - all words of the command are in this module
            [sys.executable, "-c", text], check=True, cwd=PROJECT
        )

    return {
        (MAIN, "onnxruntime"): start(_START.format(block="", word=MAIN)),
        (MAIN, "torch"): start(_START.format(block=block, word=MAIN)),
    }


def _calibration(detected: Boxes) -> Boxes:
    """Choose detections of even frames, because the labelled boxes are from odd frames."""
    even = np.flatnonzero(detected.frames % 2 == 0)
    rows = even[np.unique(np.linspace(0, len(even) - 1, CALIBRATION_CROPS).astype(int))]
    return Boxes(detected.frames[rows], detected.boxes_tlwh[rows], detected.ids[rows])


def _cut(sequence: Sequence, boxes: Boxes, width: int, height: int) -> NDArray[np.uint8]:
    """Cut the crops of boxes, (N, H, W, 3) uint8 RGB."""
    frames = np.unique(boxes.frames).tolist()
    return np.concatenate(
        [
            cut_crops(
                sequence.read_frame(frame),
                boxes.boxes_tlwh[boxes.frames == frame],
                width,
                height,
            )
            for frame in ProgressBar(frames, desc="cutting crops", unit="frame", leave=False)
        ]
    )


def _describe(runner: Runner, inputs: NDArray[np.generic]) -> NDArray[np.float32]:
    starts = range(0, len(inputs), AUC_BATCH)
    return np.concatenate([runner(inputs[start : start + AUC_BATCH]) for start in starts])
