"""The sides of benchmarks/pipeline.py: our pipeline in several settings, and deep_sort_realtime."""

import contextlib
import importlib.util
import io
import time
import warnings
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from flatsort.descriptors import load_descriptor
from flatsort.descriptors.feature_cache import open_cache
from flatsort.detectors.detection_file import DetectionTable
from flatsort.files.mot_files import Rows, write_results
from flatsort.files.sequence import Sequence
from flatsort.processors import available_cores
from flatsort.sinks import OverlayVideo, ResultFile
from flatsort.tracking.feed import SequenceFeed
from flatsort.tracking.run import track_feed
from flatsort.tracking.tracker_options import TrackerOptions

PEER = "deep_sort_realtime"
STAGES = ("wait", "crop", "encode", "associate", "output")
"""Stages that add up to the time of a frame."""
SECOND = ", second run"
"""End of the names of sides that run with the cache filled by the side before them."""


@dataclass(frozen=True)
class Side:
    """Our pipeline with one setting.

    Attributes:
        name: name in the table; a second run has the name of the first one, followed by SECOND.
        descriptor: name as on the command line.
        lazy: whether to describe only boxes whose match is doubtful.
        film: whether a film is made.
    """

    name: str
    descriptor: str
    lazy: bool = False
    film: bool = False


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


@dataclass(frozen=True)
class TimedSequence(Sequence):
    """A sequence that notes the seconds that reading each frame takes, in any thread."""

    seconds: list[float] = field(default_factory=list)

    def read_frame(self, frame: int) -> NDArray[np.uint8]:
        """Read a frame and note the time; see :meth:`Sequence.read_frame`."""
        start = time.perf_counter()
        try:
            return super().read_frame(frame)
        finally:
            self.seconds.append(time.perf_counter() - start)


class Clock:
    """Measures the seconds of stages by wrapping functions."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    def timed(self, stage: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """Return ``call`` wrapped so that its time is added to the stage."""

        def wrapper(*args: Any, **kwargs: Any) -> Any:
            start = time.perf_counter()
            try:
                return call(*args, **kwargs)
            finally:
                self.seconds[stage] += time.perf_counter() - start

        return wrapper


@dataclass(frozen=True)
class Run:
    """The times and the result file of one run.

    Attributes:
        seconds: name of the stage -> seconds.
        described: number of boxes whose features were computed.
        results: the result file.
    """

    seconds: dict[str, float]
    described: int
    results: Path


def make_sides(
    sequence: Sequence, boxes: Rows, confidence: float, folder: Path
) -> dict[str, Callable[[int], Run]]:
    """Return name of a side -> function that runs it, given the number of the turn.

    In each turn, a second run must follow its first run, whose cache it reads.

    Args:
        sequence: a sequence with frames on disk.
        boxes: the detections of the sequence.
        confidence: smallest confidence of a detection that is used.
        folder: folder for caches, films and result files.
    """

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
    """Run our pipeline as track.py does; the descriptor is loaded before the clock starts."""
    timed = TimedSequence(**vars(sequence))
    descriptor = load_descriptor(side.descriptor, timed)
    options = TrackerOptions(min_confidence=confidence, lazy=side.lazy)
    results = folder / "results.txt"
    detector = DetectionTable(boxes)
    sinks: list[Any] = [ResultFile(results)]
    if side.film:
        sinks.append(OverlayVideo(folder / "film.mp4", timed.frame_rate, caption=side.name))
    clock = Clock()
    start, processor = time.perf_counter(), time.process_time()
    # The progress bar of the run would be drawn over the bar of the benchmark.
    quiet = contextlib.redirect_stderr(io.StringIO())
    kept = open_cache(folder, side.descriptor, descriptor, timed)
    with quiet, _crops_timed(clock), kept as features:
        report = track_feed(SequenceFeed(timed), detector, descriptor, options, sinks, features)
    total = time.perf_counter() - start
    seconds = {
        "total": total,
        "processor": time.process_time() - processor,
        "decode": sum(timed.seconds),
        "wait": report.decoding,
        "crop": clock.seconds["crop"],
        "encode": report.description - clock.seconds["crop"],
        "associate": report.association,
        # Output includes the files and the cache that are written after the last frame.
        "output": total - report.decoding - report.description - report.association,
    }
    return Run(seconds, report.described - report.reused, results)


def _crops_timed(clock: Clock) -> contextlib.ExitStack:
    """Time the cutting of crops in the descriptors as a stage of its own."""
    from flatsort.descriptors import histogram, vae

    stack = contextlib.ExitStack()
    for module in (histogram, vae):
        stack.enter_context(
            patch.object(module, "cut_crops", clock.timed("crop", module.cut_crops))
        )
    return stack


def _track_with_peer(sequence: Sequence, boxes: Rows, confidence: float, folder: Path) -> Run:
    """Run deep_sort_realtime with its MobileNetV2, its defaults, and a gallery as long as ours."""
    import torch

    # Our descriptors may have set one thread; the default of torch is one thread per core.
    torch.set_num_threads(available_cores())
    from deep_sort_realtime.deepsort_tracker import DeepSort

    timed, clock = TimedSequence(**vars(sequence)), Clock()
    with warnings.catch_warnings():
        # It imports pkg_resources, for which setuptools gives a deprecation warning.
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
