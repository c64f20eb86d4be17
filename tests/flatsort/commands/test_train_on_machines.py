"""Training by torchrun on two nodes, both on this machine, beside training in one process."""

import csv
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from flatsort.commands.train_descriptor import main

TRAIN = Path(__file__).parents[3] / "tools" / "train_descriptor.py"
STEPS = 6


@pytest.fixture
def words(make_sequence: Callable, tmp_path: Path) -> Callable[[str], list[str]]:
    """Return the command line without the command's name; it writes below the folder ``place``."""
    footage = make_sequence(length=180)

    def make(place: str) -> list[str]:
        folders = [str(tmp_path / place / name) for name in ("runs", "out")]
        return [
            *("--name", "mine", "--seq", str(footage.folder), "--architecture", "curved"),
            *("--latent-size", "4", "--steps", str(STEPS), "--batch-size", "8", "--threads", "1"),
            *("--runs", folders[0], "--out", folders[1]),
        ]

    return make


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def read_log(runs: Path) -> list[dict[str, float]]:
    (path,) = runs.rglob("log.csv")
    with path.open() as handle:
        return [
            {name: float(value) for name, value in row.items() if name != "initial_phase"}
            for row in csv.DictReader(handle)
        ]


def test_two_nodes_take_the_steps_of_one_process(tool, words, tmp_path):
    outcome = tool(main, *words("alone"))
    assert outcome.status == 0, outcome.err
    port = free_port()
    nodes = [
        subprocess.Popen(
            [
                *(sys.executable, "-m", "torch.distributed.run", "--nnodes", "2"),
                *("--node-rank", str(rank), "--nproc-per-node", "1"),
                *("--master-addr", "127.0.0.1", "--master-port", str(port)),
                *(TRAIN, *words("together")),
            ],
            env=os.environ | {"OMP_NUM_THREADS": "1", "GLOO_SOCKET_IFNAME": "lo"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(2)
    ]
    try:
        said = [node.communicate(timeout=300) for node in nodes]
    finally:
        for node in nodes:
            node.kill()
    assert [node.returncode for node in nodes] == [0, 0], said
    # Only the first node reports.
    assert "mine.safetensors" in said[0][0]
    assert said[1][0] == ""
    written = sorted(path.name for path in (tmp_path / "together" / "out").iterdir())
    assert written == ["MODEL_CARD.md", "mine.onnx", "mine.safetensors"]
    alone, together = (read_log(tmp_path / place / "runs") for place in ("alone", "together"))
    assert len(alone) == len(together) == STEPS
    for one, other in zip(alone, together, strict=True):
        assert other == pytest.approx(one, rel=0.02, abs=0.02)
