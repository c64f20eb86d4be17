"""Draw an answer as one picture: the query, then the tracks found, in rows of tiles."""

from pathlib import Path
from textwrap import fill

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from flatsort.errors import InputError
from flatsort.images.figure_file import DOTS_PER_INCH, MAX_DOTS, write_figure
from flatsort.images.track_picture import open_picture
from flatsort.retrieval.answer import Answer

_COLUMNS = 6
_WIDTH, _HEIGHT = 96, 192
"""Width and height of a tile in its own units; most people are half as wide as high."""
_TILE_INCHES = (1.3, 2.3)
"""Width and height of a tile on the sheet, with the text around it."""
_TITLE_INCHES = 0.7
_LETTERS_PER_TILE, _TITLE_LETTERS_PER_TILE = 17, 19
"""Letters that fit into one tile's width, below the tile and in the sheet's title."""
_QUERY_COLOUR = "#0072B2"


def write_sheet(path: Path, answer: Answer) -> None:
    """Write the sheet as PNG or JPEG, by the ending of the name; the file appears whole.

    Raises:
        InputError: the name has another ending, or the file cannot be written.
    """
    write_figure(path, draw_sheet(answer))


def draw_sheet(answer: Answer) -> Figure:
    """Draw one tile for the query and one per track, nearest first.

    Raises:
        InputError: there are too many tracks for one picture.
    """
    tiles = 1 + len(answer.hits)
    columns = min(tiles, _COLUMNS)
    rows = -(-tiles // columns)
    # The title needs the width of three tiles even if there are fewer.
    width = max(columns, 3) * _TILE_INCHES[0]
    height = rows * _TILE_INCHES[1] + _TITLE_INCHES
    if height * DOTS_PER_INCH > MAX_DOTS:
        raise InputError(
            f"{len(answer.hits)} tracks do not fit in one picture: ask for fewer with --top, or "
            "write a page (.html)"
        )
    figure = Figure(figsize=(width, height))
    figure.set_layout_engine("constrained", w_pad=0.03, h_pad=0.03, wspace=0, hspace=0)
    words = fill(answer.how, _TITLE_LETTERS_PER_TILE * max(columns, 3))
    figure.suptitle(words, x=0.01, ha="left", size=8, parse_math=False)
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for empty in axes[tiles:]:
        empty.set_axis_off()
    _draw_tile(axes[0], answer.picture, "query", answer.query)
    for side in axes[0].spines.values():
        side.set(color=_QUERY_COLOUR, linewidth=3)
    for ax, hit in zip(axes[1:], answer.hits, strict=False):
        below = f"{hit.source}:{hit.id}\nframe {hit.frame}"
        _draw_tile(ax, hit.picture, f"{hit.rank}.  {hit.distance:.3f}", below)
    return figure


def _draw_tile(axes: Axes, picture: bytes, above: str, below: str) -> None:
    """Draw a picture with a line of text above it and lines of text below it."""
    image = open_picture(picture)
    height, width = image.shape[:2]
    # Scale the picture to touch two sides of the tile, centred on grey.
    scale = min(_WIDTH / width, _HEIGHT / height)
    left, top = (_WIDTH - scale * width) / 2, (_HEIGHT - scale * height) / 2
    extent = (left, left + scale * width, top + scale * height, top)
    axes.imshow(image, extent=extent, interpolation="antialiased")
    axes.set(xticks=[], yticks=[], xlim=(0, _WIDTH), ylim=(_HEIGHT, 0), facecolor="0.93")
    axes.set_title(above, size=9, pad=3, parse_math=False)
    lines = [fill(line, _LETTERS_PER_TILE) for line in below.split("\n")]
    axes.set_xlabel("\n".join(lines), size=8, labelpad=3, parse_math=False)
