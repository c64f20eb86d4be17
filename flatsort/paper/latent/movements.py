"""The paper's figure 6: the movements that straight latent lines decode to, as stick figures."""

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
from flatsort.reid_vae.model.dense import DenseVAE

# In the order in which they are drawn: figures walk to the right and show their right side.
_COLOUR_OF_SIDE = {"left": COLOURS[1], "torso": COLOURS[9], "right": COLOURS[0]}
_BOX = "#0077BB"
# Of the camera, in degrees from the side towards the front, so that both legs show.
_VIEW = 25.0
# A step is abrupt that is more than so many times the median step of its line. Not of all lines: a
# long line at an even pace, balancing to jogging say, has large steps and no abrupt one.
_ABRUPT = 2.0
# Of lines, in points.
_LIMB, _HEAD = 1.6, 5.0
# Between figures, and around them, as a share of their size.
_GAP = 0.06


def plot_movements(
    path: Path,
    title: str,
    models: Mapping[str, DenseVAE],
    pairs: Mapping[str, tuple[Tensor, Tensor]],
    points: Points,
) -> None:
    """Figure 6: what straight latent lines between data points decode to, a row each.

    The figures of a line are evenly spaced on it. Blue boxes, as in the paper, mark abrupt
    movements; the paper does not say by what rule. Here a movement from one figure to the next is
    abrupt if it changes the joint angles (Euclidean norm) by more than twice its line's median.

    Args:
        path: of the picture.
        title: of the data.
        models: by name, a panel each.
        pairs: starts and ends of each model's lines, (P, Nz) each, P the same for all.
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
    # Rows from top to bottom, the first one's left corner at the origin.
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
        # The same in all panels, with room for a box.
        margin = pitch[0] / 8
        axes.set(xlim=(-margin, width + margin), ylim=(pitch[1] - height - margin, pitch[1]))
        axes.set_axis_off()
    _draw_legend(sheet)
    sheet.suptitle(
        f"{title}: straight lines in latent space, decoded; boxed where joint "
        f"angles change by more than {_ABRUPT:g} times the line's median step"
    )
    sheet.savefig(path, dpi=100)


def _decoded_lines(model: DenseVAE, starts: Tensor, ends: Tensor) -> NDArray[np.float32]:
    """(N, STEPS, D) joint angles of the lines that are drawn."""
    with torch.no_grad():
        lines = first_lines(starts, ends)
        return model.decoder(lines.flatten(0, 1)).unflatten(0, lines.shape[:2]).numpy()


def _abrupt(angles: NDArray[np.float32]) -> NDArray[np.bool_]:
    """(N, STEPS, D) -> (N, STEPS - 1), of the steps from one figure to the next."""
    steps = np.linalg.norm(np.diff(angles, axis=1), axis=2)
    return steps > _ABRUPT * np.median(steps, axis=1, keepdims=True)


def _side_view(segments: NDArray[np.float64]) -> NDArray[np.float64]:
    """(..., 3) -> (..., 2), seen from the body's right and a little from ahead, which is right."""
    x, y, z = np.moveaxis(segments, -1, 0)
    view = np.radians(_VIEW)
    return np.stack([z * np.cos(view) + x * np.sin(view), y], axis=-1)


def _runs(marked: NDArray[np.bool_]) -> Iterator[tuple[int, int, int]]:
    """Row, first and last figure of steps that are marked one after the other, (N, T - 1)."""
    for row, steps in enumerate(marked):
        edges = np.diff(np.concatenate([[False], steps, [False]]).astype(int))
        for first, last in zip(np.nonzero(edges == 1)[0], np.nonzero(edges == -1)[0], strict=True):
            yield row, first, last


def _draw_figures(axes: Axes, placed: NDArray[np.float64], skeleton: Skeleton) -> None:
    """All figures of a panel, (F, B, 2, 2), its farther limbs behind."""
    sides = np.array(_sides(skeleton))
    widths = np.array([_HEAD if bone.name == "head" else _LIMB for bone in skeleton.bones])
    for order, (side, colour) in enumerate(_COLOUR_OF_SIDE.items()):
        own = sides == side
        for figure in placed[:, own]:
            style = {"colors": colour, "linewidths": widths[own], "capstyle": "round"}
            axes.add_collection(LineCollection(figure, zorder=order, **style))


def _sides(skeleton: Skeleton) -> list[str]:
    """Of each bone: a limb has a bone of the same name on the other side, "lowerback" has not."""
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
