"""Draw the paper's figure 6: the movements that straight latent lines decode to."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from numpy.typing import NDArray
from torch import Tensor

from flatsort.paper.latent.acclaim_skeleton import Skeleton, bone_segments
from flatsort.paper.latent.figures import COLOURS, STEPS, first_lines
from flatsort.paper.latent.points import Points
from flatsort.reid_vae.model.dense_vae import DenseVAE

# Side of the body -> colour, in the order of drawing: figures walk to the right, so the right side
# is nearest and comes last.
_COLOUR_OF_SIDE = {"left": COLOURS[1], "torso": COLOURS[9], "right": COLOURS[0]}
_BOX = "#0077BB"
_VIEW_DEGREES = 25.0
"""Angle in degrees by which the camera stands towards the front, so that both legs show."""
_ABRUPT = 2.0
"""A step is abrupt if it is larger than this many times the median step of its own line.

A median over all lines would mark even paces too: a long line, such as from balancing to jogging,
has large steps throughout.
"""
_LIMB, _HEAD = 1.6, 5.0
"""Widths of lines in points."""
_GAP = 0.06
"""Gap between figures, as a share of their size."""


def plot_movements(
    path: Path,
    title: str,
    models: Mapping[str, DenseVAE],
    pairs: Mapping[str, tuple[Tensor, Tensor]],
    points: Points,
) -> None:
    """Draw figure 6: one row of stick figures per straight latent line between two data points.

    The figures are evenly spaced on their line. Blue boxes mark abrupt movements, as in the paper,
    which does not state its rule. Here a movement from one figure to the next is abrupt if it
    changes the joint angles (Euclidean norm) by more than twice the median of its line.

    Args:
        path: file of the picture.
        title: name of the data.
        models: name -> model; each model gets a panel.
        pairs: name -> starts and ends of the model's lines, (P, Nz) each, with the same P.
        points: the data, with a skeleton and its joints.
    """
    angles = {name: _decoded_lines(model, *pairs[name]) for name, model in models.items()}
    joints = points.dimension_names
    figures = {
        name: _side_view(bone_segments(points.skeleton, joints, np.concatenate(each)))
        for name, each in angles.items()
    }
    corners = np.concatenate([each.reshape(-1, 2) for each in figures.values()])
    low, size = corners.min(0), np.ptp(corners, axis=0)
    pitch = (1 + _GAP) * size
    # Rows go from top to bottom; the lower left corner of the first figure is the origin.
    count = len(next(iter(angles.values())))
    columns, rows = np.meshgrid(np.arange(STEPS), -np.arange(count))
    places = np.stack([columns, rows], axis=-1) * pitch
    width, height = pitch * (STEPS, count)
    inches = (9.0 * len(models), 9.0 * height / width + 1.0)
    sheet = Figure(figsize=inches, layout="constrained")
    panels = sheet.subplots(1, len(models), squeeze=False)[0]
    for axes, name in zip(panels, models, strict=True):
        placed = figures[name] - low + places.reshape(-1, 1, 1, 2)
        _draw_figures(axes, placed, points.skeleton)
        for row, first, last in _runs(_abrupt(angles[name])):
            _draw_box(axes, places[row, first], places[row, last] + size, _GAP * size)
        axes.set(title=name, aspect="equal")
        # All panels have the same limits, with room for a box at the edge.
        margin = pitch[0] / 8
        axes.set(xlim=(-margin, width + margin), ylim=(pitch[1] - height - margin, pitch[1]))
        axes.set_axis_off()
    _draw_legend(sheet)
    sheet.suptitle(
        f"{title}: straight lines in latent space, decoded; a box marks joint angles that change "
        f"by more than {_ABRUPT:g} times the line's median step"
    )
    sheet.savefig(path, dpi=100)


def _decoded_lines(model: DenseVAE, starts: Tensor, ends: Tensor) -> NDArray[np.float32]:
    """Decode the lines of the picture to joint angles (N, STEPS, D)."""
    with torch.no_grad():
        lines = first_lines(starts, ends)
        return model.decoder(lines.flatten(0, 1)).unflatten(0, lines.shape[:2]).numpy()


def _abrupt(angles: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Mark the abrupt steps between figures: angles (N, STEPS, D) -> bool (N, STEPS - 1)."""
    steps = np.linalg.norm(np.diff(angles, axis=1), axis=2)
    return steps > _ABRUPT * np.median(steps, axis=1, keepdims=True)


def _side_view(segments: NDArray[np.float64]) -> NDArray[np.float64]:
    """Project (..., 3) to (..., 2): seen from the body's right side and a little from the front.

    The body walks to the right in the picture.
    """
    x, y, z = np.moveaxis(segments, -1, 0)
    view = np.radians(_VIEW_DEGREES)
    return np.stack([z * np.cos(view) + x * np.sin(view), y], axis=-1)


def _runs(marked: NDArray[np.bool_]) -> Iterator[tuple[int, int, int]]:
    """Yield row, first and last figure of each run of consecutive marked steps (N, T - 1)."""
    for row, steps in enumerate(marked):
        edges = np.diff(np.concatenate([[False], steps, [False]]).astype(int))
        for first, last in zip(np.nonzero(edges == 1)[0], np.nonzero(edges == -1)[0], strict=True):
            yield row, first, last


def _draw_figures(axes: Axes, placed: NDArray[np.float64], skeleton: Skeleton) -> None:
    """Draw the figures of a panel, (F, B, 2, 2), with the farther limbs behind."""
    sides = np.array(_sides(skeleton))
    widths = np.array([_HEAD if bone.name == "head" else _LIMB for bone in skeleton.bones])
    for order, (side, colour) in enumerate(_COLOUR_OF_SIDE.items()):
        own = sides == side
        for figure in placed[:, own]:
            style = {"colors": colour, "linewidths": widths[own], "capstyle": "round"}
            axes.add_collection(LineCollection(figure, zorder=order, **style))


def _sides(skeleton: Skeleton) -> list[str]:
    """Find each bone's side: a limb has a bone of the same name on the other side of the body."""
    names = {bone.name for bone in skeleton.bones}
    letters = {"l": ("left", "r"), "r": ("right", "l")}
    sides = []
    for bone in skeleton.bones:
        side, other = letters.get(bone.name[0], ("", ""))
        sides.append(side if other + bone.name[1:] in names - {bone.name} else "torso")
    return sides


def _draw_box(
    axes: Axes, low: NDArray[np.float64], high: NDArray[np.float64], gap: NDArray[np.float64]
) -> None:
    corner, extent = low - gap / 2, high - low + gap
    axes.add_patch(Rectangle(corner, *extent, fill=False, edgecolor=_BOX, linewidth=1.8))


def _draw_legend(sheet: Figure) -> None:
    handles = [Line2D([], [], color=colour, linewidth=_LIMB) for colour in _COLOUR_OF_SIDE.values()]
    handles.append(Rectangle((0, 0), 1, 1, fill=False, edgecolor=_BOX, linewidth=1.8))
    labels = [*_COLOUR_OF_SIDE, "abrupt movement"]
    sheet.legend(handles, labels, loc="outside lower center", ncols=4)
