"""Draw maps of two-dimensional latent spaces: the paper's figures 1, 3, 7, 8 and 10."""

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

from flatsort.paper.latent.figures import COLOURS, LINES, MARKERS
from flatsort.paper.latent.points import Points
from flatsort.reid_vae.geometry.curves import (
    equidistance_contour,
    riemannian_lengths,
    straight_lines,
)
from flatsort.reid_vae.geometry.measures import log_magnification
from flatsort.reid_vae.geometry.metric import exact_metric_tensor
from flatsort.reid_vae.model.dense_vae import DenseVAE

_GRID, _ARROWS = 120, 24
"""Points per side of the grid for the shades, and of the grid for the arrows."""
_MARGIN = 0.15
"""Margin around the encodings, as a share of their range."""
_CENTRES, _RINGS = 5, 4
"""Largest number of centres in a map, and number of contours around each centre."""
_DOTS = 3000
"""Largest number of encodings in a map."""


@dataclass(frozen=True)
class LatentMap:
    """The content of one map of a latent space.

    Attributes:
        model: the model.
        latents: (M, 2) encodings of all data.
        classes: (M,) classes of the data.
        paths: geodesics in the graph, (T, 2) each, which are drawn beside the straight lines
            between their ends; may be empty.
    """

    model: DenseVAE
    latents: Tensor
    classes: NDArray[np.int64]
    paths: list[Tensor]


@dataclass(frozen=True)
class MapScale:
    """The scale that maps share so that they can be compared.

    Attributes:
        distances: (D,) distances of the contours from their centre, in units of the data.
        limit: log10 of magnification over its mean at the darkest shade; minus this value is the
            lightest shade.
    """

    distances: Tensor
    limit: float


def map_scale(maps: Mapping[str, LatentMap], reference: str) -> MapScale:
    """Choose one scale for all maps.

    The shades cover at least 95 % of each map. The outermost contour is at one sixth of the length
    of the diagonal through the reference's encodings, measured along the decoded surface.

    Args:
        maps: name -> map.
        reference: name of the map that determines the distances of the contours.
    """
    low, high = _corners(maps[reference].latents)
    decoder = maps[reference].model.decoder
    with torch.no_grad():
        across = riemannian_lengths(decoder, straight_lines(low[None], high[None], 100))
    shades = [np.quantile(np.abs(_shade(each)[1]), 0.95) for each in maps.values()]
    return MapScale(across / 6 * torch.arange(1, _RINGS + 1) / _RINGS, max(0.1, *shades))


def plot_maps(
    path: Path, title: str, maps: Mapping[str, LatentMap], points: Points, scale: MapScale
) -> None:
    """Draw figures 1, 3, 7 and 8: magnification, encodings and contours of equal distance.

    The shade is the magnification factor over its mean at the model's own encodings, because the
    magnification factors of two models are not comparable, as the paper says. A contour joins the
    points to which the straight lines from its centre have the same length along the decoded
    surface, in units of the data. All maps have contours of the same lengths. In a flat space the
    contours are evenly spaced circles, of the same size around each centre.
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
    """Draw figure 10: the vector field of J, "a vector of L2 norm over the output of Jacobian".

    Each point of a grid has an arrow (|J e_1|, |J e_2|). Its components are the decoded lengths of
    a unit step along either axis: the square roots of the metric's diagonal. The unit is the mean
    length of the model's arrows, because the lengths of two models are not comparable.
    In a flat space all arrows are equal and point along the diagonal.
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


def _corners(latents: Tensor) -> tuple[Tensor, Tensor]:
    return latents.amin(0), latents.amax(0)


def _shade(each: LatentMap) -> tuple[list[float], NDArray[np.float64]]:
    """Compute the map's extent, and (grid, grid) log10 of the magnification over its mean."""
    extent, grid = _grid(each.latents, _GRID)
    own = _metric(each.model, each.latents[:: max(1, len(each.latents) // 1000)])
    mean = log_magnification(own).exp().mean().log()
    values = log_magnification(_metric(each.model, grid)) - mean
    return extent, values.view(_GRID, _GRID).numpy() / np.log(10)


def _grid(latents: Tensor, count: int) -> tuple[list[float], Tensor]:
    """Make a grid over all encodings and a margin: its extent, and its points (count^2, 2)."""
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
            marker=MARKERS[number % len(MARKERS)],
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
    # One centre per class, for at most _CENTRES classes.
    chosen = np.unique(each.classes)
    chosen = chosen[np.linspace(0, len(chosen) - 1, min(_CENTRES, len(chosen))).astype(int)]
    for number in chosen:
        own = each.latents[torch.from_numpy(each.classes == number)]
        # The encoding nearest to the median of its class.
        centre = own[(own - own.median(0).values).norm(dim=1).argmin()]
        rings = equidistance_contour(
            each.model.decoder, centre, distances, reach=(high - low).norm().item()
        ).numpy()
        closed = np.concatenate([rings, rings[:, :1]], axis=1)
        axes.add_collection(LineCollection(list(closed), colors="black", linewidths=1.0))


def _draw_paths(axes: Axes, each: LatentMap) -> None:
    for number, path in enumerate(each.paths[:LINES]):
        ends = path[[0, -1]].numpy().T
        named = [{"label": name} if number == 0 else {} for name in ("graph path", "straight line")]
        axes.plot(*path.numpy().T, color="#EE3377", linewidth=2, **named[0])
        axes.plot(*ends, color="#0077BB", linewidth=2, linestyle=(0, (3, 2)), **named[1])
