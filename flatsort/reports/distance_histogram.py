"""A histogram of two kinds of distances, as coordinates for a page to draw."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flatsort.evaluation.reid.gates import Errors, errors_at
from flatsort.evaluation.reid.pair_scores import PairDistances

_BINS = 60
_MOST_TICKS = 6


@dataclass(frozen=True)
class Tick:
    """A round number on an axis.

    Attributes:
        at: its place in percent.
        label: the number.
    """

    at: float
    label: str


@dataclass(frozen=True)
class Shape:
    """One kind of distances.

    Attributes:
        name: of the kind, for the legend.
        pairs: how many there are.
        path: an SVG path of the steps, in percent of the plot: right and down from its top left.
    """

    name: str
    pairs: int
    path: str


@dataclass(frozen=True)
class Histogram:
    """Distances of pairs that should be near, against pairs that should be far.

    Attributes:
        title: what the pairs are.
        same: those that should be within the gate.
        other: those that should be beyond it.
        ticks: of the axis of distances.
        gate: the largest distance of a match.
        gate_at: its place on the axis in percent.
        errors: how often the gate errs on these pairs; None where one kind is missing.
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

    Both kinds are shares of their own total, so that few pairs compare with many, and heights are
    the roots of shares: one bar that holds half of the pairs would flatten what lies at the gate.

    Args:
        title: what the pairs are.
        names: of the pairs that should be near and of those that should be far.
        pairs: at least one of either kind.
        gate: the largest distance of a match.
    """
    # Distances of a cosine may be below zero by rounding.
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
    """Round numbers from nothing to `top`, which lies at 100 percent."""
    from matplotlib.ticker import MaxNLocator

    values = MaxNLocator(_MOST_TICKS, steps=[1, 2, 2.5, 5, 10]).tick_values(0.0, top)
    return [Tick(100 * value / top, f"{value:g}") for value in values.tolist() if value <= top]


def _shares(values: NDArray[np.float32], edges: NDArray[np.float64]) -> NDArray[np.float64]:
    counts, _ = np.histogram(values.clip(0.0), edges)
    return counts / max(1, len(values))


def _steps(heights: NDArray[np.float64]) -> str:
    """A closed outline of bars; 1 is the full height."""
    x = np.linspace(0, 100, len(heights) + 1)
    y = 100 - 100 * heights
    steps = " ".join(f"V{level:.2f}H{end:.2f}" for level, end in zip(y, x[1:], strict=True))
    return f"M0 100{steps}V100Z"
