"""The strip of an identity switch: frames side by side, a row a tracker (paper, figure 9)."""

from pathlib import Path
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure, SubFigure
from matplotlib.patches import Rectangle

from flatsort.errors import InputError
from flatsort.evaluation.switches.moments import Moment
from flatsort.evaluation.switches.strip_captions import fate, identities_of, identity_at, title
from flatsort.evaluation.switches.strip_frames import choose_frames, choose_windows, person_boxes
from flatsort.files.atomic import atomic_path
from flatsort.files.mot_files import Rows
from flatsort.files.sequence import Sequence

# Okabe and Ito's colours (https://jfly.uni-koeln.de/color/), which all common eyes tell apart: the
# person's first and second identity, then those of whoever else is in the picture.
_PALETTE = ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#0072B2", "#D55E00", "#F0E442")
_FORMATS = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg"}
_TILE_INCHES = 2.2
_TITLE_INCHES = 0.4
_NAMES_INCHES = 0.4
_LEGEND_INCHES = 0.25
_TITLE_LETTERS_PER_TILE, _LEGEND_LETTERS_PER_TILE = 25, 40
_LEGEND = (
    "Triangle: the person. Thick box: the tracker's box on that person, "
    "blue under the first identity, orange under the next."
)
DOTS_PER_INCH = 150
# JPEG has no more lines.
MOST_DOTS = 65_000
# Others are drawn where at least this part of their box is in the window.
_VISIBLE = 0.3


def check_picture(path: Path) -> None:
    """Find out before the work whether a picture can have this name.

    Raises:
        InputError: it does not end in .png, .jpg or .jpeg.
    """
    if path.suffix.lower() not in _FORMATS:
        raise InputError(f"{path}: the picture's name must end in .png or .jpg")


def write_strip(path: Path, figure: Figure) -> None:
    """Write a strip as PNG or JPEG, whichever the name's ending says, whole or not at all.

    Raises:
        InputError: the name has another ending, or the file cannot be written there.
    """
    check_picture(path)
    kind = _FORMATS[path.suffix.lower()]
    options = {"quality": 88} if kind == "jpeg" else {}
    with atomic_path(path) as temporary:
        figure.savefig(temporary, format=kind, dpi=DOTS_PER_INCH, pil_kwargs=options)


def draw_strip(sequence: Sequence, results: dict[str, Rows], moments: list[Moment]) -> Figure:
    """Draw moments below each other, each with a row for a tracker and a column for a frame.

    All trackers' pictures of a frame show the same part of it. A triangle marks the person; the
    thick box is the one that the tracker has on the person there, light blue under the person's
    first identity in the row and orange under the next.

    Args:
        sequence: where frames are read from.
        results: tracker to its results, in order of rows.
        moments: at least one.

    Raises:
        InputError: a frame cannot be read, or there are too many moments for one picture.
    """
    frames = [choose_frames(moment, sequence.frame_rate) for moment in moments]
    columns = max(map(len, frames))
    width = columns * _TILE_INCHES + _NAMES_INCHES
    height = len(moments) * (len(results) * _TILE_INCHES + _TITLE_INCHES) + _LEGEND_INCHES
    if height * DOTS_PER_INCH > MOST_DOTS:
        raise InputError(f"{len(moments)} moments do not fit in one picture: draw fewer (--top)")
    figure = Figure(figsize=(width, height))
    figure.set_layout_engine("constrained", w_pad=0.02, h_pad=0.02, wspace=0, hspace=0)
    by_frame = {name: rows.by_frame(sequence.length) for name, rows in results.items()}
    figure.supxlabel(fill(_LEGEND, _LEGEND_LETTERS_PER_TILE * columns), size=8)
    parts = figure.subfigures(len(moments), squeeze=False, hspace=0.03)[:, 0]
    for part, moment, shown in zip(parts, moments, frames, strict=True):
        tiles = _lay_out(part, moment, shown, list(results), columns)
        images = [sequence.read_frame(frame) for frame in shown]
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
    """A colour for each identity of a row, the same in all its frames."""

    def __init__(self, persons: list[int]) -> None:
        self._order: list[int | None] = list(dict.fromkeys(persons))
        # The first two colours are for the person alone, also where there is one identity only.
        self._order += [None] * (2 - len(self._order))

    def __getitem__(self, identity: int) -> str:
        if identity not in self._order:
            self._order.append(identity)
        place = self._order.index(identity)
        return _PALETTE[place if place < 2 else 2 + (place - 2) % (len(_PALETTE) - 2)]


def _lay_out(
    part: SubFigure, moment: Moment, frames: list[int], trackers: list[str], columns: int
) -> np.ndarray:
    """The empty tiles of a moment, (trackers, columns) axes, with the words around them."""
    words = fill(title(moment), _TITLE_LETTERS_PER_TILE * columns)
    part.suptitle(words, x=0.01, ha="left", size=10, weight="bold", parse_math=False)
    tiles = part.subplots(len(trackers), columns, squeeze=False)
    for axes in tiles[:, len(frames) :].flat:
        axes.set_axis_off()
    for axes, frame in zip(tiles[0], frames, strict=False):
        axes.set_title(f"frame {frame}", size=9, pad=3)
    for axes, tracker in zip(tiles[:, 0], trackers, strict=True):
        axes.set_ylabel(f"{tracker}\n{fate(moment, tracker)}", size=9, parse_math=False)
    return tiles


def _show(axes: Axes, image: np.ndarray, window: np.ndarray) -> None:
    """The window's part of a frame, in the frame's own coordinates."""
    left, top, side = window.tolist()
    crop = image[top : top + side, left : left + side, ::-1]
    axes.imshow(crop, extent=(left, left + side, top + side, top), interpolation="antialiased")
    axes.set(xticks=[], yticks=[], xlim=(left, left + side), ylim=(top + side, top))


def _mark(axes: Axes, person_tlwh: np.ndarray, window: np.ndarray) -> None:
    """A triangle that points at the person from above."""
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
    """The boxes of a frame with their identities; that on the person thick and in front."""
    for identity, box in zip(rows.ids.tolist(), rows.boxes_tlwh, strict=True):
        is_person = identity == followed
        corner, opposite = _clip(box, window)
        inside = np.prod(opposite - corner)
        if not is_person and inside < _VISIBLE * np.prod(box[2:]):
            continue
        colour, order = colours[identity], 4 if is_person else 3
        width = 3.0 if is_person else 1.2
        axes.add_patch(
            Rectangle(box[:2], *box[2:], fill=False, edgecolor=colour, lw=width, zorder=order)
        )
        # Rec. 601 luma decides whether black or white letters are readable.
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
    """Top left and bottom right corner of a box's part in the window; equal if there is none."""
    low, high = window[:2], window[:2] + window[2]
    corner = np.clip(box_tlwh[:2], low, high)
    return corner, np.clip(box_tlwh[:2] + box_tlwh[2:], low, high)
