"""Estimates with intervals over people: trials of one person are alike, people are not."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, t


@dataclass(frozen=True)
class Estimate:
    """A mean and its interval.

    Attributes:
        mean: the mean over all trials.
        low: lower end of the interval.
        high: upper end of the interval.
        people: number of people behind it.
    """

    mean: float
    low: float
    high: float
    people: int

    def as_share(self) -> "Estimate":
        """Return the same estimate with the interval cut off at 0 and 1."""
        return replace(self, low=max(self.low, 0.0), high=min(self.high, 1.0))

    def text(self, scale: float = 100.0, sign: str = "", digits: int = 1) -> str:
        """Return the mean with its interval, as a percentage unless ``scale`` says otherwise.

        Args:
            scale: factor of the printed numbers.
            sign: "+" prints the sign of positive numbers too.
            digits: digits after the point.
        """
        if self.people < 2:
            return "-"
        # Adding zero turns -0.0 into 0.0.
        low, mean, high = (
            round(scale * value, digits) + 0.0 for value in (self.low, self.mean, self.high)
        )
        form = f"{sign}.{digits}f"
        return f"{mean:{form}} ({low:{form}} to {high:{form}})"


def mean_over_people(
    values: NDArray[np.float64] | NDArray[np.bool_], people: NDArray[np.int64], level: float
) -> Estimate:
    """Estimate a mean of K trials, with Student's t over the people.

    The mean is a ratio of sums over people, so the interval comes from the people's residuals. With
    ten to twenty people it is a little wider than a percentile bootstrap over people, whose
    intervals are too narrow there.

    Args:
        values: (K,), one value per trial.
        people: (K,), the person of each trial.
        level: the interval's level, 0 to 1.

    Returns:
        The estimate. Without two people the interval is infinite.
    """
    values = values.astype(np.float64)
    _, member = np.unique(people, return_inverse=True)
    count = int(member.max(initial=-1)) + 1
    if count < 2:
        mean = float(values.mean()) if len(values) else 0.0
        return Estimate(mean, -np.inf, np.inf, count)
    mean = float(values.mean())
    residuals = np.bincount(member, values - mean)
    error = np.sqrt(count / (count - 1) * (residuals**2).sum()) / len(values)
    margin = float(t.ppf((1 + level) / 2, count - 1) * error)
    return Estimate(mean, mean - margin, mean + margin, count)


def share_of_people(values: NDArray[np.float64], level: float) -> Estimate:
    """Estimate a share with Wilson's interval, where each person counts as one case.

    Args:
        values: (P,), the share of each person, 0 to 1.
        level: the interval's level, 0 to 1.
    """
    count = len(values)
    if count == 0:
        return Estimate(0.0, 0.0, 1.0, 0)
    mean = float(values.mean())
    z = float(norm.ppf((1 + level) / 2))
    centre = (mean + z**2 / (2 * count)) / (1 + z**2 / count)
    margin = z / (1 + z**2 / count) * np.sqrt(mean * (1 - mean) / count + z**2 / (4 * count**2))
    return Estimate(mean, float(centre - margin), float(centre + margin), count)
