"""Run track.py on a video, and measure its processor time, its memory and its files."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from flatsort.errors import InputError
from flatsort.files.paths import PROJECT

START_S = 1.0
"""Seconds of the video in the run whose cost is taken away."""
TRACK = PROJECT / "tools" / "track.py"


@dataclass(frozen=True)
class Costs:
    """The cost of one way to track a video, of one camera.

    Attributes:
        way: the way, in words.
        core_seconds: processor seconds per second of footage, without starting.
        start_s: processor seconds to start.
        memory: largest resident memory of the process, in bytes.
        result_bytes: bytes of the result file per second of footage.
        speed: seconds of footage per second, with all cores of the machine.
    """

    way: str
    core_seconds: float
    start_s: float
    memory: int
    result_bytes: float
    speed: float


@dataclass(frozen=True)
class Run:
    """One run: processor seconds, seconds, largest memory and result file in bytes."""

    processor: float
    seconds: float
    memory: int
    result_bytes: int


def save_boxes(source: str, detector: str, path: Path) -> None:
    """Write the boxes of a video, so that other runs need no detector.

    Raises:
        InputError: track.py failed.
    """
    words = ["--detector", detector, "--save-detections", str(path)]
    _run([source, *words, "--results", str(path.parent / "first"), "--no-cache", "--quiet"])


def measure_costs(
    way: str, source: str, options: list[str], seconds: float, repeat: int, folder: str
) -> Costs:
    """Return the cost of one way to track a video.

    Args:
        way: the way, in words.
        source: the video.
        options: options of track.py.
        seconds: seconds of the video to track.
        repeat: number of runs of each length.
        folder: for the results.

    Raises:
        InputError: track.py failed.
    """
    runs: dict[float, list[Run]] = {START_S: [], seconds: []}
    for _ in range(repeat):
        for end, some in runs.items():
            some.append(_track(source, [*options, "--end", f"{end:g}s"], Path(folder) / "results"))
    short, long = (_middle(some) for some in runs.values())
    footage = seconds - START_S
    core_seconds = (long.processor - short.processor) / footage
    return Costs(
        way=way,
        core_seconds=core_seconds,
        start_s=max(0.0, short.processor - core_seconds * START_S),
        memory=long.memory,
        result_bytes=(long.result_bytes - short.result_bytes) / footage,
        speed=footage / (long.seconds - short.seconds),
    )


def _track(source: str, options: list[str], results: Path) -> Run:
    start = time.perf_counter()
    words = [source, *options, "--results", str(results), "--tracker", "it"]
    processor, memory = _run([*words, "--no-cache", "--quiet"])
    seconds = time.perf_counter() - start
    (written,) = (results / "it").glob("*.txt")
    return Run(processor, seconds, memory, written.stat().st_size)


def _run(words: list[str]) -> tuple[float, int]:
    """Run track.py; return its processor seconds and its largest resident memory in bytes.

    Raises:
        InputError: it failed; the message contains its last line.
    """
    process = subprocess.Popen(  # noqa: S603 - track.py with the words of this benchmark, no shell
        [sys.executable, str(TRACK), *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    said = "" if process.stderr is None else process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        last = said.strip().rpartition("\n")[2]
        raise InputError(f"track.py {' '.join(words)} failed: {last.removeprefix('error: ')}")
    # Linux gives the memory in KiB.
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def _middle(runs: list[Run]) -> Run:
    return Run(
        processor=median(run.processor for run in runs),
        seconds=median(run.seconds for run in runs),
        memory=max(run.memory for run in runs),
        result_bytes=runs[0].result_bytes,
    )
