"""Run the tracking command in one process, in several, and on Dask workers, and watch it."""

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from benchmarks.loopback_cluster import LoopbackCluster, loopback_cluster
from benchmarks.options import ROOT
from flatsort.errors import InputError

WORKERS = 2
_LOOK_S = 0.05
"""Seconds between two looks at the processes."""
_PROC = Path("/proc")


@dataclass(frozen=True)
class Way:
    """A way to run the command.

    Attributes:
        name: the way, for the table.
        jobs: number of processes; 1 for a serial run, and on a cluster.
        has_cluster: whether Dask workers do the work.
        kills: whether a worker is killed while it tracks.
    """

    name: str
    jobs: int = 1
    has_cluster: bool = False
    kills: bool = False


WAYS = (
    Way("serial"),
    Way(f"--jobs {WORKERS}", jobs=WORKERS),
    Way(f"{WORKERS} Dask workers", has_cluster=True),
    Way(f"{WORKERS} Dask workers, one killed", has_cluster=True, kills=True),
)


@dataclass(frozen=True)
class Job:
    """Sequences, and the descriptor to track them with."""

    seq: str
    descriptor: str


def measure(way: Way, jobs: list[Job], mot_root: str | None, folder: Path) -> dict[str, Any]:
    """Track all jobs in one way.

    Args:
        way: the way.
        jobs: what to track.
        mot_root: folder with the sequences; None for the default.
        folder: folder for results and logs.

    Returns:
        "way", "seconds" of each job, "processes", "largest_mib" and "digests" of the result files.

    Raises:
        InputError: the command fails, or no worker began a unit before the command's end.
    """
    place = folder / way.name.replace(" ", "-")
    row: dict[str, Any] = {"way": way.name, "seconds": [], "processes": 0, "largest_mib": 0.0}
    for number, job in enumerate(jobs):
        words = [sys.executable, str(ROOT / "tools" / "track.py"), "--quiet", "--no-cache"]
        words += ["--seq", job.seq, "--descriptor", job.descriptor, "--jobs", str(way.jobs)]
        words += ["--results", str(place / "results" / str(number))]
        words += ["--mot-root", mot_root] if mot_root else []
        with ExitStack() as stack:
            cluster = None
            if way.has_cluster:
                logs = place / f"cluster-{number}"
                cluster = stack.enter_context(loopback_cluster(logs, WORKERS))
                words += ["--cluster", cluster.address]
            _run(words, cluster, way.kills, row)
    results = place / "results"
    row["digests"] = {
        path.relative_to(results).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted(results.rglob("*.txt"))
    }
    return row


def _run(words: list[str], cluster: LoopbackCluster | None, kills: bool, row: dict) -> None:
    """Run one command, and add its seconds and its memory to a row."""
    begun = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
    try:
        while process.poll() is None:
            roots = [process.pid]
            if cluster is not None:
                roots += [worker.process.pid for worker in cluster.workers]
            peaks = [peak for root in roots for peak in _peaks_mib(root)]
            row["processes"] = max(row["processes"], len(peaks))
            row["largest_mib"] = max(row["largest_mib"], *peaks, 0.0)
            if kills and cluster is not None and (busy := cluster.busy()):
                os.kill(busy[0].process.pid, signal.SIGKILL)
                kills = False
            time.sleep(_LOOK_S)
    finally:
        process.kill()
        process.wait()
    if process.returncode or kills:
        reason = "no worker was killed" if kills else f"status {process.returncode}"
        raise InputError(f"{' '.join(words)}: {reason}")
    row["seconds"].append(time.perf_counter() - begun)


def _peaks_mib(root: int) -> list[float]:
    """Return the greatest memory so far of a process and of each of its descendants."""
    found, waiting = [], [root]
    while waiting:
        place = _PROC / str(waiting.pop())
        try:
            lines = (place / "status").read_text().splitlines()
            # Each thread has children of its own.
            lists = [path.read_text() for path in place.glob("task/*/children")]
        except OSError:
            # It has ended in the meantime.
            continue
        waiting += map(int, " ".join(lists).split())
        # A process that has ended, and that nobody has waited for, has no memory.
        found += [int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")]
    return found
