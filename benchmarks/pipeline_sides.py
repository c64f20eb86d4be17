"""The sides of benchmarks/pipeline.py: ours in several settings, and deep_sort_realtime."""

import contextlib
import importlib.util
import io
import statistics
import tempfile
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from flatsort.descriptors import load_descriptor
from flatsort.descriptors.feature_cache import open_cache
from flatsort.detectors.detection_file import DetectionTable
from flatsort.evaluation.tracks.score import score_rows
from flatsort.files.mot_files import (
    Rows,
    read_detections,
    read_ground_truth,
    read_results,
    write_results,
)
from flatsort.files.sequence import Sequence
from flatsort.processors import available_cores
from flatsort.sinks import OverlayVideo, ResultFile
from flatsort.tracking.options import Options
from flatsort.tracking.run import track_sequence

PEER = "deep_sort_realtime"
NOTES = {PEER: "not installed: pip install -r requirements-bench.txt"}


@dataclass(frozen=True)
class Side:
    """One of our ways to track.

    Attributes:
        name: in the table. A second run has the first one's, and this behind it.
        descriptor: as on the command line.
        lazy: whether only those in doubt are described.
        film: whether a film is made.
    """

    name: str
    descriptor: str
    lazy: bool = False
    film: bool = False


SECOND = ", second run"
# Frames of a run that does not count.
WARM_UP = 3
OURS = (
    Side("none", "none"),
    Side("histogram", "histogram"),
    Side("histogram" + SECOND, "histogram"),
    Side("fmvae", "fmvae"),
    Side("fmvae" + SECOND, "fmvae"),
    Side("fmvae, lazy", "fmvae", lazy=True),
    Side("fmvae-track", "fmvae-track"),
    Side("fmvae-track, lazy", "fmvae-track", lazy=True),
    Side("fmvae, film", "fmvae", film=True),
    Side("fmvae, film" + SECOND, "fmvae", film=True),
)
STAGES = ("wait", "crop", "encode", "associate", "output")


@dataclass(frozen=True)
class TimedSequence(Sequence):
    """A sequence that notes the seconds each frame took, in whichever thread it was read."""

    seconds: list[float] = field(default_factory=list)

    def read_frame(self, frame: int) -> NDArray[np.uint8]:
        """As :meth:`Sequence.read_frame`."""
        start = time.perf_counter()
        try:
            return super().read_frame(frame)
        finally:
            self.seconds.append(time.perf_counter() - start)


class Clock:
    """Seconds by stage, gathered by wrapping functions."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    def timed(self, stage: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """``call``, whose time is added to the stage."""

        def wrapper(*args: Any, **kwargs: Any) -> Any:
            start = time.perf_counter()
            try:
                return call(*args, **kwargs)
            finally:
                self.seconds[stage] += time.perf_counter() - start

        return wrapper


def measure(
    sequence: Sequence, frames: int, detections: Mapping[str, float], repeat: int
) -> dict[str, Any]:
    """All sides on the first frames of a sequence, in turns.

    Args:
        sequence: with frames on disk.
        frames: how many of them.
        detections: name of a file in det/ to the confidence it is tracked at.
        repeat: turns of each side; figures are medians.

    Returns:
        "sequence", "frames" and "rows": for each detection file and side "milliseconds" a frame
        ("total", "processor", "decode" and STAGES), "described" boxes a frame and, where there is
        ground truth, "IDF1" and "IDs"; or a "note" why there are none.

    Raises:
        InputError: frames, detections or weights are missing.
    """
    cut = replace(sequence, length=frames)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name, confidence in detections.items():
            boxes = _first(read_detections(sequence.find_detections(name), sequence.length), frames)
            measured: dict[str, list[Run]] = defaultdict(list)
            # The first call of anything is slow: it loads libraries and compiled code.
            few = min(frames, WARM_UP)
            short = replace(cut, length=few), _first(boxes, few), confidence, Path(folder) / "short"
            for warm_up in tqdm(_sides(*short).values(), desc="warming up", unit="run"):
                warm_up(0)
            sides = _sides(cut, boxes, confidence, Path(folder))
            turns = [(turn, side) for turn in range(repeat) for side in sides]
            for turn, side in tqdm(turns, desc=name, unit="run"):
                measured[side].append(sides[side](turn))
            for side in (*(each.name for each in OURS), PEER):
                row: dict[str, Any] = {"detections": name, "confidence": confidence, "side": side}
                row["boxes"] = int((boxes.confidences >= confidence).sum())
                if side in measured:
                    runs = measured[side]
                    row["milliseconds"] = {
                        key: statistics.median(run.seconds[key] for run in runs) / frames * 1e3
                        for key in runs[0].seconds
                    }
                    row["described"] = runs[0].described / frames
                    row |= _score(sequence, frames, runs[0].results)
                else:
                    row["note"] = NOTES[side]
                rows.append(row)
    return {"sequence": sequence.name, "frames": frames, "rows": rows}


@dataclass(frozen=True)
class Run:
    """What one run took and made.

    Attributes:
        seconds: by stage.
        described: boxes whose features were computed.
        results: the file.
    """

    seconds: dict[str, float]
    described: int
    results: Path


def _score(sequence: Sequence, frames: int, results: Path) -> dict[str, float]:
    """IDF1 and identity switches on the first frames, if there is ground truth."""
    if not sequence.has_ground_truth:
        return {}
    path = sequence.ground_truth_path
    truth = _first(read_ground_truth(path, sequence.length, sequence.layout), frames)
    columns = score_rows(truth, read_results(results, frames), frames, sequence.layout).columns()
    return {name: columns[name] for name in ("IDF1", "IDs")}


def _first(rows: Rows, frames: int) -> Rows:
    return rows.select(np.flatnonzero(rows.frames <= frames))


def _sides(
    sequence: Sequence, boxes: Rows, confidence: float, folder: Path
) -> dict[str, Callable[[int], Run]]:
    """Name to a function of the turn; a second run follows the first of its turn."""

    def ours(side: Side) -> Callable[[int], Run]:
        first = folder / boxes.path.stem / side.name.removesuffix(SECOND)
        return lambda turn: _track(
            sequence, boxes, confidence, side, first.with_name(f"{first.name}{turn}")
        )

    sides = {side.name: ours(side) for side in OURS}
    if importlib.util.find_spec(PEER):
        sides[PEER] = lambda _: _track_with_peer(sequence, boxes, confidence, folder)
    return sides


def _track(sequence: Sequence, boxes: Rows, confidence: float, side: Side, folder: Path) -> Run:
    """Our pipeline, as tools/track.py runs it; the descriptor is loaded before the clock runs."""
    timed = TimedSequence(**vars(sequence))
    descriptor = load_descriptor(side.descriptor, timed)
    options = Options(min_confidence=confidence, lazy=side.lazy)
    results = folder / "results.txt"
    detector = DetectionTable(boxes)
    sinks: list[Any] = [ResultFile(results)]
    if side.film:
        sinks.append(OverlayVideo(folder / "film.mp4", timed.frame_rate, caption=side.name))
    clock = Clock()
    start, processor = time.perf_counter(), time.process_time()
    # Its bar would be drawn over ours.
    quiet = contextlib.redirect_stderr(io.StringIO())
    kept = open_cache(folder, side.descriptor, descriptor, timed)
    with quiet, _crops_timed(clock), kept as features:
        report = track_sequence(timed, detector, descriptor, options, sinks, features)
    total = time.perf_counter() - start
    seconds = {
        "total": total,
        "processor": time.process_time() - processor,
        "decode": sum(timed.seconds),
        "wait": report.decoding,
        "crop": clock.seconds["crop"],
        "encode": report.description - clock.seconds["crop"],
        "associate": report.association,
        # Writing files at the end, the cache's too, is output that no frame waits for.
        "output": total - report.decoding - report.description - report.association,
    }
    return Run(seconds, report.described - report.reused, results)


def _crops_timed(clock: Clock) -> contextlib.ExitStack:
    """Descriptors' cutting of crops, timed apart."""
    from flatsort.descriptors import histogram, vae

    stack = contextlib.ExitStack()
    for module in (histogram, vae):
        stack.enter_context(
            patch.object(module, "cut_crops", clock.timed("crop", module.cut_crops))
        )
    return stack


def _track_with_peer(sequence: Sequence, boxes: Rows, confidence: float, folder: Path) -> Run:
    """deep_sort_realtime with its MobileNetV2 and defaults, but for a gallery as long as ours."""
    import torch

    # Our descriptors may have set one thread; torch's own default is one for each core.
    torch.set_num_threads(available_cores())
    from deep_sort_realtime.deepsort_tracker import DeepSort

    timed, clock = TimedSequence(**vars(sequence)), Clock()
    with warnings.catch_warnings():
        # It imports pkg_resources, which setuptools is about to drop.
        warnings.simplefilter("ignore")
        tracker = DeepSort(nn_budget=100, embedder_gpu=False)
    tracker.crop_bb = clock.timed("crop", tracker.crop_bb)
    tracker.embedder.preprocess = clock.timed("crop", tracker.embedder.preprocess)
    tracker.generate_embeds = clock.timed("describe", tracker.generate_embeds)
    update = clock.timed("update", tracker.update_tracks)
    lines: list[tuple[float, ...]] = []
    described = 0
    start, processor = time.perf_counter(), time.process_time()
    for number, rows in enumerate(boxes.by_frame(sequence.length), start=1):
        image = timed.read_frame(number)
        kept = rows[boxes.confidences[rows] >= confidence]
        people = [
            (box, score, "person")
            for box, score in zip(
                boxes.boxes_tlwh[kept].tolist(), boxes.confidences[kept].tolist(), strict=True
            )
        ]
        described += len(people)
        for track in update(people, frame=image):
            if track.is_confirmed() and track.time_since_update <= 1:
                lines.append((number, int(track.track_id), *track.to_ltwh()))
    results = folder / "peer.txt"
    results.parent.mkdir(exist_ok=True)
    write_results(results, lines)
    total = time.perf_counter() - start
    decode, describe = sum(timed.seconds), clock.seconds["describe"]
    seconds = {
        "total": total,
        "processor": time.process_time() - processor,
        "decode": decode,
        "wait": decode,
        "crop": clock.seconds["crop"],
        "encode": describe - clock.seconds["crop"],
        "associate": clock.seconds["update"] - describe,
        "output": total - decode - clock.seconds["update"],
    }
    return Run(seconds, described, results)
