"""Score result files against ground truth, several sequences at a time."""

from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from flatsort.errors import InputError
from flatsort.evaluation.tracks.accumulate import accumulate
from flatsort.evaluation.tracks.counts import Counts, paper_columns
from flatsort.evaluation.tracks.hota import HotaTerms, combine_terms, hota, hota_terms
from flatsort.evaluation.tracks.preprocessing import preprocess
from flatsort.files.mot_files import Rows, read_ground_truth, read_results, rows_of
from flatsort.files.sequence import Layout, Sequence

_WORTH_A_POOL = 50_000
"""Rows below which starting worker processes takes longer than it saves."""


@dataclass(frozen=True)
class Score:
    """The score of one tracker on one sequence, or on several taken together.

    Attributes:
        counts: CLEAR MOT and identity counts.
        terms: TrackEval's terms of HOTA.
    """

    counts: Counts
    terms: HotaTerms

    def columns(self) -> dict[str, float]:
        """The paper's sixteen columns and HOTA."""
        return {**paper_columns(self.counts), "HOTA": hota(self.terms)}


@dataclass(frozen=True)
class Job:
    """A result file and the sequence it is about."""

    sequence: Sequence
    results: Path


def score_files(
    jobs: Iterable[Job], workers: int = 1, advance: Callable[[], object] = lambda: None
) -> list[Score]:
    """Score result files.

    All files are read before anything is scored, so that a bad line is reported at once.

    Args:
        jobs: what to score.
        workers: number of processes (they are spawned: the calling script needs a main guard).
        advance: called after each job, for a progress bar.

    Returns:
        One score a job, in their order.

    Raises:
        InputError: a file is missing or wrong; the message names file and line.
    """
    tasks = _read(jobs)
    rows = sum(len(truth) + len(results) for truth, results, _, _ in tasks)
    workers = min(workers, len(tasks))
    if workers < 2 or rows < _WORTH_A_POOL:
        scores = []
        for task in tasks:
            scores.append(score_rows(*task))
            advance()
        return scores
    # The longest first, or the last worker would start it when the others are done.
    order = sorted(range(len(tasks)), key=lambda task: -len(tasks[task][0]))
    # Forking a process that has threads (BLAS, OpenCV, torch) can hang; spawning cannot.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        futures = {task: pool.submit(score_rows, *tasks[task]) for task in order}
        for _ in as_completed(futures.values()):
            advance()
        return [futures[task].result() for task in range(len(tasks))]


def score_arrays(ground_truth: np.ndarray, results: np.ndarray, length: int) -> Score:
    """Score the results of one sequence that are in no file.

    Everybody in the ground truth counts: leave out who is not to be found. Distractors, whose
    matches count neither way, are known from benchmarks' files only: see :func:`score_files`.

    Args:
        ground_truth: (G, 6) frame (from 1), id, left, top, width, height, pixels.
        results: (R, 6), likewise.
        length: number of frames, those without a box too.

    Raises:
        InputError: naming array and row (from 0): frames outside 1 to length, an id twice in a
            frame, boxes that are none, or another shape. Or length is below 1.
    """
    if length < 1:
        raise InputError(f"length is {length}: give the number of frames, 1 or more")
    truth = rows_of(ground_truth, "ground_truth", length)
    # MOT15's rules are those without classes.
    return score_rows(truth, rows_of(results, "results", length), length, "MOT15")


def score_rows(ground_truth: Rows, results: Rows, length: int, layout: Layout) -> Score:
    """Score the results of one sequence.

    Args:
        ground_truth: all rows of the ground truth.
        results: all rows of the tracker's results.
        length: number of frames.
        layout: the benchmark whose rules apply.
    """
    frames = preprocess(ground_truth, results, length, layout)
    return Score(accumulate(frames), hota_terms(frames))


def combine(scores: Iterable[Score]) -> Score:
    """The score of several sequences taken as one: counts are summed before they are divided."""
    scores = list(scores)
    return Score(
        counts=sum((score.counts for score in scores), Counts()),
        terms=combine_terms(score.terms for score in scores),
    )


def _read(jobs: Iterable[Job]) -> list[tuple[Rows, Rows, int, Layout]]:
    truths: dict[Path, Rows] = {}
    tasks = []
    for job in jobs:
        sequence, path = job.sequence, job.sequence.ground_truth_path
        if path not in truths:
            truths[path] = read_ground_truth(path, sequence.length, sequence.layout)
        results = read_results(job.results, sequence.length)
        tasks.append((truths[path], results, sequence.length, sequence.layout))
    return tasks
