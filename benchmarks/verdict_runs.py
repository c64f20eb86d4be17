"""Judge footage without labels and with them."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from benchmarks.verdict_footage import MIN_CONFIDENCE, LabelledFootage
from flatsort.evaluation.tracks.score import score_rows
from flatsort.evaluation.verdict.contestant import Contestant, follow
from flatsort.evaluation.verdict.give_verdict import Answer, Comparison, Trials, run_trials
from flatsort.evaluation.verdict.sure_people import find_sure_people
from flatsort.files.mot_files import rows_of
from flatsort.tracker import AppearanceMetric, DeepSort, DeepSortConfig, Sort, SortConfig

MOTION = "motion only"
COLUMNS = ("Purity", "IDF1", "Continuity")
THINNED, LEFT_OUT = 4, 0.05
"""Further labelled runs per contestant, and the share of boxes that each leaves out by chance: one
accident changes the purity of a run by several points, and their mean is steadier."""


@dataclass(frozen=True)
class Labelled:
    """Scores by labels, in the order of COLUMNS.

    Attributes:
        whole: (3,) of the run on all boxes, the user's run.
        mean: (3,) mean of this run and the thinned ones.
    """

    whole: NDArray[np.float64]
    mean: NDArray[np.float64]


@dataclass(frozen=True)
class Pair:
    """Two contestants on one piece of footage; where there is a claim, ``first`` is the better one.

    Attributes:
        group: the kind of footage.
        footage: name of the piece.
        first: name of the first contestant.
        second: name of the second one.
        comparison: the verdict, without labels.
        whole: (3,) difference by labels on all boxes, first minus second.
        mean: (3,) mean difference by labels over all runs.
    """

    group: str
    footage: str
    first: str
    second: str
    comparison: Comparison
    whole: NDArray[np.float64]
    mean: NDArray[np.float64]

    @property
    def is_claim(self) -> bool:
        """Whether the verdict calls the first contestant better."""
        return self.comparison.answer is Answer.BETTER


@dataclass(frozen=True)
class JudgedFootage:
    """One piece of footage, judged.

    Attributes:
        group: the kind of footage.
        name: name of the piece.
        trials: the trials, without labels.
        labelled: the scores by labels, by contestant.
    """

    group: str
    name: str
    trials: Trials
    labelled: dict[str, Labelled]

    def pairs(self) -> list[Pair]:
        """Return each pair of contestants once, the better one first where there is a claim."""
        found = []
        for one, two in combinations(self.labelled, 2):
            first, second = one, two
            if self.trials.compare(one, two).answer is Answer.WORSE:
                first, second = two, one
            a, b = self.labelled[first], self.labelled[second]
            compared = self.trials.compare(first, second)
            differences = a.whole - b.whole, a.mean - b.mean
            found.append(Pair(self.group, self.name, first, second, compared, *differences))
        return found


def judge_footage(footage: LabelledFootage) -> JudgedFootage:
    """Run the trials, and score every contestant's tracks by labels."""
    contestants = [Contestant(MOTION, lambda: Sort(SortConfig(min_confidence=MIN_CONFIDENCE)))]
    for name, (features, metric) in footage.looks.items():
        contestants.append(Contestant(name, _deep_sort(metric), features))
    sure = find_sure_people(footage.boxes, footage.frame_rate)
    return JudgedFootage(
        footage.group,
        footage.name,
        run_trials(sure, contestants),
        {each.name: _label(footage, each) for each in contestants},
    )


def _deep_sort(metric: AppearanceMetric) -> Callable[[], DeepSort]:
    return lambda: DeepSort(DeepSortConfig(min_confidence=MIN_CONFIDENCE), metric)


def _label(footage: LabelledFootage, contestant: Contestant) -> Labelled:
    hidden = [None]
    for seed in range(THINNED):
        hidden.append(np.random.default_rng(seed).random(len(footage.boxes)) < LEFT_OUT)
    scores = np.array([_score(footage, contestant, each) for each in hidden])
    return Labelled(scores[0], scores.mean(axis=0))


def _score(
    footage: LabelledFootage, contestant: Contestant, hidden: NDArray[np.bool_] | None
) -> list[float]:
    tracks = follow(footage.boxes, contestant, hidden)
    length = int(footage.boxes.numbers[-1])
    results = np.column_stack([tracks.frames, tracks.ids, tracks.boxes_tlwh])
    rows = rows_of(results, contestant.name, length)
    columns = score_rows(footage.truth, rows, length, footage.layout).columns(COLUMNS)
    return [columns[name] for name in COLUMNS]
