"""Tracking on Dask workers: a real scheduler and real workers on loopback."""

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest

pytest.importorskip("distributed")

from benchmarks.loopback_cluster import loopback_cluster
from flatsort.commands.track import main
from flatsort.distribution.carried_files import Input, pack_all
from flatsort.distribution.cluster import Cluster
from flatsort.distribution.remote_tracking import RemoteTracking
from flatsort.distribution.remote_unit import make_order, read_order
from flatsort.distribution.tracking_unit import TrackingUnit
from flatsort.distribution.unit_process import answer
from flatsort.distribution.units import run_unit, run_units
from flatsort.errors import InputError
from flatsort.files.paths import SHIPPED_WEIGHTS
from flatsort.files.sequence import find_sequences
from flatsort.tracking.tracking_request import TrackingRequest
from tests.flatsort.processes import ENOUGH_S, digests, has_ended, wait_until

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with loopback_cluster(tmp_path_factory.mktemp("cluster"), workers=2) as running:
        yield running


@pytest.fixture
def root(make_sequence, tmp_path):
    """Return a MOT root with three sequences of different lengths."""
    for number, length in (("02", 12), ("05", 4), ("09", 8)):
        make_sequence(length=length, name=f"MOT16-{number}", under=tmp_path / "root" / "train")
    return tmp_path / "root"


def start_tracking(root, results, address, *words):
    command = [sys.executable, str(ROOT / "tools" / "track.py"), "--seq", "all"]
    command += ["--mot-root", root, "--results", results, "--cluster", address, *words]
    return subprocess.Popen(
        [str(word) for word in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_workers_give_the_bytes_of_a_serial_run(cluster, tool, root, tmp_path):
    """Films come back too; the number of the encoder's threads changes their bytes."""
    base = ("--seq", "all", "--mot-root", root, "--no-cache", "--descriptor", "fmvae-track")
    words = ("--also", "csv", "yolo", "--video")
    serial = tool(main, *base, "--results", tmp_path / "serial", *words, tmp_path / "films-s")
    there = tool(
        main, *base, "--results", tmp_path / "there", *words, tmp_path / "films-t",
        "--cluster", cluster.address,
    )  # fmt: skip
    assert (serial.status, there.status) == (0, 0), there.err
    assert digests(tmp_path / "there") == digests(tmp_path / "serial") != {}
    assert digests(tmp_path / "films-t").keys() == digests(tmp_path / "films-s").keys() != set()
    assert_same_records(tmp_path / "serial", tmp_path / "there", "films-s", "films-t")


def assert_same_records(serial, there, film, other_film):
    for path in serial.rglob("MOT16-*.json"):
        expected = json.loads(path.read_text())
        found = json.loads((there / path.relative_to(serial)).read_text())
        del expected["seconds"], found["seconds"]
        expected["film"] = expected["film"].replace(film, other_film)
        assert found == expected


def test_a_failed_sequence_is_named_at_the_end(cluster, tool, root, tmp_path):
    (root / "train" / "MOT16-05" / "img1" / "000003.jpg").write_bytes(b"no picture")
    words = ("--seq", "all", "--mot-root", root, "--results", tmp_path / "there")
    outcome = tool(main, *words, "--descriptor", "histogram", "--cluster", cluster.address)
    assert outcome.status == 1
    assert {path.stem for path in (tmp_path / "there" / "histogram").iterdir()} == {
        "MOT16-02",
        "MOT16-09",
    }
    *_, failure, total = outcome.err.splitlines()
    assert failure.startswith("error: MOT16-05: ")
    assert str(root / "train" / "MOT16-05" / "img1" / "000003.jpg") in failure
    assert total == "1 of 3 sequences failed; the others are complete"


@dataclass(frozen=True)
class ReadsItsInput:
    """Returns the content of a file."""

    path: Path
    name: str = "reader"

    def inputs(self):
        return [Input(self.path)]

    def work(self, places, folder):
        (folder / "copy").write_bytes(places[self.path].read_bytes())
        return places[self.path] == self.path

    def receive(self, value, files):
        return value, files["copy"]


def test_files_that_a_worker_does_not_see_are_sent(cluster, tmp_path):
    """Each process sees other words in /proc/self/cmdline; a file of the disk is seen by all."""
    shared = tmp_path / "shared.txt"
    shared.write_bytes(b"seen by all")
    own = Path("/proc/self/cmdline")
    units = [ReadsItsInput(own), ReadsItsInput(shared)]
    found = [each.value for each in run_units(units, Cluster(cluster.address), "reading", "file")]
    assert found == [(False, own.read_bytes()), (True, b"seen by all")]


def test_a_worker_without_shared_storage_in_another_folder(make_sequence, tmp_path, monkeypatch):
    """Everything is named by relative paths, and gone from the disk when the worker begins."""
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    elsewhere.mkdir()
    footage = make_sequence(length=6, name="MOT16-02", under=home / "train")
    (home / "boxes").mkdir()
    shutil.copy(footage.folder / "det" / "det.txt", home / "boxes" / "own.txt")
    for ending in ("safetensors", "onnx"):
        shutil.copy(SHIPPED_WEIGHTS / f"fmvae-track.{ending}", home / f"mine.{ending}")
    (home / "plugin.py").write_text("# registers nothing\n")
    monkeypatch.chdir(home)
    (sequence,) = find_sequences("MOT16-02", ".")
    request = TrackingRequest(
        descriptor="mine.safetensors", detections="boxes/own.txt", results=Path("out")
    )
    TrackingUnit(sequence, replace(request, results=Path("serial")))()
    unit = RemoteTracking(TrackingUnit(sequence, request, Path("plugin.py")))
    roots = frozenset(each.root for each in unit.inputs())
    data = make_order(unit, roots)
    home.rename(tmp_path / "away")
    monkeypatch.chdir(elsewhere)
    reply = answer(read_order(data), elsewhere)
    assert reply.outcome.failure is None, reply.outcome.failure
    (tmp_path / "away").rename(home)
    monkeypatch.chdir(home)
    tracked = unit.receive(reply.outcome.value, reply.files)
    serial = Path("serial") / tracked.results.parent.name / "MOT16-02.txt"
    assert tracked.results.read_bytes() == serial.read_bytes() != b""
    record = json.loads(tracked.results.with_suffix(".json").read_text())
    assert record["source"] == str(sequence.folder.resolve())
    assert record["descriptor"] == "mine.safetensors"


def test_an_error_that_names_a_file_is_a_failure_of_the_unit(tmp_path):
    outcome = run_unit("it", partial(open, tmp_path / "missing"))
    assert outcome.failure == f"{tmp_path / 'missing'}: No such file or directory"
    with pytest.raises(ZeroDivisionError):
        run_unit("it", lambda: 1 // 0)


def test_the_files_of_a_run_may_not_be_too_large_in_all(tmp_path, monkeypatch):
    monkeypatch.setattr("flatsort.distribution.carried_files.MOST_CARRIED", 10)
    paths = [tmp_path / name for name in ("a", "b")]
    for path in paths:
        path.write_bytes(b"123456")
    assert pack_all([Input(paths[0])]) == {paths[0]: {"a": b"123456"}}
    with pytest.raises(InputError, match="too much to send"):
        pack_all([Input(path) for path in paths])


def test_another_version_is_refused(cluster, monkeypatch, tool, root):
    """The version of the client is replaced; the workers have the real one."""
    other = {"flatsort": "0.0.7"}
    monkeypatch.setattr("flatsort.distribution.remote_unit.current_versions", lambda: other)
    words = ("--seq", "all", "--mot-root", root, "--cluster", cluster.address)
    error = tool(main, *words).error
    assert "this one has 0.0.7: install the same version everywhere" in error


def test_no_scheduler_at_the_address(monkeypatch, tool, root):
    monkeypatch.setattr("flatsort.distribution.cluster.ANSWER_S", 1.0)
    for address in ("tcp://127.0.0.1:1", "nonsense://"):
        error = tool(main, "--seq", "all", "--mot-root", root, "--cluster", address).error
        assert error.startswith(f"--cluster {address}: no Dask scheduler answers there")


def test_a_scheduler_without_workers(tmp_path, tool, root):
    with loopback_cluster(tmp_path / "cluster", workers=0) as empty:
        words = ("--seq", "all", "--mot-root", root, "--cluster", empty.address)
        assert "the scheduler has no workers" in tool(main, *words).error


def test_a_killed_workers_sequence_runs_again(tool, make_sequence, tmp_path):
    """One of two workers is killed in the middle of its sequence; the other one does the rest."""
    root = tmp_path / "root"
    for number in range(2):
        make_sequence(length=8, name=f"MOT16-0{number}", under=root / "train", size=(640, 480))
    words = ("--descriptor", "fmvae-track", "--detector", "hog", "--no-cache", "--also", "csv")
    tool(main, "--seq", "all", "--mot-root", root, "--results", tmp_path / "serial", *words)
    with loopback_cluster(tmp_path / "cluster", workers=2) as running:
        process = start_tracking(root, tmp_path / "there", running.address, *words)
        wait_until(lambda: running.busy())
        victim = running.busy()[0]
        os.kill(victim.process.pid, signal.SIGKILL)
        assert not [*(tmp_path / "there").rglob("*")]
        _, errors = process.communicate(timeout=ENOUGH_S)
        assert process.returncode == 0, errors
        # The process of the unit has ended with its worker.
        victim.process.wait()
        wait_until(lambda: has_ended(victim.process.pid))
    assert digests(tmp_path / "there") == digests(tmp_path / "serial") != {}


def test_a_killed_scheduler_ends_the_command(make_sequence, tmp_path):
    root = tmp_path / "root"
    make_sequence(length=200, name="MOT16-02", under=root / "train", size=(640, 480))
    with loopback_cluster(tmp_path / "cluster", workers=1) as running:
        words = ("--detector", "hog", "--no-cache")
        process = start_tracking(root, tmp_path / "there", running.address, *words)
        wait_until(lambda: running.busy())
        os.kill(running.scheduler.pid, signal.SIGKILL)
        _, errors = process.communicate(timeout=ENOUGH_S)
    assert process.returncode == 2
    (line,) = errors.splitlines()
    assert line.startswith(f"error: --cluster {running.address}: the scheduler does not answer")
    assert not [*(tmp_path / "there").rglob("*")]


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_stops_the_units_of_all_workers(
    cluster, make_sequence, tmp_path, number, status
):
    """The workers stay, without work; no file is left."""
    root = tmp_path / "root"
    for place in range(2):
        make_sequence(length=200, name=f"MOT16-0{place}", under=root / "train", size=(640, 480))
    words = ("--detector", "hog", "--no-cache")
    process = start_tracking(root, tmp_path / "there", cluster.address, *words)
    wait_until(lambda: len(cluster.busy()) == 2)
    process.send_signal(number)
    _, errors = process.communicate(timeout=ENOUGH_S)
    assert process.returncode == status, errors
    assert "Traceback" not in errors
    wait_until(lambda: not cluster.busy())
    assert not [*(tmp_path / "there").rglob("*")]
    assert all(worker.process.poll() is None for worker in cluster.workers)
