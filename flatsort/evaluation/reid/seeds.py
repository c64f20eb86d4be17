"""Several trainings of one model: what of a figure is the model's and what the seed's."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np

from flatsort.evaluation.reid.pair_scores import Scores
from flatsort.evaluation.reid.reid_findings import DescriptorReport

_SEED = re.compile(r"(.+)-seed\d+")


@dataclass(frozen=True)
class Spread:
    """One figure over several seeds.

    Attributes:
        mean: of the seeds.
        deviation: standard deviation, of a sample (n - 1).
        lowest: of the seeds.
        highest: of the seeds.
    """

    mean: float
    deviation: float
    lowest: float
    highest: float


def group_seeds(names: Iterable[str]) -> dict[str, list[str]]:
    """Model to its trainings, NAME itself and NAME-seedN, for each with two or more."""
    groups: dict[str, list[str]] = {}
    for name in names:
        match = _SEED.fullmatch(name)
        groups.setdefault(match[1] if match else name, []).append(name)
    return {model: members for model, members in groups.items() if len(members) > 1}


def seed_spreads(reports: Sequence[DescriptorReport]) -> dict[str, dict[str, Spread]]:
    """Distance to score to its spread over two trainings or more.

    A distance that not all of them have, because not all bring a centre, is left out.
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
    """The spread of two figures or more."""
    return Spread(
        mean=float(np.mean(values)),
        deviation=float(np.std(values, ddof=1)),
        lowest=min(values),
        highest=max(values),
    )
