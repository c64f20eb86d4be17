"""The measurements of benchmarks/pipeline.py: all sides, in turns, and their scores."""

import statistics
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.pipeline_sides import OURS, PEER, Run, make_sides
from flatsort.evaluation.tracks.score import score_rows
from flatsort.files.mot_files import Rows, read_detections, read_ground_truth, read_results
from flatsort.files.sequence import Sequence
from flatsort.progress import ProgressBar

NOTES = {PEER: "not installed: pip install -r requirements-bench.txt"}
"""Side -> reason why it may be missing."""
WARM_UP = 3
"""Number of frames in the first run of each side, which does not count."""


def measure(
    sequence: Sequence, frames: int, detections: Mapping[str, float], repeat: int
) -> dict[str, Any]:
    """Run all sides in turns on the first frames of a sequence.

    Args:
        sequence: a sequence with frames on disk.
        frames: number of frames to track.
        detections: name of a file in det/ -> smallest confidence of the detections that are used.
        repeat: turns of each side; figures are medians.

    Returns:
        "sequence", "frames" and "rows", as JSON values. There is one row per detection file and
        side. It has "milliseconds" per frame ("total", "processor", "decode" and STAGES), the
        number of "described" boxes per frame and, with ground truth, "IDF1" and "IDs". The row of a
        side that is not installed has a "note" instead.

    Raises:
        InputError: frames, detections or weights are missing.
    """
    cut = replace(sequence, length=frames)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name, confidence in detections.items():
            boxes = _first(read_detections(sequence.find_detections(name), sequence.length), frames)
            measured: dict[str, list[Run]] = defaultdict(list)
            # First calls load libraries and compiled code, so they do not count.
            few = min(frames, WARM_UP)
            short = replace(cut, length=few), _first(boxes, few), confidence, Path(folder) / "short"
            for warm_up in ProgressBar(make_sides(*short).values(), desc="warming up", unit="run"):
                warm_up(0)
            sides = make_sides(cut, boxes, confidence, Path(folder))
            turns = [(turn, side) for turn in range(repeat) for side in sides]
            for turn, side in ProgressBar(turns, desc=name, unit="run"):
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


def _score(sequence: Sequence, frames: int, results: Path) -> dict[str, float]:
    """Return IDF1 and identity switches on the first frames, if there is ground truth."""
    if not sequence.has_ground_truth:
        return {}
    path = sequence.ground_truth_path
    truth = _first(read_ground_truth(path, sequence.length, sequence.layout), frames)
    columns = score_rows(truth, read_results(results, frames), frames, sequence.layout).columns()
    return {name: columns[name] for name in ("IDF1", "IDs")}


def _first(rows: Rows, frames: int) -> Rows:
    return rows.select(np.flatnonzero(rows.frames <= frames))
