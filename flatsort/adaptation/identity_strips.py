"""Draw strips of crops, one per identity, so that people see whether tracks mix people up."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from flatsort.adaptation.observed_footage import Footage
from flatsort.evaluation.verdict.contestant import Followed
from flatsort.images.figure_file import write_figure

_COLUMNS = ("first", "middle", "last", "least alike")
_MOST_ROWS = 40
"""Most identities in the picture, the longest ones."""
_CROP_INCHES = 0.8
"""Width and height of a crop in the picture."""


def draw_strips(path: Path, tracks: Followed, footage: Footage) -> int:
    """Draw four crops of each of the longest identities, and return the number of identities.

    Args:
        path: the PNG file; nothing is written if there are no tracks.
        tracks: tracks of the footage.
        footage: the footage, with crops and features of the old descriptor.

    Raises:
        InputError: the file cannot be written.
    """
    ids = tracks.ids_of_boxes(len(footage))
    names, sizes = np.unique(ids[ids >= 0], return_counts=True)
    longest = np.sort(names[np.argsort(-sizes, kind="stable")[:_MOST_ROWS]])
    if not len(longest):
        return 0
    strips = [
        np.concatenate(footage.images[_telling_rows(np.flatnonzero(ids == name), footage)], axis=1)
        for name in longest
    ]
    sheet = np.concatenate(strips)
    height, width = sheet.shape[0] / len(longest), sheet.shape[1] / len(_COLUMNS)
    figure = Figure(
        figsize=(_CROP_INCHES * len(_COLUMNS) + 1, _CROP_INCHES * len(longest) + 0.5),
        layout="constrained",
    )
    axes = figure.subplots()
    axes.imshow(sheet)
    axes.set_yticks(height * (np.arange(len(longest)) + 0.5), [str(name) for name in longest])
    axes.set_xticks(width * (np.arange(len(_COLUMNS)) + 0.5), _COLUMNS)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    write_figure(path, figure)
    return len(longest)


def _telling_rows(rows: NDArray[np.int64], footage: Footage) -> NDArray[np.int64]:
    """Return the first, the middle and the last box, and the one farthest from the mean look."""
    looks = footage.features[rows]
    farthest = np.linalg.norm(looks - looks.mean(axis=0), axis=1).argmax()
    return rows[[0, len(rows) // 2, -1, farthest]]
