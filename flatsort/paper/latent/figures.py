"""The paper's figures 1 to 5, 7, 8 and 10, in colours that people of any colour vision see."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray
from torch import Tensor

from flatsort.paper.latent.measure import Metric
from flatsort.paper.latent.points import Points
from flatsort.reid_vae.geometry.curves import (
    equidistance_contour,
    riemannian_lengths,
    straight_lines,
)
from flatsort.reid_vae.geometry.measures import log_magnification
from flatsort.reid_vae.geometry.metric import exact_metric_tensor
from flatsort.reid_vae.model.dense import DenseVAE

# Paul Tol's muted scheme and grey, which people with any colour vision can tell apart; classes are
# named in the maps too.
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
_MARKERS = "osv^DPX*<>"
_GRID, _ARROWS = 120, 24
# Beyond the encodings, as a share of their spread.
_MARGIN = 0.15
_CENTRES, _RINGS = 5, 4
# Of the encodings, those that are drawn.
_DOTS = 3000
_LINES, STEPS = 5, 12


@dataclass(frozen=True)
class LatentMap:
    """What a map of a latent space shows.

    Attributes:
        model: whose it is.
        latents: (M, 2) encodings of all data.
        classes: (M,) of them.
        paths: of the graph, (T, 2) each, to be drawn beside their straight lines; may be empty.
    """

    model: DenseVAE
    latents: Tensor
    classes: NDArray[np.int64]
    paths: list[Tensor]


@dataclass(frozen=True)
class MapScale:
    """What maps to be compared have in common.

    Attributes:
        distances: (D,) of the contours, in units of the data.
        limit: of the shade in either direction, log10 of a magnification over its mean.
    """

    distances: Tensor
    limit: float


def map_scale(maps: Mapping[str, LatentMap], reference: str) -> MapScale:
    """Shades for all maps, and contours up to a sixth of the way across the reference's."""
    low, high = _corners(maps[reference].latents)
    decoder = maps[reference].model.decoder
    with torch.no_grad():
        across = riemannian_lengths(decoder, straight_lines(low[None], high[None], 100))
    shades = [np.quantile(np.abs(_shade(each)[1]), 0.95) for each in maps.values()]
    return MapScale(across / 6 * torch.arange(1, _RINGS + 1) / _RINGS, max(0.1, *shades))


def plot_maps(
    path: Path, title: str, maps: Mapping[str, LatentMap], points: Points, scale: MapScale
) -> None:
    """Figures 1, 3, 7 and 8: magnification, encodings and contours of equal distance.

    The shade is the magnification factor over its mean at that model's encodings: as the paper
    says, magnifications of two models cannot be compared themselves. Contours are lengths of
    straight rays, at the same distances in the data's units in all maps: evenly spaced circles of
    one size are a flat space.
    """
    figure = Figure(figsize=(6.0 * len(maps), 6.4), layout="constrained")
    panels = figure.subplots(1, len(maps), squeeze=False)[0]
    image = None
    for axes, (name, each) in zip(panels, maps.items(), strict=True):
        extent, values = _shade(each)
        image = axes.imshow(
            values,
            origin="lower",
            extent=extent,
            cmap="Greys",
            vmin=-scale.limit,
            vmax=scale.limit,
        )
        _draw_encodings(axes, each, points)
        _draw_contours(axes, each, scale.distances)
        _draw_paths(axes, each)
        axes.set(title=name, xlabel="$z_1$", ylabel="$z_2$")
        axes.set(xlim=extent[:2], ylim=extent[2:])
    figure.colorbar(
        image,
        ax=panels,
        label="log10 of magnification over its mean at the data",
        shrink=0.8,
        extend="both",
    )
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=6, markerscale=2.5)
    step = scale.distances[0].item()
    figure.suptitle(f"{title}: contours every {step:.3g} of the data's units")
    figure.savefig(path, dpi=100)


def plot_fields(path: Path, title: str, maps: Mapping[str, LatentMap], points: Points) -> None:
    """Figure 10: the vector field of J, "a vector of L2 norm over the output of Jacobian".

    At each point of a grid an arrow (|J e_1|, |J e_2|), the decoded length of a unit step along
    either axis: the roots of the metric's diagonal. In units of their mean length over the model's
    grid, as magnifications of two models cannot be compared. A flat space has one arrow, along the
    diagonal, everywhere.
    """
    figure = Figure(figsize=(6.0 * len(maps), 5.6), layout="constrained")
    panels = figure.subplots(1, len(maps), squeeze=False)[0]
    image = None
    for axes, (name, each) in zip(panels, maps.items(), strict=True):
        extent, grid = _grid(each.latents, _ARROWS)
        lengths = _metric(each.model, grid).diagonal(dim1=1, dim2=2).sqrt()
        lengths = lengths / lengths.norm(dim=1).mean()
        _draw_encodings(axes, each, points)
        image = axes.quiver(
            *grid.numpy().T,
            *lengths.numpy().T,
            lengths.norm(dim=1).log10().numpy(),
            cmap="cividis",
            clim=(-0.5, 0.5),
            angles="uv",
            scale=1.5 * _ARROWS,
            width=0.003,
        )
        axes.set(title=name, xlabel="$z_1$", ylabel="$z_2$", xlim=extent[:2], ylim=extent[2:])
    figure.colorbar(
        image, ax=panels, label="log10 of length over its mean", shrink=0.8, extend="both"
    )
    figure.suptitle(f"{title}: decoded lengths of steps along $z_1$ and $z_2$")
    figure.savefig(path, dpi=100)


def plot_boxes(path: Path, title: str, metrics: Mapping[str, Metric]) -> None:
    """Figures 2 and 4: condition numbers and normalised magnification factors."""
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
    figure.suptitle(f"{title}: quartiles, whiskers at 5 and 95 %; both at 1 is flat")
    figure.savefig(path, dpi=110)


def plot_smoothness(
    path: Path, title: str, smoothness: Mapping[str, NDArray[np.float64]], joints: tuple[str, ...]
) -> None:
    """Figure 5: the second derivative of decoded lines, mean and deviation of each joint."""
    figure = Figure(figsize=(11, 5), layout="constrained")
    axes = figure.subplots()
    for number, (name, norms) in enumerate(smoothness.items()):
        mean, deviation = norms.mean(0), norms.std(0)
        axes.plot(mean, color=COLOURS[number], marker=_MARKERS[number], markersize=3, label=name)
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
    figure.suptitle(f"{title}: the smaller, the smoother")
    figure.savefig(path, dpi=110)


def plot_lines(path: Path, title: str, lines: Mapping[str, Tensor]) -> None:
    """What straight latent lines decode to, as images (compare figure 6).

    Args:
        path: of the picture.
        title: above it.
        lines: a model's images, a row a line: (L, T, H, W) or (L, T, H, W, 3) in [0, 1].
    """
    figure = Figure(figsize=(5.4 * len(lines), 2.6), layout="constrained")
    panels = figure.subplots(1, len(lines), squeeze=False)[0]
    for axes, (name, images) in zip(panels, lines.items(), strict=True):
        # Rows of lines over rows of pixels, columns of images over columns of pixels.
        sheet = images.transpose(1, 2).flatten(2, 3).flatten(0, 1)
        axes.imshow(sheet.numpy(), cmap="gray", vmin=0, vmax=1)
        axes.set(title=name, xticks=[], yticks=[])
    figure.suptitle(f"{title}: straight lines in latent space, decoded")
    figure.savefig(path, dpi=110)


def first_lines(starts: Tensor, ends: Tensor) -> Tensor:
    """The latents of the lines that are drawn, (P, Nz) each -> (L, T, Nz)."""
    return straight_lines(starts[:_LINES], ends[:_LINES], STEPS)


def _corners(latents: Tensor) -> tuple[Tensor, Tensor]:
    return latents.amin(0), latents.amax(0)


def _shade(each: LatentMap) -> tuple[list[float], NDArray[np.float64]]:
    """Extent, and log10 of the magnification over its mean at the encodings, (grid, grid)."""
    extent, grid = _grid(each.latents, _GRID)
    own = _metric(each.model, each.latents[:: max(1, len(each.latents) // 1000)])
    mean = log_magnification(own).exp().mean().log()
    values = log_magnification(_metric(each.model, grid)) - mean
    return extent, values.view(_GRID, _GRID).numpy() / np.log(10)


def _grid(latents: Tensor, count: int) -> tuple[list[float], Tensor]:
    """Extent and points (count^2, 2), row by row, of a grid over all encodings and a margin."""
    low, high = _corners(latents)
    low, high = low - _MARGIN * (high - low), high + _MARGIN * (high - low)
    axes = [torch.linspace(low[i], high[i], count) for i in (0, 1)]
    rows, columns = torch.meshgrid(axes[1], axes[0], indexing="ij")
    extent = [low[0].item(), high[0].item(), low[1].item(), high[1].item()]
    return extent, torch.stack([columns.flatten(), rows.flatten()], dim=1)


def _metric(model: DenseVAE, points: Tensor) -> Tensor:
    return torch.cat([exact_metric_tensor(model.decoder, part) for part in points.split(1000)])


def _draw_encodings(axes: Axes, each: LatentMap, points: Points) -> None:
    step = max(1, len(each.latents) // _DOTS)
    latents, classes = each.latents[::step].numpy(), each.classes[::step]
    for number, name in enumerate(points.class_names):
        own = latents[classes == number]
        axes.scatter(
            *own.T,
            s=8,
            color=COLOURS[number % len(COLOURS)],
            marker=_MARKERS[number % len(_MARKERS)],
            label=name,
            linewidths=0,
            alpha=0.7,
        )
        if len(own):
            axes.annotate(
                name,
                np.median(own, axis=0),
                ha="center",
                fontsize=8,
                fontweight="bold",
                bbox={"facecolor": "white", "alpha": 0.7, "edgecolor": "none", "pad": 1},
            )


def _draw_contours(axes: Axes, each: LatentMap, distances: Tensor) -> None:
    low, high = _corners(each.latents)
    # One point of each class, of at most so many classes.
    chosen = np.unique(each.classes)
    chosen = chosen[np.linspace(0, len(chosen) - 1, min(_CENTRES, len(chosen))).astype(int)]
    for number in chosen:
        own = each.latents[torch.from_numpy(each.classes == number)]
        # The middlemost of its class: any other would be one at random.
        centre = own[(own - own.median(0).values).norm(dim=1).argmin()]
        rings = equidistance_contour(
            each.model.decoder, centre, distances, reach=(high - low).norm().item()
        ).numpy()
        closed = np.concatenate([rings, rings[:, :1]], axis=1)
        axes.add_collection(LineCollection(list(closed), colors="black", linewidths=1.0))


def _draw_paths(axes: Axes, each: LatentMap) -> None:
    for number, path in enumerate(each.paths[:_LINES]):
        ends = path[[0, -1]].numpy().T
        named = [{"label": name} if number == 0 else {} for name in ("graph path", "straight line")]
        axes.plot(*path.numpy().T, color="#EE3377", linewidth=2, **named[0])
        axes.plot(*ends, color="#0077BB", linewidth=2, linestyle=(0, (3, 2)), **named[1])
