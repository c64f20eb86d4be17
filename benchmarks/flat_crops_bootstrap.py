"""A hierarchical bootstrap: trainings, footages, and the people or queries within a footage.

Every kind of training sees the same draws, so differences between kinds are paired.
"""

import math
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

DRAWS = 1000
"""Draws behind an interval."""
LEVEL = 0.95
"""Level of the intervals."""


@dataclass(frozen=True)
class Draw:
    """One draw with replacement.

    Attributes:
        trainings: (n,) uniform numbers in [0, 1), of which the first T choose among T trainings.
            Two kinds with as many trainings draw the same seeds.
        footages: (F,) drawn footages.
        inner: (F,) the replicate within each drawn footage.
    """

    trainings: NDArray[np.float64]
    footages: NDArray[np.intp]
    inner: NDArray[np.intp]

    def mean(self, figures: NDArray[np.float64]) -> float:
        """Return the mean of the drawn ones of the figures (T,) of T trainings.

        T draws among T have (T - 1) / T of the variance of T other trainings. So the deviation
        from the mean of all is scaled.
        """
        count, mean = len(figures), figures.mean()
        if count == 1:
            return float(mean)
        drawn = figures[(self.trainings[:count] * count).astype(np.intp)].mean()
        return float(mean + math.sqrt(count / (count - 1)) * (drawn - mean))


class Measure(Protocol):
    """A figure of one kind of training.

    Attributes:
        footages: F, the number of footages.
        replicates: R, the number of replicates within a footage.
    """

    footages: int
    replicates: int

    def estimate(self) -> float:
        """Return the figure of all trainings and footages."""

    def drawn(self, draw: Draw) -> float:
        """Return the figure of one draw."""


@dataclass(frozen=True)
class FootageMeans:
    """A mean over trainings and footages.

    Attributes:
        values: (T, F, 1 + R); first the value of each footage, then R replicates of it with other
            people or queries.
    """

    values: NDArray[np.float64]

    @property
    def footages(self) -> int:
        """F."""
        return self.values.shape[1]

    @property
    def replicates(self) -> int:
        """R."""
        return self.values.shape[2] - 1

    def estimate(self) -> float:
        """Return the mean."""
        return float(self.values[:, :, 0].mean())

    def drawn(self, draw: Draw) -> float:
        """Return the mean of one draw."""
        return draw.mean(self.values[:, draw.footages, 1 + draw.inner].mean(axis=1))


@dataclass(frozen=True)
class SharedMeans(FootageMeans):
    """A mean over footages that one further footage takes part in, so all share its replicate."""

    def drawn(self, draw: Draw) -> float:
        """Return the mean of one draw."""
        return draw.mean(self.values[:, draw.footages, 1 + draw.inner[0]].mean(axis=1))


@dataclass(frozen=True)
class FootagePairs:
    """A mean over trainings and ordered pairs of two footages.

    Attributes:
        values: (T, 1 + R, F, F), from one footage to another; first the values, then R replicates
            with other people in all footages.
    """

    values: NDArray[np.float64]

    @property
    def footages(self) -> int:
        """F."""
        return self.values.shape[2]

    @property
    def replicates(self) -> int:
        """R."""
        return self.values.shape[1] - 1

    def estimate(self) -> float:
        """Return the mean over ordered pairs of two footages."""
        return float(_means_of_pairs(self.values[:, 0], np.arange(self.footages)).mean())

    def drawn(self, draw: Draw) -> float:
        """Return the mean of one draw; NaN if it holds one footage only."""
        return draw.mean(_means_of_pairs(self.values[:, 1 + draw.inner[0]], draw.footages))


@dataclass(frozen=True)
class Interval:
    """A figure with its interval."""

    mean: float
    low: float
    high: float


def interval(measure: Measure, trainings: int, limits: tuple[float, float]) -> Interval:
    """Return the figure of one kind.

    Args:
        measure: the figure.
        trainings: the largest number of trainings of any kind on the page.
        limits: smallest and largest possible value of the figure; the interval ends there.
    """
    draws = _draws(trainings, measure.footages, measure.replicates)
    found = _basic(measure.estimate(), [measure.drawn(draw) for draw in draws])
    low, high = np.clip((found.low, found.high), *limits).tolist()
    return Interval(found.mean, low, high)


def difference(one: Measure, other: Measure, trainings: int) -> Interval:
    """Return the figure of one kind minus that of another, for the same footages."""
    draws = _draws(trainings, one.footages, one.replicates)
    changes = [one.drawn(draw) - other.drawn(draw) for draw in draws]
    return _basic(one.estimate() - other.estimate(), changes)


def _means_of_pairs(values: NDArray[np.float64], footages: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the means (T,) of values (T, F, F) over the pairs of two different footages."""
    two = footages[:, None] != footages
    if not two.any():
        return np.full(len(values), np.nan)
    return values[:, footages[:, None], footages][:, two].mean(axis=1)


@cache
def _draws(trainings: int, footages: int, replicates: int) -> list[Draw]:
    """Return the draws, the same ones for the same numbers."""
    random = np.random.default_rng(0)
    return [
        Draw(
            random.random(trainings),
            random.integers(footages, size=footages),
            random.integers(replicates, size=footages),
        )
        for _ in range(DRAWS)
    ]


def _basic(mean: float, drawn: list[float]) -> Interval:
    """Return the basic bootstrap interval, which takes the bias of the draws away."""
    low, high = np.nanquantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(mean, float(2 * mean - high), float(2 * mean - low))
