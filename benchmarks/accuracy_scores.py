"""The scores of the accuracy benchmark: whole, second halves, and without each sequence."""

import math
from dataclasses import replace
from pathlib import Path

from benchmarks.accuracy_boxes import BoxSet
from flatsort.evaluation.tracks.counts import OPTIONAL_COLUMNS
from flatsort.evaluation.tracks.score import Score, combine, score_rows
from flatsort.files.mot_files import Rows, read_ground_truth, read_results
from flatsort.files.sequence import Sequence

Columns = dict[str, float]
COMPARED = ("HOTA", "IDF1", "MOTA")
"""The columns that are kept without each sequence, for the comparison with the best peer."""


def score_results(box_set: BoxSet, folder: Path) -> dict[str, Columns | dict[str, Columns] | None]:
    """Score one tracker's result files of a set: FOLDER/SEQ.txt.

    Returns:
        "whole" -> columns; "halves" -> columns of the second halves, None if the set has none;
        "without" -> {name of each sequence: COMPARED columns of all other sequences}.

    Raises:
        InputError: a result file or the ground truth is missing or wrong.
    """
    files = [(sequence, *_read(sequence, folder)) for sequence, _ in box_set.boxes]
    scored = [score_rows(truth, rows, each.length, each.layout) for each, truth, rows in files]
    halves = [_score_second_half(*each) for each in files] if box_set.has_halves else None
    return {
        "whole": _columns(scored),
        "halves": None if halves is None else _columns(halves),
        "without": {
            each.name: _compared(scored[:place] + scored[place + 1 :])
            for place, (each, _) in enumerate(box_set.boxes)
            if len(scored) > 1
        },
    }


def jackknife_error(without: list[float]) -> float:
    """Return the jackknife's standard error of a figure of all sequences together.

    With n sequences, it is sqrt((n - 1) / n sum (x_i - mean x)^2), where x_i is the figure without
    sequence i (Efron and Tibshirani, An Introduction to the Bootstrap, equation 11.5).

    Args:
        without: the figure without each of at least two sequences.
    """
    count = len(without)
    mean = sum(without) / count
    return math.sqrt((count - 1) / count * sum((each - mean) ** 2 for each in without))


def _read(sequence: Sequence, folder: Path) -> tuple[Rows, Rows]:
    """Return the ground truth and the results of a sequence."""
    truth = read_ground_truth(sequence.ground_truth_path, sequence.length, sequence.layout)
    return truth, read_results(folder / f"{sequence.name}.txt", sequence.length)


def _columns(scores: list[Score]) -> Columns:
    return combine(scores).columns(OPTIONAL_COLUMNS)


def _compared(scores: list[Score]) -> Columns:
    columns = combine(scores).columns()
    return {name: columns[name] for name in COMPARED}


def _score_second_half(sequence: Sequence, truth: Rows, results: Rows) -> Score:
    """Score the second half of the frames; the tracker has tracked the first half too."""
    half = sequence.length // 2
    parts = [_after(rows, half) for rows in (truth, results)]
    return score_rows(*parts, sequence.length - half, sequence.layout)


def _after(rows: Rows, frame: int) -> Rows:
    kept = rows.select(rows.frames > frame)
    return replace(kept, frames=kept.frames - frame)
