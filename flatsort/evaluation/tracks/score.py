"""Score tracking results against ground truth: arrays, rows, or many files at once."""

from collections.abc import Callable, Iterable
from concurrent.futures import as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from flatsort.errors import InputError
from flatsort.evaluation.tracks.accumulate import accumulate
from flatsort.evaluation.tracks.counts import OPTIONAL_COLUMNS, Counts, paper_columns
from flatsort.evaluation.tracks.hota import HotaTerms, combine_terms, hota_terms, mean_term
from flatsort.evaluation.tracks.identities import Identities, count_identities
from flatsort.evaluation.tracks.matching import follow, match_frames
from flatsort.evaluation.tracks.preprocessing import ScoredFrame, preprocess
from flatsort.evaluation.tracks.scored_truth import Classes, choose_truth
from flatsort.files.mot_files import Rows, read_ground_truth, read_results, rows_of
from flatsort.files.sequence import Layout, Sequence
from flatsort.processors import worker_pool

if TYPE_CHECKING:
    from motmetrics import MOTAccumulator

_TERMS = ("HOTA", "DetA", "AssA", "AssPr", "AssRe")
"""TrackEval's terms that are columns."""
_WORTH_A_POOL = 50_000
"""Number of rows below which worker processes take longer to start than they save."""


@dataclass(frozen=True)
class Score:
    """The score of one tracker on one sequence, or on several sequences together.

    Attributes:
        counts: CLEAR MOT and identity counts.
        terms: TrackEval's terms of HOTA.
        identities: counts of right identities.
    """

    counts: Counts
    terms: HotaTerms
    identities: Identities

    def columns(self, optional: Iterable[str] = ()) -> dict[str, float]:
        """Compute the paper's sixteen columns, HOTA and optional columns.

        Args:
            optional: names of :data:`OPTIONAL_COLUMNS`, in any order.

        Returns:
            Name of the column -> number. Optional columns about identities follow IDF1, and parts
            of HOTA follow HOTA.
        """
        paper = paper_columns(self.counts)
        everything = {
            "IDF1": paper["IDF1"],
            "Purity": self.identities.purity,
            "Continuity": self.identities.continuity,
            "Mixed": self.identities.mixed,
            "Tracks": self.identities.tracks,
            **paper,
            **{term: mean_term(self.terms, term) for term in _TERMS},
        }
        left_out = set(OPTIONAL_COLUMNS).difference(optional)
        return {name: value for name, value in everything.items() if name not in left_out}


@dataclass(frozen=True)
class ScoredFile:
    """A result file, and the sequence that it belongs to."""

    sequence: Sequence
    results: Path


def score_files(
    files: Iterable[ScoredFile],
    workers: int = 1,
    advance: Callable[[], object] = lambda: None,
    classes: Classes | None = None,
) -> list[Score]:
    """Score result files under the rules of their sequences' benchmarks.

    All files are read before the first is scored, so a bad line is reported at once.

    Args:
        files: the result files, with their sequences.
        workers: number of processes. They are spawned, so the calling script needs an
            `if __name__ == "__main__"` guard.
        advance: called after each file, for a progress bar.
        classes: classes of the ground truth to score; None for the benchmarks' own, pedestrians.

    Returns:
        One score per file, in the order of the files.

    Raises:
        InputError: a file is missing or wrong, or its ground truth has no row to score; the message
            names the file.
    """
    tasks = _read(files, classes)
    rows = sum(len(truth) + len(results) for truth, results, _, _ in tasks)
    workers = min(workers, len(tasks))
    if workers < 2 or rows < _WORTH_A_POOL:
        scores = []
        for task in tasks:
            scores.append(score_rows(*task))
            advance()
        return scores
    # The longest sequence starts first; if it started last, it would run alone at the end.
    order = sorted(range(len(tasks)), key=lambda task: -len(tasks[task][0]))
    with worker_pool(workers) as pool:
        futures = {task: pool.submit(score_rows, *tasks[task]) for task in order}
        for _ in as_completed(futures.values()):
            advance()
        return [futures[task].result() for task in range(len(tasks))]


def score(ground_truth: np.ndarray, results: np.ndarray, length: int) -> Score:
    """Score the results of one sequence, given as arrays.

    Every person in the ground truth counts, so leave out people whom the tracker need not find.
    Only benchmark files name distractors, whose matches count neither for nor against a tracker:
    score those with :func:`score_files`.

    Args:
        ground_truth: (G, 6): frame (from 1), id, left, top, width and height in pixels.
        results: (R, 6), with the same columns.
        length: number of frames, including those without a box.

    Raises:
        InputError: length is below 1, an array has another shape, a frame lies outside 1 to
            length, an id occurs twice in a frame, or a box is invalid. The message names the
            array and the row (from 0).
    """
    if length < 1:
        raise InputError(f"length is {length}: give the number of frames, 1 or more")
    truth = rows_of(ground_truth, "ground_truth", length)
    # Arrays have no classes; MOT15's rules use none.
    return score_rows(truth, rows_of(results, "results", length), length, "MOT15")


def score_rows(ground_truth: Rows, results: Rows, length: int, layout: Layout) -> Score:
    """Score the results of one sequence, given as rows of MOT files.

    Args:
        ground_truth: all rows of the ground truth.
        results: all rows of the tracker's results.
        length: number of frames.
        layout: the benchmark whose rules apply.
    """
    frames = preprocess(ground_truth, results, length, layout)
    return score_matches(frames, match_frames(frames))


def score_matches(frames: list[ScoredFrame], matched: "MOTAccumulator") -> Score:
    """Score one sequence.

    Args:
        frames: every frame of the sequence, after preprocessing.
        matched: the frames' matched boxes, from
            :func:`flatsort.evaluation.tracks.matching.match_frames`.
    """
    return Score(
        counts=accumulate(matched, len(frames)),
        terms=hota_terms(frames),
        identities=count_identities(follow(matched)),
    )


def combine(scores: Iterable[Score]) -> Score:
    """Score several sequences as one: sum the counts first, then divide."""
    scores = list(scores)
    return Score(
        counts=sum((score.counts for score in scores), Counts()),
        terms=combine_terms(score.terms for score in scores),
        identities=sum((score.identities for score in scores), Identities()),
    )


def _read(
    files: Iterable[ScoredFile], classes: Classes | None
) -> list[tuple[Rows, Rows, int, Layout]]:
    truths: dict[Path, Rows] = {}
    tasks = []
    for file in files:
        sequence, path = file.sequence, file.sequence.ground_truth_path
        if path not in truths:
            truth = read_ground_truth(path, sequence.length, sequence.layout)
            truths[path] = choose_truth(truth, sequence.layout, classes)
        results = read_results(file.results, sequence.length)
        tasks.append((truths[path], results, sequence.length, sequence.layout))
    return tasks
