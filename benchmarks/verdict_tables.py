"""The tables of the page about the verdict."""

from collections.abc import Callable, Iterable
from itertools import pairwise

import numpy as np
from scipy.stats import spearmanr
from tabulate import tabulate

from benchmarks.accuracy_boxes import WITH_FRAMES
from benchmarks.verdict_footage import RANDOM
from benchmarks.verdict_runs import COLUMNS, MOTION, JudgedFootage, Pair
from flatsort.evaluation.verdict.give_verdict import Performance
from flatsort.evaluation.verdict.intervals import share_of_people

GOAL = 0.05
"""Largest share of claims whose better contestant may have the lower purity."""
CONFIDENCE = 0.95
BEFORE, AFTER = "fmvae-track-unseen", "fmvae-track"
PURITY, IDF1, CONTINUITY = range(len(COLUMNS))


def claims_table(pairs: list[Pair]) -> str:
    """Return the claims of each kind of footage, and how many of them are wrong."""
    rows = []
    for name, some in {**_groups(pairs), "all": pairs}.items():
        claims = [pair for pair in some if pair.is_claim]
        cells = [name, len(some), len(claims)]
        for measure in (_lower_run, _much_lower_run, _lower_mean):
            cells.append(sum(map(measure, claims)))
        for column in (PURITY, IDF1):
            cells.append(_signed([pair.mean[column] for pair in claims]))
        rows.append(cells)
    headers = ["footage", "pairs", "claims", "purity lower", "by over 1 point", "mean purity lower"]
    return _markdown(rows, [*headers, "mean purity", "mean IDF1"])


def conclusion(pairs: list[Pair]) -> str:
    """Say whether the goal is met, on all footage and on footage that no choice rests on."""
    lines = [f"Goal: at most 1 in {1 / GOAL:.0f} claims is wrong."]
    unseen = [pair for pair in pairs if pair.group != WITH_FRAMES]
    for name, some in (("all footage", pairs), ("the scenes, on which nothing was chosen", unseen)):
        claims = [pair for pair in some if pair.is_claim]
        texts = []
        for measure, words in (
            (_lower_run, "in the user's run"),
            (_much_lower_run, "in it by more than a point"),
            (_lower_mean, "in the mean of the runs"),
        ):
            wrong = np.array(list(map(measure, claims)), float)
            met = "met" if wrong.sum() <= GOAL * len(claims) else "missed"
            rate = share_of_people(wrong, CONFIDENCE)
            bounds = f"{100 * rate.low:.0f} to {100 * rate.high:.0f} %"
            texts.append(f"{wrong.sum():.0f} {words} ({met}; {bounds})")
        lines.append(f"Of {len(claims)} claims on {name}, this many are wrong: {', '.join(texts)}.")
    lines.append(
        f"The percentages are the {CONFIDENCE:.0%} intervals (Wilson) of the rates, as if the "
        "claims were independent: so few claims cannot prove the goal."
    )
    return " ".join(lines)


def list_table(pairs: list[Pair]) -> str:
    """Return every claim."""
    rows = [
        [
            pair.footage,
            pair.first,
            pair.second,
            pair.comparison.mixed.text(sign="+"),
            *(f"{values[column]:+.1f}" for column in (PURITY, IDF1) for values in _both(pair)),
        ]
        for pair in pairs
        if pair.is_claim
    ]
    headers = ["footage", "better", "than", "mixed up", "purity", "mean", "IDF1", "mean"]
    return _markdown(rows, headers)


def undecided_table(pairs: list[Pair]) -> str:
    """Return how many pairs stay undecided, by the size of their difference."""
    bounds = (0.0, 1.0, 3.0, 10.0, np.inf)
    rows = []
    for name, some in _groups_by_kind(pairs).items():
        sizes = np.array([abs(pair.mean[PURITY]) for pair in some])
        decided = np.array([pair.is_claim for pair in some])
        cells = []
        for low, high in pairwise(bounds):
            within = (sizes >= low) & (sizes < high)
            cells.append(f"{(within & ~decided).sum()} of {within.sum()}")
        rows.append([*name, *cells])
    return _markdown(
        rows, ["footage", "pairs of", "below 1 point", "1 to 3", "3 to 10", "above 10"]
    )


def question_table(judged: list[JudgedFootage]) -> str:
    """Return the verdict on AFTER against BEFORE, on all footage but single scenes."""
    rows = []
    for each in judged:
        if each.group == "scenes":
            continue
        found = each.trials.compare(AFTER, BEFORE)
        new, old = each.labelled[AFTER], each.labelled[BEFORE]
        differences = [
            f"{values[column]:+.1f}"
            for column in (PURITY, IDF1)
            for values in (new.whole - old.whole, new.mean - old.mean)
        ]
        people = f"{each.trials.people} / {each.trials.pairs}"
        mixed = found.mixed.text(sign="+")
        rows.append([each.name, people, found.answer.value, mixed, *differences])
    headers = ["footage", "people / pairs", "verdict", "mixed up"]
    return _markdown(rows, [*headers, "purity", "mean", "IDF1", "mean"])


def ranks_table(judged: list[JudgedFootage]) -> str:
    """Return the rank correlations with and without labels."""
    rows = []
    everybody = list(judged[0].labelled)
    descriptors = [name for name in everybody if name not in (MOTION, RANDOM)]
    for name, some in _groups(each for each in judged if each.trials.is_enough).items():
        for title, names in (("all", everybody), ("descriptors", descriptors)):
            cells = [
                _signed([rank(each, names) for each in some], digits=2)
                for rank in (_mixed_rank, _returned_rank, _cost_rank)
            ]
            rows.append([name, title, len(some), *cells])
    headers = ["footage", "contestants", "pieces"]
    columns = ["mixed, purity", "returned, continuity", "cost, IDF1"]
    return _markdown(rows, [*headers, *columns])


def _groups_by_kind(pairs: list[Pair]) -> dict[tuple[str, str], list[Pair]]:
    found: dict[tuple[str, str], list[Pair]] = {}
    for pair in pairs:
        is_plain = {pair.first, pair.second}.isdisjoint({MOTION, RANDOM})
        kind = "two descriptors" if is_plain else f"{MOTION} or {RANDOM}"
        found.setdefault((pair.group, kind), []).append(pair)
    return found


def _groups(items: Iterable[Pair | JudgedFootage]) -> dict[str, list]:
    found: dict[str, list] = {}
    for item in items:
        found.setdefault(item.group, []).append(item)
    return found


def _mixed_rank(judged: JudgedFootage, names: Iterable[str]) -> float:
    return _rank(judged, names, lambda each: each.mixed.mean, PURITY)


def _returned_rank(judged: JudgedFootage, names: Iterable[str]) -> float:
    return _rank(judged, names, lambda each: each.returned.mean, CONTINUITY)


def _cost_rank(judged: JudgedFootage, names: Iterable[str]) -> float:
    return _rank(judged, names, lambda each: float(each.outcomes.costs.mean()), IDF1)


def _rank(
    judged: JudgedFootage,
    names: Iterable[str],
    measure: Callable[[Performance], float],
    column: int,
) -> float:
    performances = judged.trials.performances
    without = [measure(performances[name]) for name in names]
    labelled = [judged.labelled[name].mean[column] for name in names]
    if len(set(without)) < 2:
        return 0.0
    return float(spearmanr(without, labelled).statistic)


def _lower_run(pair: Pair) -> bool:
    return bool(pair.whole[PURITY] < 0)


def _much_lower_run(pair: Pair) -> bool:
    return bool(pair.whole[PURITY] < -1)


def _lower_mean(pair: Pair) -> bool:
    return bool(pair.mean[PURITY] < 0)


def _both(pair: Pair) -> tuple[np.ndarray, np.ndarray]:
    return pair.whole, pair.mean


def _signed(values: list[float], digits: int = 1) -> str:
    return f"{np.mean(values):+.{digits}f}" if values else "-"


def _markdown(rows: Iterable[list], headers: list[str]) -> str:
    return tabulate(rows, headers, tablefmt="github", disable_numparse=True)
