"""Lay out a histogram of two kinds of distances as coordinates for the page."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.evaluation.reid.gates import Errors, errors_at
from flatsort.evaluation.reid.pair_scores import PairDistances

_BINS = 60
"""Number of bars in a histogram."""
_MOST_TICKS = 6
"""Largest number of intervals between the numbers on the axis."""


@dataclass(frozen=True)
class Tick:
    """A round number on an axis.

    Attributes:
        at: place on the axis in percent.
        label: the number as text.
    """

    at: float
    label: str


@dataclass(frozen=True)
class Shape:
    """The outline of the bars of one kind of distances.

    Attributes:
        name: name of the kind, for the legend.
        pairs: number of distances.
        path: SVG path of the outline; x to the right and y down, in percent of the plot.
    """

    name: str
    pairs: int
    path: str


@dataclass(frozen=True)
class Histogram:
    """Distances of pairs that should be near, against distances of pairs that should be far.

    Attributes:
        title: title of the histogram: how the pairs were chosen.
        same: distances that should be within the gate.
        other: distances that should be beyond the gate.
        ticks: numbers on the axis of distances.
        gate: largest distance at which the tracker matches.
        gate_at: place of the gate on the axis in percent.
        errors: error rates of the gate on these pairs; None if one kind is missing.
    """

    title: str
    same: Shape
    other: Shape
    ticks: list[Tick]
    gate: float
    gate_at: float
    errors: Errors | None


def draw_histogram(
    title: str, names: tuple[str, str], pairs: PairDistances, gate: float
) -> Histogram:
    """Lay out a histogram.

    A bar shows the share of its own kind, so that a kind with few pairs can be compared with a kind
    with many. Heights are square roots of shares; otherwise one bar with half of the pairs would
    flatten the bars at the gate.

    Args:
        title: title of the histogram.
        names: names of the two kinds: pairs that should be near, pairs that should be far.
        pairs: the distances; at least one pair in all.
        gate: largest distance at which the tracker matches.
    """
    # Rounding can make a cosine distance slightly negative.
    both = np.concatenate([pairs.same, pairs.other]).clip(0.0)
    top = 1.04 * max(float(both.max()), gate)
    edges = np.linspace(0.0, top, _BINS + 1)
    shares = [_shares(values, edges) for values in (pairs.same, pairs.other)]
    highest = max(share.max() for share in shares)
    shapes = [
        Shape(name, len(values), _steps(np.sqrt(share / highest)))
        for name, values, share in zip(names, (pairs.same, pairs.other), shares, strict=True)
    ]
    return Histogram(
        title=title,
        same=shapes[0],
        other=shapes[1],
        ticks=_ticks(top),
        gate=gate,
        gate_at=100 * gate / top,
        errors=errors_at(gate, pairs),
    )


def _ticks(top: float) -> list[Tick]:
    """Return round numbers from 0 to `top`, which lies at 100 percent."""
    from matplotlib.ticker import MaxNLocator

    values = MaxNLocator(_MOST_TICKS, steps=[1, 2, 2.5, 5, 10]).tick_values(0.0, top)
    return [Tick(100 * value / top, f"{value:g}") for value in values.tolist() if value <= top]


def _shares(values: NDArray[np.float32], edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of the values in each bin."""
    counts, _ = np.histogram(values.clip(0.0), edges)
    return counts / max(1, len(values))


def _steps(heights: NDArray[np.float64]) -> str:
    """Return the closed SVG outline of bars; height 1 is the full height of the plot."""
    x = np.linspace(0, 100, len(heights) + 1)
    y = 100 - 100 * heights
    steps = " ".join(f"V{level:.2f}H{end:.2f}" for level, end in zip(y, x[1:], strict=True))
    return f"M0 100{steps}V100Z"
