"""The picture of the page: decoded straight lines between two rendered people."""

from pathlib import Path

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from benchmarks.flat_crops_crops import choose, cut_images
from benchmarks.flat_linking_footage import SCENES, LinkableFootage
from flatsort.reid_vae.geometry.curves import straight_lines
from flatsort.reid_vae.weights.weights import load_weights

STEPS = 8
"""Steps between two people."""
PAIRS = 2
"""Pairs of people."""
_CROPS = 40
"""Crops among which the pairs are chosen."""


def draw_interpolation(
    footages: list[LinkableFootage], weights: dict[str, Path], cache: Path
) -> Figure:
    """Draw rows of pictures between two people of the first rendered scene, one row per weights.

    Only rendered people appear: crops of data sets must not be published.

    Args:
        footages: all footage.
        weights: name of a row -> weights file.
        cache: folder of the features.
    """
    scene = next(each for each in footages if each.group == SCENES)
    pairs = _pairs(scene)
    figure = Figure(figsize=(1.1 * (STEPS + 3), 1.35 * PAIRS * len(weights)), layout="constrained")
    grid = figure.subplots(PAIRS * len(weights), STEPS + 3)
    for place, (name, path) in enumerate(weights.items()):
        lines = _decode(scene, path, pairs, cache)
        for pair, (crops, pictures, steps) in enumerate(lines):
            _draw_row(grid[pair * len(weights) + place], name, crops, pictures, steps)
    return figure


def _pairs(scene: LinkableFootage) -> list[tuple[int, int]]:
    """Return the rows of the crops of pairs of two people."""
    chosen = choose(scene, 2 * PAIRS, _CROPS)
    # One crop per person: two tracklets may show one person.
    people, first = np.unique(chosen.people, return_index=True)
    rows = chosen.rows[first][np.linspace(0, len(people) - 1, 2 * PAIRS).astype(int)].tolist()
    return list(zip(rows[::2], rows[1::2], strict=True))


@torch.no_grad()
def _decode(
    scene: LinkableFootage, path: Path, pairs: list[tuple[int, int]], cache: Path
) -> list[tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float64]]]:
    """Return for each pair its crops (2, H, W, 3), the pictures (T, s, s, 3) and the steps."""
    model, _ = load_weights(path)
    features = scene.describe(str(path), cache)
    found = []
    for pair in pairs:
        start, end = (torch.from_numpy(features[row])[None] for row in pair)
        line = straight_lines(start, end, STEPS + 1)[0]
        pictures = model.observation.to_rgb(model.pictures(line)).permute(0, 2, 3, 1)
        steps = model.decoder(line).flatten(1).diff(dim=0).norm(dim=1).double().numpy()
        crops = cut_images(scene, np.array(pair), model.architecture.image_size)
        found.append((crops.permute(0, 2, 3, 1).numpy(), pictures.numpy(), steps))
    return found


def _draw_row(
    row: NDArray[np.object_],
    name: str,
    crops: NDArray[np.float32],
    pictures: NDArray[np.float32],
    steps: NDArray[np.float64],
) -> None:
    for axes, picture in zip(row, (crops[0], *pictures, crops[1]), strict=True):
        _show(axes, picture)
    row[0].set_ylabel(name)
    # The number of a step stands below the picture in which it ends.
    for axes, step in zip(row[2:-1], steps / steps.mean(), strict=True):
        axes.set_xlabel(f"{step:.2f}")


def _show(axes: Axes, picture: NDArray[np.float32]) -> None:
    axes.imshow(picture, aspect=2.0)
    axes.set(xticks=[], yticks=[])
