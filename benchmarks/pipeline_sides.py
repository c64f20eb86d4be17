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

from tools.descriptors import create_descriptor
from tools.descriptors.cache import open_cache
from tools.mot.files import Rows, read_detections, write_results
from tools.mot.sequence import Sequence
from tools.processors import available_cores
from tools.sinks import OverlayVideo, ResultFile
from tools.tracking import Options, track_sequence

PEER = "deep_sort_realtime"
NOTES = {PEER: "not installed: pip install -r requirements-bench.txt"}
# Name, descriptor, whether the cache is filled, whether a film is made.
OURS = (
    ("none", "none", False, False),
    ("histogram", "histogram", False, False),
    ("histogram, second run", "histogram", True, False),
    ("fmvae", "fmvae", False, False),
    ("fmvae, second run", "fmvae", True, False),
    ("fmvae, film", "fmvae", False, True),
    ("fmvae, film, second run", "fmvae", True, True),
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
        ("total", "processor", "decode" and STAGES), or a "note" why there are none.

    Raises:
        InputError: frames, detections or weights are missing.
    """
    cut = replace(sequence, length=frames)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name, confidence in detections.items():
            boxes = _first(read_detections(sequence.find_detections(name), sequence.length), frames)
            measured: dict[str, list[dict[str, float]]] = defaultdict(list)
            sides = _sides(cut, boxes, confidence, Path(folder))
            turns = [(turn, side) for turn in range(repeat) for side in sides]
            for turn, side in tqdm(turns, desc=name, unit="run"):
                measured[side].append(sides[side](turn))
            for side in (*(each[0] for each in OURS), PEER):
                row: dict[str, Any] = {"detections": name, "confidence": confidence, "side": side}
                row["boxes"] = int((boxes.confidences >= confidence).sum())
                if side in measured:
                    row["milliseconds"] = {
                        key: statistics.median(each[key] for each in measured[side]) / frames * 1e3
                        for key in measured[side][0]
                    }
                else:
                    row["note"] = NOTES[side]
                rows.append(row)
    return {"sequence": sequence.name, "frames": frames, "rows": rows}


def _first(rows: Rows, frames: int) -> Rows:
    return rows.select(np.flatnonzero(rows.frames <= frames))


def _sides(
    sequence: Sequence, boxes: Rows, confidence: float, folder: Path
) -> dict[str, Callable[[int], dict[str, float]]]:
    """Name to a function of the turn; a second run follows the first of its turn."""

    def ours(name: str, word: str, film: bool) -> Callable[[int], dict[str, float]]:
        return lambda turn: _track(
            sequence, boxes, confidence, word, folder / boxes.path.stem / f"{name}{turn}", film
        )

    sides = {
        name: ours(name.removesuffix(", second run"), word, film) for name, word, _, film in OURS
    }
    if importlib.util.find_spec(PEER):
        sides[PEER] = lambda _: _track_with_peer(sequence, boxes, confidence, folder)
    return sides


def _track(
    sequence: Sequence, boxes: Rows, confidence: float, word: str, cache: Path, film: bool
) -> dict[str, float]:
    """Our pipeline, as tools/track.py runs it; the descriptor is loaded before the clock runs."""
    timed = TimedSequence(**vars(sequence))
    descriptor = create_descriptor(word, timed)
    options = Options(min_confidence=confidence, nms_overlap=1.0)
    sinks: list[Any] = [ResultFile(cache / "results.txt")]
    if film:
        sinks.append(OverlayVideo(cache / "film.mp4", timed, caption=word))
    clock = Clock()
    start, processor = time.perf_counter(), time.process_time()
    # Its bar would be drawn over ours.
    quiet = contextlib.redirect_stderr(io.StringIO())
    with quiet, _crops_timed(clock), open_cache(cache, word, descriptor, timed) as features:
        report = track_sequence(timed, boxes, descriptor, options, sinks, features)
    total = time.perf_counter() - start
    return {
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


def _crops_timed(clock: Clock) -> contextlib.ExitStack:
    """Descriptors' cutting of crops, timed apart."""
    from tools.descriptors import histogram, vae

    stack = contextlib.ExitStack()
    for module in (histogram, vae):
        stack.enter_context(
            patch.object(module, "cut_crops", clock.timed("crop", module.cut_crops))
        )
    return stack


def _track_with_peer(
    sequence: Sequence, boxes: Rows, confidence: float, folder: Path
) -> dict[str, float]:
    """deep_sort_realtime with its defaults: MobileNetV2, no suppression, an endless gallery."""
    import torch

    # Our descriptors may have set one thread; torch's own default is one for each core.
    torch.set_num_threads(available_cores())
    from deep_sort_realtime.deepsort_tracker import DeepSort

    timed, clock = TimedSequence(**vars(sequence)), Clock()
    with warnings.catch_warnings():
        # It imports pkg_resources, which setuptools is about to drop.
        warnings.simplefilter("ignore")
        tracker = DeepSort(embedder_gpu=False)
    tracker.crop_bb = clock.timed("crop", tracker.crop_bb)
    tracker.embedder.preprocess = clock.timed("crop", tracker.embedder.preprocess)
    tracker.generate_embeds = clock.timed("describe", tracker.generate_embeds)
    update = clock.timed("update", tracker.update_tracks)
    lines: list[tuple[float, ...]] = []
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
        for track in update(people, frame=image):
            if track.is_confirmed() and track.time_since_update <= 1:
                lines.append((number, int(track.track_id), *track.to_ltwh()))
    write_results(folder / "peer.txt", lines)
    total = time.perf_counter() - start
    decode, describe = sum(timed.seconds), clock.seconds["describe"]
    return {
        "total": total,
        "processor": time.process_time() - processor,
        "decode": decode,
        "wait": decode,
        "crop": clock.seconds["crop"],
        "encode": describe - clock.seconds["crop"],
        "associate": clock.seconds["update"] - describe,
        "output": total - decode - clock.seconds["update"],
    }
