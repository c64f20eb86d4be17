"""How strongly a distance of looks speaks for one person, learned while tracking, without labels.

A track that nobody is near shows one person, so its new crop and its older crops are a pair of one
person. The same crop and the crops of other people in the same frame are pairs of two people.

Two curves are learned: one of the plain distance, which needs nobody else, and one of the distance
relative to all other people (:mod:`tracker.identity.relative_distance`), which says more.
"""

from collections import OrderedDict, deque
from dataclasses import dataclass

import numpy as np

from ..arrays import Floats, Reals

LARGEST_EVIDENCE = 5.0
"""Largest evidence in nats for or against one person: odds of 150 to 1. Pairs of one person that
were seen in the open say little about rarer pairs, in other poses and light."""
_MIN_PEOPLE = 5
"""Fewest people from whom the descriptor is judged. Fewer may differ by chance."""
_STANDARD_ERRORS = 2.0
"""Standard errors by which people must be told apart better than by chance."""
_SPREAD_OF_PEOPLE = 0.02
"""Variance of the share of right comparisons between people that is assumed beside the seen one:
with few people the seen variance may be small by chance. A standard deviation of 0.14."""
_OBSERVATIONS = 3000
"""Newest observations that are kept: the light and the people change."""
_MOST_FITTED = 6000
"""Most pairs of two people per fit: more take longer and change nothing."""
_PEOPLE_KEPT = 500
"""Newest people whose comparisons are kept."""
_CASES_PER_PERSON = 4
"""Independent cases that one person's crops stand for: crops of one person are alike. Together with
the prior below it keeps the curve flat while there are few people."""
_SLOPE_PRECISION = 0.1
"""Precision of the prior of the slope per standard deviation: weak, about zero."""
_NEWTON_STEPS = 20
"""Steps of Newton's method; it converges in fewer than ten."""


@dataclass(frozen=True)
class Pairs:
    """The distances of one crop, of one kind.

    Attributes:
        same: Distance from the same person's older crops.
        different: (K,), K >= 1, distances from other people's crops.
    """

    same: float
    different: Reals


class DistanceCalibration:
    """The log odds that two looks show one person, as functions of their distance.

    Attributes:
        plain: The curve of the plain distance.
        relative: The curve of the relative distance.
        is_informative: Whether the descriptor tells these people apart. If not, all evidence is 0.
    """

    def __init__(self) -> None:
        self.plain, self.relative = EvidenceCurve(), EvidenceCurve()
        # Person -> comparisons won (the nearer pair is the one of one person), and comparisons.
        self._won: OrderedDict[int, list[float]] = OrderedDict()
        self.is_informative = False

    def observe(self, person: int, plain: Pairs, relative: Pairs | None) -> None:
        """Add the distances of one crop.

        Args:
            person: The identity that the crop shows.
            plain: Its plain distances.
            relative: Its relative distances; None with too few people.
        """
        self.plain.observe(plain)
        if relative is not None:
            self.relative.observe(relative)
        won = self._won.setdefault(person, [0.0, 0.0])
        won[0] += float(np.mean(plain.different > plain.same))
        won[0] += float(np.mean(plain.different == plain.same)) / 2
        won[1] += 1
        if len(self._won) > _PEOPLE_KEPT:
            self._won.popitem(last=False)

    def fit(self) -> None:
        """Fit the curves to the observations so far."""
        cases = _CASES_PER_PERSON * len(self._won) if self._tells_people_apart() else 0
        self.plain.fit(cases)
        self.relative.fit(cases if self.plain.is_informative else 0)
        self.is_informative = self.plain.is_informative

    def _tells_people_apart(self) -> bool:
        """Return whether people win more comparisons than by chance.

        The mean is over people, because one person's crops are alike.
        """
        count = len(self._won)
        if count < _MIN_PEOPLE:
            return False
        shares = np.array([won / of for won, of in self._won.values()])
        error = np.sqrt((shares.var(ddof=1) + _SPREAD_OF_PEOPLE) / count)
        return bool(shares.mean() - _STANDARD_ERRORS * error > 0.5)


class EvidenceCurve:
    """The log odds that two looks show one person, as a function of one kind of distance.

    Logistic regression of "one person" on the distance, with equal prior odds of both answers, so
    that the log odds are the logarithm of the likelihood ratio p(d | one person) / p(d | two).
    """

    def __init__(self) -> None:
        self._same: deque[float] = deque(maxlen=_OBSERVATIONS)
        self._different: deque[Reals] = deque(maxlen=_OBSERVATIONS)
        self._offset = self._slope = 0.0

    @property
    def is_informative(self) -> bool:
        """Whether a smaller distance speaks for one person."""
        return self._slope < 0

    def observe(self, pairs: Pairs) -> None:
        """Add the distances of one crop."""
        self._same.append(pairs.same)
        self._different.append(pairs.different)

    def fit(self, cases: float) -> None:
        """Fit the curve to the observations so far.

        Args:
            cases: Independent cases that the observations stand for; 0 makes all evidence 0.
        """
        self._offset = self._slope = 0.0
        if cases == 0 or not self._same:
            return
        same, different = np.array(self._same), np.concatenate(self._different)
        if len(different) > _MOST_FITTED:
            different = different[np.linspace(0, len(different) - 1, _MOST_FITTED).astype(int)]
        self._offset, self._slope = _fit_logistic(same, different, cases)

    def evidence(self, distances: Reals) -> Reals:
        """Return the evidence in nats that pairs at these distances show one person.

        Args:
            distances: Any shape; NaN where there is no distance.

        Returns:
            Same shape, from -LARGEST_EVIDENCE to LARGEST_EVIDENCE; 0 for NaN, and everywhere if
            this kind of distance does not tell these people apart.
        """
        if not self.is_informative:
            return np.zeros(np.shape(distances))
        odds = np.clip(self._offset + self._slope * distances, -LARGEST_EVIDENCE, LARGEST_EVIDENCE)
        evidence: Reals = np.nan_to_num(odds, nan=0.0)
        return evidence


def _fit_logistic(same: Floats, different: Reals, cases: float) -> tuple[float, float]:
    """Return offset and slope of the log odds that a distance belongs to ``same``.

    Both sides weigh equally, and together as much as this number of cases.
    """
    values = np.concatenate([same, different])
    labels = np.repeat([1.0, 0.0], [len(same), len(different)])
    weights = np.repeat([0.5 / len(same), 0.5 / len(different)], [len(same), len(different)])
    centre = weights @ values
    spread = np.sqrt(weights @ (values - centre) ** 2)
    if not spread > 0:
        return 0.0, 0.0
    inputs = np.column_stack([np.ones(len(values)), (values - centre) / spread])
    precision = np.diag([1e-6, _SLOPE_PRECISION])
    coefficients = np.zeros(2)
    for _ in range(_NEWTON_STEPS):
        chances = 1 / (1 + np.exp(-(inputs @ coefficients)))
        gradient = cases * inputs.T @ (weights * (labels - chances)) - precision @ coefficients
        curvature = weights * chances * (1 - chances)
        hessian = cases * (inputs * curvature[:, None]).T @ inputs + precision
        coefficients = coefficients + np.linalg.solve(hessian, gradient)
    slope = coefficients[1] / spread
    return float(coefficients[0] - slope * centre), float(slope)
