"""Training and measuring in several processes."""

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from flatsort.errors import InputError
from flatsort.paper.latent.experiments import FLAT, PLAIN
from flatsort.paper.latent.jobs import Job, measure_models
from flatsort.paper.latent.points import Points

# Two trainings that never end; each writes a file with the number of its process as the name.
ENDLESS = """
import os
from dataclasses import replace
from pathlib import Path

import numpy as np

from flatsort.paper.latent import jobs
from flatsort.paper.latent.experiments import EXPERIMENTS, FLAT, PLAIN
from flatsort.paper.latent.points import Points


def train_for_ever(experiment, method, seed, data, folder, report):
    Path(str(os.getpid())).touch()
    while True:
        report(0.0, "training")


jobs.trained_model = train_for_ever
if __name__ == "__main__":
    experiment = EXPERIMENTS["pendulum"]
    work = [jobs.Job(experiment, method, 0) for method in (FLAT, PLAIN)]
    values = np.load("data.npy")
    data = {"pendulum": Points(values, values, np.zeros(len(values), np.int64), ("all",))}
    jobs.measure_models(work, data, Path("kept"), workers=2, threads=1)
"""


def points_of(values):
    """Points of one class; no data are held out, so the same data stand for them."""
    return Points(values, values, np.zeros(len(values), np.int64), ("all",))


def wait_for(find, count):
    """Wait until `find` returns `count` items, and return them."""
    for _ in range(600):
        found = find()
        if len(found) == count:
            return found
        time.sleep(0.1)
    raise AssertionError(f"{found} instead of {count}")


def is_alive(pid):
    """Whether a process runs; a zombie, which nobody waited for, does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.fixture
def two_jobs(short):
    return [Job(replace(short, samples=50), method, 0) for method in (FLAT, PLAIN)]


@pytest.fixture
def data():
    return {"pendulum": points_of(np.random.default_rng(0).random((200, 6), np.float32))}


def test_two_processes_give_the_results_of_one(two_jobs, data, tmp_path):
    both = [
        measure_models(two_jobs, data, tmp_path / str(workers), workers=workers, threads=1)
        for workers in (1, 2)
    ]
    assert [each.method for each in both[0]] == [FLAT, PLAIN]
    for alone, beside in zip(*both, strict=True):
        assert alone.method == beside.method
        np.testing.assert_allclose(alone.metric.condition, beside.metric.condition, rtol=1e-3)
        np.testing.assert_allclose(alone.smoothness, beside.smoothness, rtol=1e-2, atol=1e-3)
    assert len(list((tmp_path / "2").iterdir())) == 2


def test_processes_end_with_their_parent(data, tmp_path):
    np.save(tmp_path / "data.npy", data["pendulum"].values)
    script = tmp_path / "script.py"
    script.write_text(ENDLESS)
    started = subprocess.Popen([sys.executable, script], cwd=tmp_path)
    try:
        workers = wait_for(lambda: [int(each.name) for each in tmp_path.glob("[0-9]*")], 2)
    finally:
        started.kill()
        started.wait()
    wait_for(lambda: [pid for pid in workers if not is_alive(pid)], 2)


def test_a_failed_training_is_named(two_jobs, tmp_path):
    few = {"pendulum": points_of(np.zeros((3, 6), np.float32))}
    complaint = "pendulum, VHP-FMVAE, seed 0: 3 data points are too few for a batch of 128"
    with pytest.raises(InputError, match=complaint):
        measure_models(two_jobs, few, tmp_path, workers=2, threads=1)
