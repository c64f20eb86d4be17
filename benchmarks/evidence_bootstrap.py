"""Hierarchical bootstrap: draw recordings, the people in each, and trainings, with replacement."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.evidence_people import MEASURES
from benchmarks.evidence_runs import PictureScores, Tracked

DRAWS = 2000
"""Draws of everything; the ends of a 95 % interval then vary by some hundredths of its width."""
_STEP = 131
"""Shift between the draws of people of neighbouring places, so that a recording that is drawn twice
gets two different draws of its people."""
_SEED = 20
Key = tuple[str, str]
"""Kind of a contestant, and preset."""


@dataclass(frozen=True)
class Interval:
    """An estimate with its 95 % interval."""

    measured: float
    low: float
    high: float


@dataclass(frozen=True)
class Scored:
    """One kind of contestant in R recordings, with K trainings.

    Attributes:
        measured: (R, K), the score.
        drawn: (R, K, DRAWS), the score with people drawn again.
    """

    measured: NDArray[np.float64]
    drawn: NDArray[np.float64]


class Bootstrap:
    """The same draws of recordings and of their people for all contestants of a group."""

    def __init__(self, recordings: int, seed: int = _SEED) -> None:
        self._recordings = recordings
        self._generator = np.random.default_rng([seed, recordings])
        self._chosen = self._generator.integers(recordings, size=(DRAWS, recordings))

    def draw(self, scored: Scored) -> NDArray[np.float64]:
        """Return the mean score in each draw, (DRAWS,); the trainings are drawn anew."""
        trainings, drawn = scored.measured.shape[1], scored.drawn
        if trainings > 1:
            # Draws of K things vary by (K - 1) / K of what such things vary by.
            mean = drawn.mean(axis=1, keepdims=True)
            drawn = mean + (drawn - mean) * np.sqrt(trainings / (trainings - 1))
        places = np.arange(DRAWS)
        total = np.zeros(DRAWS)
        for _ in range(trainings):
            training = self._generator.integers(trainings, size=DRAWS)
            for column in range(self._recordings):
                people = (places + _STEP * column) % DRAWS
                total += drawn[self._chosen[:, column], training, people]
        return total / (trainings * self._recordings)

    def difference(self, one: Scored, other: Scored) -> Interval:
        """Return *one* minus *other*."""
        measured = float(one.measured.mean() - other.measured.mean())
        return _interval(measured, self.draw(one) - self.draw(other))

    def share(self, one: Scored, other: Scored, base: Scored) -> Interval | None:
        """Return how much of the gain of *other* over *base* *one* reaches, in %.

        None where the gain of *other* is not sure: then there is nothing to share.
        """
        if not self.difference(other, base).low > 0:
            return None
        ours, theirs, ground = (self.draw(each) for each in (one, other, base))
        measured = (one.measured.mean() - base.measured.mean()) / (
            other.measured.mean() - base.measured.mean()
        )
        return _interval(100 * float(measured), 100 * (ours - ground) / (theirs - ground))


def tracked_scores(tracked: Iterable[Tracked], measure: str) -> dict[Key, Scored]:
    """Return the scores of each kind and preset; detectors of one recording are averaged.

    Args:
        tracked: results in one group of recordings.
        measure: one of MEASURES.
    """
    place = MEASURES.index(measure)
    table: dict[Key, dict[tuple[str, int], list[NDArray[np.float64]]]] = {}
    weights = _weights(tracked := list(tracked))
    for each in tracked:
        whole = each.counts.scores(np.ones((1, len(each.counts.ids))))
        drawn = each.counts.scores(weights[each.recording])
        values = np.concatenate([whole, drawn], axis=1)[place]
        cells = table.setdefault((each.kind, each.preset), {})
        cells.setdefault((each.recording, each.seed), []).append(values)
    return {key: _stack(cells) for key, cells in table.items()}


def picture_scores(pictures: Iterable[PictureScores], measure: str) -> dict[str, Scored]:
    """Return the scores of each kind in comparing pictures; no people are drawn.

    Args:
        pictures: results in one group of recordings.
        measure: "auc", "rank_1" or "mean_average_precision".
    """
    table: dict[str, dict[tuple[str, int], list[NDArray[np.float64]]]] = {}
    for each in pictures:
        cells = table.setdefault(each.kind, {})
        values = np.full(1 + DRAWS, getattr(each, measure))
        cells.setdefault((each.recording, each.seed), []).append(values)
    return {kind: _stack(cells) for kind, cells in table.items()}


def _weights(tracked: list[Tracked]) -> dict[str, NDArray[np.float64]]:
    """Return how often each person of each recording is drawn, (DRAWS, P)."""
    people = {each.recording: len(each.counts.ids) for each in tracked}
    found = {}
    for place, (recording, count) in enumerate(sorted(people.items())):
        generator = np.random.default_rng([_SEED, place, count])
        found[recording] = generator.multinomial(count, np.full(count, 1 / count), DRAWS).astype(
            np.float64
        )
    return found


def _stack(cells: dict[tuple[str, int], list[NDArray[np.float64]]]) -> Scored:
    recordings = sorted({recording for recording, _ in cells})
    seeds = sorted({seed for _, seed in cells})
    values = np.array(
        [[np.mean(cells[recording, seed], axis=0) for seed in seeds] for recording in recordings]
    )
    return Scored(values[..., 0], values[..., 1:])


def _interval(measured: float, drawn: NDArray[np.float64]) -> Interval:
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Interval(measured, float(low), float(high))
