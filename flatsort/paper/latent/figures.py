"""Draw the paper's figures 2, 4 and 5, and the images that latent lines decode to."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from torch import Tensor

from flatsort.paper.latent.model_findings import Metric
from flatsort.reid_vae.geometry.curves import straight_lines

# Paul Tol's muted scheme and grey, which people with any colour vision can tell apart.
COLOURS = (
    "#332288",
    "#CC6677",
    "#117733",
    "#88CCEE",
    "#882255",
    "#DDCC77",
    "#44AA99",
    "#AA4499",
    "#999933",
    "#777777",
)
MARKERS = "osv^DPX*<>"
"""matplotlib's names of markers, one per colour."""
LINES, STEPS = 5, 12
"""Number of lines that are drawn, and number of points on each."""


def plot_boxes(path: Path, title: str, metrics: Mapping[str, Metric]) -> None:
    """Draw figures 2 and 4: box plots of condition numbers and normalised magnification factors."""
    figure = Figure(figsize=(9, 4.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    names = [name.replace(", ", ",\n") for name in metrics]
    style = {"whis": (5, 95), "showfliers": False, "medianprops": {"color": COLOURS[1]}}
    left.boxplot([each.condition for each in metrics.values()], tick_labels=names, **style)
    right.boxplot([each.magnification for each in metrics.values()], tick_labels=names, **style)
    for axes, label, scale in (
        (left, "condition number", "log"),
        (right, "normalised magnification", "linear"),
    ):
        axes.set_ylabel(label)
        axes.set_yscale(scale)
        axes.axhline(1, color=COLOURS[0], linestyle="--", linewidth=1)
        axes.tick_params(axis="x", labelsize=8)
    figure.suptitle(f"{title}: quartiles, whiskers at 5 and 95 %; a flat space has 1 in both")
    figure.savefig(path, dpi=110)


def plot_smoothness(
    path: Path, title: str, smoothness: Mapping[str, NDArray[np.float64]], joints: tuple[str, ...]
) -> None:
    """Draw figure 5: second derivatives of decoded lines, mean and deviation per joint.

    Args:
        path: file of the picture.
        title: name of the data.
        smoothness: name of the method -> (P, Nx) second derivatives.
        joints: names of the Nx values.
    """
    figure = Figure(figsize=(11, 5), layout="constrained")
    axes = figure.subplots()
    for number, (name, norms) in enumerate(smoothness.items()):
        mean, deviation = norms.mean(0), norms.std(0)
        axes.plot(mean, color=COLOURS[number], marker=MARKERS[number], markersize=3, label=name)
        axes.fill_between(
            range(len(mean)),
            mean - deviation,
            mean + deviation,
            color=COLOURS[number],
            alpha=0.2,
        )
    axes.set_xticks(range(len(joints)), joints, rotation=90, fontsize=7)
    axes.set_ylabel("second derivative of decoded lines")
    axes.legend()
    figure.suptitle(f"{title}: a smaller value is smoother")
    figure.savefig(path, dpi=110)


def plot_lines(path: Path, title: str, lines: Mapping[str, Tensor]) -> None:
    """Draw the images that straight latent lines decode to, one row per line (compare figure 6).

    Args:
        path: file of the picture.
        title: name of the data.
        lines: name of the method -> images (L, T, H, W) or (L, T, H, W, 3) in [0, 1].
    """
    figure = Figure(figsize=(5.4 * len(lines), 2.6), layout="constrained")
    panels = figure.subplots(1, len(lines), squeeze=False)[0]
    for axes, (name, images) in zip(panels, lines.items(), strict=True):
        # (L, T, H, W) -> (L * H, T * W): one large image per model.
        sheet = images.transpose(1, 2).flatten(2, 3).flatten(0, 1)
        axes.imshow(sheet.numpy(), cmap="gray", vmin=0, vmax=1)
        axes.set(title=name, xticks=[], yticks=[])
    figure.suptitle(f"{title}: straight lines in latent space, decoded")
    figure.savefig(path, dpi=110)


def first_lines(starts: Tensor, ends: Tensor) -> Tensor:
    """Choose the lines to draw: starts and ends, (P, Nz) each -> latents (L, T, Nz)."""
    return straight_lines(starts[:LINES], ends[:LINES], STEPS)
