"""Draw identity switches as strips: frames side by side, one row per tracker (paper, figure 9)."""

from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure, SubFigure
from matplotlib.patches import Rectangle

from flatsort.errors import InputError
from flatsort.evaluation.switches.moments import Moment
from flatsort.evaluation.switches.recorded_footage import RecordedFootage, read_frames
from flatsort.evaluation.switches.strip_captions import (
    identities_of,
    identity_at,
    moment_title,
    row_caption,
)
from flatsort.evaluation.switches.strip_frames import choose_frames, choose_windows, person_boxes
from flatsort.files.mot_files import Rows
from flatsort.files.sequence import Sequence
from flatsort.images.figure_file import DOTS_PER_INCH, MAX_DOTS

# Okabe and Ito's colours (https://jfly.uni-koeln.de/color/), which people with any colour vision
# can tell apart: first the person's two identities, then the other identities in the picture.
_PALETTE = ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#0072B2", "#D55E00", "#F0E442")
_TILE_INCHES = 2.2
"""Width and height of one frame's tile."""
_TITLE_INCHES = 0.4
"""Height of a moment's title."""
_NAMES_INCHES = 0.4
"""Width of the trackers' captions, left of the tiles."""
_LEGEND_INCHES = 0.25
"""Height of the legend below all moments."""
_TITLE_LETTERS_PER_TILE, _LEGEND_LETTERS_PER_TILE = 25, 40
"""Letters that fit into the width of one tile, in a title and in the legend."""
_LEGEND = (
    "Triangle: the person. Thick box: the tracker's box on that person, "
    "blue under the first identity, orange under the next."
)
_MIN_VISIBLE = 0.3
"""Smallest share of another person's box inside the window at which the box is drawn."""


def draw_strip(
    footage: Sequence | RecordedFootage, results: dict[str, Rows], moments: list[Moment]
) -> Figure:
    """Draw moments below each other, each with one row per tracker and one column per frame.

    All rows show the same part of a frame. A triangle marks the person. The thick box is the
    tracker's box on that person: light blue with the person's first identity in the row, orange
    with the next.

    Args:
        footage: the source of the frames.
        results: tracker -> its results, in the order of the rows.
        moments: at least one.

    Raises:
        InputError: a frame cannot be read, or there are too many moments for one picture.
    """
    frames = [choose_frames(moment, footage.frame_rate) for moment in moments]
    columns = max(map(len, frames))
    width = columns * _TILE_INCHES + _NAMES_INCHES
    height = len(moments) * (len(results) * _TILE_INCHES + _TITLE_INCHES) + _LEGEND_INCHES
    if height * DOTS_PER_INCH > MAX_DOTS:
        raise InputError(f"{len(moments)} moments do not fit in one picture: draw fewer")
    figure = Figure(figsize=(width, height))
    figure.set_layout_engine("constrained", w_pad=0.02, h_pad=0.02, wspace=0, hspace=0)
    by_frame = {name: rows.by_frame(footage.length) for name, rows in results.items()}
    figure.supxlabel(fill(_LEGEND, _LEGEND_LETTERS_PER_TILE * columns), size=8)
    parts = figure.subfigures(len(moments), squeeze=False, hspace=0.03)[:, 0]
    for part, moment, shown in zip(parts, moments, frames, strict=True):
        tiles = _lay_out(part, moment, shown, list(results), columns)
        read = read_frames(footage, shown)
        images = [read[frame] for frame in shown]
        people = person_boxes(moment, shown)
        windows = choose_windows(people, images[0].shape[1::-1])
        for row, (tracker, rows) in zip(tiles, results.items(), strict=True):
            colours = _Colours(identities_of(moment, tracker))
            for axes, frame, image, person, window in zip(
                row, shown, images, people, windows, strict=False
            ):
                _show(axes, image, window)
                _mark(axes, person, window)
                here = rows.select(by_frame[tracker][frame - 1])
                _draw_boxes(axes, here, window, identity_at(moment, tracker, frame), colours)
    return figure


class _Colours:
    """Gives each identity in a tracker's row one colour, the same in all frames of the row."""

    def __init__(self, persons: list[int]) -> None:
        self._order: list[int | None] = list(dict.fromkeys(persons))
        # The first two colours are the person's, even if the person has only one identity.
        self._order += [None] * (2 - len(self._order))

    def __getitem__(self, identity: int) -> str:
        if identity not in self._order:
            self._order.append(identity)
        place = self._order.index(identity)
        return _PALETTE[place if place < 2 else 2 + (place - 2) % (len(_PALETTE) - 2)]


def _lay_out(
    part: SubFigure, moment: Moment, frames: list[int], trackers: list[str], columns: int
) -> np.ndarray:
    """Lay out the empty tiles of a moment, (trackers, columns) axes, with the text around them."""
    words = fill(moment_title(moment), _TITLE_LETTERS_PER_TILE * columns)
    part.suptitle(words, x=0.01, ha="left", size=10, weight="bold", parse_math=False)
    tiles = part.subplots(len(trackers), columns, squeeze=False)
    for axes in tiles[:, len(frames) :].flat:
        axes.set_axis_off()
    for axes, frame in zip(tiles[0], frames, strict=False):
        axes.set_title(f"frame {frame}", size=9, pad=3)
    for axes, tracker in zip(tiles[:, 0], trackers, strict=True):
        axes.set_ylabel(f"{tracker}\n{row_caption(moment, tracker)}", size=9, parse_math=False)
    return tiles


def _show(axes: Axes, image: np.ndarray, window: np.ndarray) -> None:
    """Show the part of a frame inside the window, in the coordinates of the frame."""
    left, top, side = window.tolist()
    crop = image[top : top + side, left : left + side, ::-1]
    axes.imshow(crop, extent=(left, left + side, top + side, top), interpolation="antialiased")
    axes.set(xticks=[], yticks=[], xlim=(left, left + side), ylim=(top + side, top))


def _mark(axes: Axes, person_tlwh: np.ndarray, window: np.ndarray) -> None:
    """Draw a triangle that points at the person from above."""
    left, top, width, _ = person_tlwh
    edge = window[1] + 0.05 * window[2]
    axes.plot(
        *(left + width / 2, max(top - 0.02 * window[2], edge)),
        **{"marker": "v", "markersize": 9, "zorder": 5},
        **{"markerfacecolor": "white", "markeredgecolor": "black"},
    )


def _draw_boxes(
    axes: Axes, rows: Rows, window: np.ndarray, followed: int | None, colours: _Colours
) -> None:
    """Draw the boxes of a frame with their identities; the person's box is thick and in front."""
    for identity, box in zip(rows.ids.tolist(), rows.boxes_tlwh, strict=True):
        is_person = identity == followed
        corner, opposite = _clip(box, window)
        inside = np.prod(opposite - corner)
        if not is_person and inside < _MIN_VISIBLE * np.prod(box[2:]):
            continue
        colour, order = colours[identity], 4 if is_person else 3
        width = 3.0 if is_person else 1.2
        axes.add_patch(
            Rectangle(box[:2], *box[2:], fill=False, edgecolor=colour, lw=width, zorder=order)
        )
        # Black letters on a light colour and white on a dark one, by Rec. 601 luma.
        light = np.dot(to_rgb(colour), (0.299, 0.587, 0.114)) > 0.5
        axes.annotate(
            str(identity),
            (corner[0], opposite[1]),
            xytext=(1, 1),
            textcoords="offset points",
            size=9 if is_person else 7,
            weight="bold" if is_person else "normal",
            color="black" if light else "white",
            bbox={"boxstyle": "square,pad=0.15", "facecolor": colour, "edgecolor": "none"},
            zorder=order + 3,
        ).set_in_layout(False)


def _clip(box_tlwh: np.ndarray, window: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Clip a box to the window: top left and bottom right corner, equal if nothing is left."""
    low, high = window[:2], window[:2] + window[2]
    corner = np.clip(box_tlwh[:2], low, high)
    return corner, np.clip(box_tlwh[:2] + box_tlwh[2:], low, high)
