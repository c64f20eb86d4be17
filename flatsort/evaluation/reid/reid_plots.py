"""The pictures of a descriptor report: histograms of distances, and ROC curves."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from sklearn.metrics import roc_curve

from flatsort.evaluation.reid.pair_scores import PairDistances
from flatsort.evaluation.reid.reid_findings import DescriptorReport

# Okabe and Ito's colours, which people with any colour vision can tell apart.
BLUE, ORANGE = "#0072B2", "#D55E00"
_CYCLE = (BLUE, ORANGE, "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_LINES = ("-", "--", "-.", ":")
"""Styles of line; with seven colours they give 28 different curves."""
_PANEL_INCHES = 4.4
"""Width of the histograms of one distance."""
_BINS = 60
_POINTS = 400
"""Points of a ROC curve."""
_LOWEST_RATE = 1e-4
"""Left end of the ROC curves' logarithmic axis."""


def plot_distances(path: Path, report: DescriptorReport) -> None:
    """Draw histograms of one descriptor's distances, one panel per distance, with its gates."""
    figure = Figure(figsize=(_PANEL_INCHES * len(report.scores), 4.6), layout="constrained")
    panels = figure.subplots(1, len(report.scores))
    for axes, distance in zip(panels, report.scores, strict=True):
        _plot_panel(axes, report, distance)
    panels[0].set_ylabel("share of the pairs")
    figure.suptitle(f"{report.name}: distances of pairs 20 to 150 frames apart")
    figure.savefig(path, dpi=110)


def plot_roc(path: Path, reports: list[DescriptorReport]) -> None:
    """Draw the ROC curves of all descriptors, each with its best distance, in one diagram."""
    figure = Figure(figsize=(8, 7), layout="constrained")
    axes = figure.subplots()
    # The axis is logarithmic, because a tracker's gate works at its left end.
    rates = np.geomspace(_LOWEST_RATE, 1, _POINTS)
    for number, report in enumerate(reports):
        distance = report.best_distance
        pairs = report.pairs[distance]
        truth = np.repeat([1, 0], [len(pairs.same), len(pairs.other)])
        accepted, recognised, _ = roc_curve(truth, -np.concatenate([pairs.same, pairs.other]))
        axes.plot(
            rates,
            np.interp(rates, accepted, recognised),
            color=_CYCLE[number % len(_CYCLE)],
            linestyle=_LINES[number % len(_LINES)],
            linewidth=1.8,
            label=f"{report.name}, {distance}: AUC {report.scores[distance].auc:.3f}",
        )
    axes.set_xscale("log")
    axes.set(xlim=(_LOWEST_RATE, 1), ylim=(0, 1.005))
    axes.set(
        xlabel="false accepts: share of the pairs of two people within the gate",
        ylabel="true accepts: share of the pairs of one person within it",
    )
    axes.grid(alpha=0.3)
    figure.legend(loc="outside lower center", fontsize="small")
    figure.savefig(path, dpi=110)


def draw_distances(axes: Axes, pairs: PairDistances, gates: dict[str, tuple[float, str]]) -> None:
    """Draw histograms of the distances of one person and of two people, and gates as lines.

    Args:
        axes: the axes to draw in.
        pairs: at least one distance of each kind.
        gates: label -> the gate's distance, and matplotlib's name of a line style.
    """
    edges = np.histogram_bin_edges(np.concatenate([pairs.same, pairs.other]), _BINS)
    for values, colour, hatch, label in (
        (pairs.other, ORANGE, None, "two people"),
        (pairs.same, BLUE, "///", "one person"),
    ):
        axes.stairs(
            np.histogram(values, edges)[0] / len(values),
            edges,
            fill=True,
            facecolor=to_rgba(colour, 0.25),
            edgecolor=colour,
            linewidth=1.8,
            hatch=hatch,
            label=label,
        )
    for name, (gate, line) in gates.items():
        axes.axvline(gate, color="black", linestyle=line, label=f"{name} {gate:.3g}")
    axes.set(xlim=(edges[0], edges[-1]), ylim=(0, None))
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2, fontsize="small")


def _plot_panel(axes: Axes, report: DescriptorReport, distance: str) -> None:
    gates = {}
    if distance in report.gates:
        gates["recommended gate"] = (report.gates[distance].gate, "--")
    if report.own is not None and report.own.distance == distance:
        gates["its own gate"] = (report.own.gate, ":")
    draw_distances(axes, report.pairs[distance], gates)
    axes.set_xlabel(f"{distance} distance".capitalize())
    axes.set_title(f"AUC {report.scores[distance].auc:.3f}", fontsize="medium")
