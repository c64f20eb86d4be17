"""The spread of a score over several trainings of one model, which differ in their seed."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np

from flatsort.evaluation.reid.pair_scores import Scores
from flatsort.evaluation.reid.reid_findings import DescriptorReport

_SEED = re.compile(r"(.+)-seed\d+")


@dataclass(frozen=True)
class Spread:
    """The spread of one figure over several seeds.

    Attributes:
        mean: mean over the seeds.
        deviation: standard deviation of the sample (n - 1 in the denominator).
        lowest: smallest value.
        highest: largest value.
    """

    mean: float
    deviation: float
    lowest: float
    highest: float


def group_seeds(names: Iterable[str]) -> dict[str, list[str]]:
    """Group the trainings NAME and NAME-seedN of each model that has at least two trainings.

    Returns:
        Name of the model -> names of its trainings.
    """
    groups: dict[str, list[str]] = {}
    for name in names:
        match = _SEED.fullmatch(name)
        groups.setdefault(match[1] if match else name, []).append(name)
    return {model: members for model, members in groups.items() if len(members) > 1}


def seed_spreads(reports: Sequence[DescriptorReport]) -> dict[str, dict[str, Spread]]:
    """Compute the spread of every score over two or more trainings of one model.

    A distance that some training lacks, because it has no centre of its own, is left out.

    Returns:
        Name of the distance -> name of the score -> spread.
    """
    return {
        distance: {
            each.name: spread([getattr(report.scores[distance], each.name) for report in reports])
            for each in fields(Scores)
        }
        for distance in reports[0].scores
        if all(distance in report.scores for report in reports)
    }


def spread(values: Sequence[float]) -> Spread:
    """Compute the spread of two or more figures."""
    return Spread(
        mean=float(np.mean(values)),
        deviation=float(np.std(values, ddof=1)),
        lowest=min(values),
        highest=max(values),
    )
