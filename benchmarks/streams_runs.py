"""The runs of benchmarks/streams.py: all streams in one process, and each in its own."""

import hashlib
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence as Items
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.streams_footage import Footage
from flatsort.errors import InputError
from flatsort.files.paths import PROJECT
from flatsort.progress import ProgressBar

ONE, MANY = "one process", "a process per source"
PROGRAM = """\
import atexit
from pathlib import Path
from flatsort.commands.cli import run
from flatsort.commands.track import main

atexit.register(lambda: print(Path("/proc/self/status").read_text()))
run(main)
"""
"""Tracks, and prints the facts that Linux keeps about the process. The resources that a parent sees
of its child would hold the memory of the parent, from which the child began."""
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)


@dataclass(frozen=True)
class Run:
    """One turn of a side.

    Attributes:
        seconds: time from the start of the first process to the end of the last one.
        processor: processor time of all processes, in seconds.
        memory: sum of the largest memory of each process, in bytes.
    """

    seconds: float
    processor: float
    memory: int


def measure(
    footage: Footage, folder: Path, descriptors: Items[str], repeat: int
) -> list[dict[str, Any]]:
    """Run both sides in turns.

    Args:
        footage: the clips and their boxes.
        folder: the folder for the results.
        descriptors: the descriptors to measure with.
        repeat: turns of each side; figures are medians.

    Returns:
        One row per descriptor and side: "descriptor", "side", "seconds", "processor", "memory" in
        bytes, "frames" per second of all streams together, and whether the results of all turns of
        both sides are "equal".

    Raises:
        InputError: a run failed.
    """
    rows = []
    for descriptor in descriptors:
        runs: dict[str, list[Run]] = {ONE: [], MANY: []}
        digests: set[tuple[str, ...]] = set()
        # The first turn compiles and fills the file cache of the system, so it does not count.
        turns = [side for _ in range(1 + repeat) for side in runs]
        for side in ProgressBar(turns, desc=f"streams, {descriptor}", unit="run"):
            results = folder / f"{descriptor}-{len(runs[side])}-{'one' if side == ONE else 'many'}"
            groups = [footage.clips] if side == ONE else [[clip] for clip in footage.clips]
            runs[side].append(_track(groups, footage.detector, descriptor, results))
            digests.add(_digests(footage, results))
        for side, measured in runs.items():
            seconds = statistics.median(each.seconds for each in measured[1:])
            rows.append(
                {
                    "descriptor": descriptor,
                    "side": side,
                    "seconds": seconds,
                    "processor": statistics.median(each.processor for each in measured[1:]),
                    "memory": statistics.median(each.memory for each in measured[1:]),
                    "frames": footage.frames * len(footage.clips) / seconds,
                    "equal": len(digests) == 1,
                }
            )
    return rows


def _track(groups: list[list[Path]], detector: str, descriptor: str, results: Path) -> Run:
    """Track groups of clips, each in a process of its own, all at the same time."""
    options = ["--detector", detector, "--descriptor", descriptor, "--results", str(results)]
    start = time.perf_counter()
    processes = [
        subprocess.Popen(  # noqa: S603 - only this project's own program, without a shell
            [sys.executable, "-c", PROGRAM, *map(str, clips), *options, "--no-cache", "--quiet"],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for clips in groups
    ]
    outputs, processor = [], 0.0
    for process in processes:
        # What a process prints is less than a pipe holds, so none waits for its turn here.
        outputs.append(process.stdout.read())
        process.stdout.close()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        processor += used.ru_utime + used.ru_stime
    seconds = time.perf_counter() - start
    if any(process.returncode for process in processes):
        raise InputError(f"tools/track.py with --descriptor {descriptor} failed, as it says above")
    return Run(seconds, processor, sum(1024 * int(_PEAK.search(each)[1]) for each in outputs))


def _digests(footage: Footage, results: Path) -> tuple[str, ...]:
    """Return the SHA-256 of each result file, in the order of the clips."""
    (tracker,) = results.iterdir()
    files = (tracker / f"{clip.stem}.txt" for clip in footage.clips)
    return tuple(hashlib.sha256(path.read_bytes()).hexdigest() for path in files)
