"""The page of the counts on rendered scenes."""

import numpy as np
from numpy.typing import NDArray
from tabulate import tabulate

from benchmarks.counting_runs import BY_EYE, COUNTERS, LINES, STREET_LINE, ZONES, Row
from flatsort.analysis.count_intervals import Count

TITLE = """\
# Counts at lines and zones

`python tools/analyse.py` counts people at lines and in zones, and gives each count with a 95 %
interval. This page compares counts and intervals with the truth on rendered scenes. Written by
`python -m benchmarks.counting`.

- **A person** stands where the middle of the box's lower edge is. The true counts apply the same
  rule to the true boxes, including those of people who are hidden at that moment.
- **A doubtful link** leads over a gap, a jump or a close encounter of two tracks, or joins two
  tracks. The command cuts tracks there and draws 200 other ways to link the pieces, by places,
  velocities and heights. A link is doubtful if at least every tenth draw disagrees about it.
- **The interval** holds the middle 95 % of the counts in these draws. A piece without a link walks
  straight on unseen for a random time, because the detector misses hidden people.

The constants were set by hand on scenes of the same renderer with seeds 100 to 108, none of which
is on this page. The camera of these scenes sways, so people also cross lines by its motion, in the
truth as well. A line is a place in the picture: with a camera that turns or travels, crossings say
little, and the intervals hold the truth less often than here. They do so, too, with a tracker that
tears most tracks, such as sort."""
HEADERS = ("right", "error", "likely right", "likely error", "held", "width")
MEANING = """\
- **Right**: share of the counts that are the true count.
- **Error**: mean of count minus truth.
- **Likely**: the same for the median of the draws.
- **Held**: share of the intervals that hold the true count; the goal is 95 %.
- **Width**: mean of upper end minus lower end."""
STREET = f"""\
## A street, counted by eye

Ten seconds of a pedestrian street at 30 frames per second, 1280 x 720 pixels, with the boxes of
YOLOX-nano and {COUNTERS[-2].name}. The line leads from {STREET_LINE.start} to {STREET_LINE.end}.
The eye looked at every seventh to ninth frame: one man crosses to the right after 2 s; a man, a
woman who is half hidden behind him, and another man cross to the left between 6.5 and 9 s."""
LINE_ZONE = """\
## Why not supervision's LineZone

`supervision.LineZone` takes every tracker's boxes and needs no frames, but it counts otherwise:

- It forgets a track that is absent for two frames (more with a larger
  `minimum_crossing_threshold`), so a crossing in a gap is lost. Here the way over a gap is
  straight, and the crossing counts.
- It counts somebody who walks around the end of a line. Here the way must pass between its ends.
- Its threshold is a number of frames, so somebody who lingers on a line counts again and again.
  Here a side is certain from 5 % of the box's height behind the line.

Where none of this happens, both count alike; a test compares them. `supervision.PolygonZone` has no
hysteresis at all, and rounds corners to whole pixels."""


def make_page(rows: list[Row], street: list[Count]) -> str:
    """Return the page in Markdown.

    Args:
        rows: counts on rendered scenes.
        street: counts of the video that was counted by eye; empty without the video.
    """
    scenes = {row.seed for row in rows}
    mean = np.mean([row.truth for row in rows])
    parts = [
        TITLE,
        f"{len(scenes)} scenes with {len(LINES)} lines and {len(ZONES)} zone, each in two "
        f"directions: {len(rows) // len(COUNTERS)} counts per tracker. The true count is "
        f"{mean:.1f} on average.",
        _table(rows),
        MEANING,
        "## By place, with " + COUNTERS[-2].name,
        _by_place([row for row in rows if row.tracker == COUNTERS[-2].name]),
        *([STREET, _by_eye(street)] if street else []),
        LINE_ZONE,
    ]
    return "\n\n".join(parts) + "\n"


def _table(rows: list[Row]) -> str:
    table = [
        [each.name, *_cells([row for row in rows if row.tracker == each.name])] for each in COUNTERS
    ]
    return _markdown(table, ["tracker", *HEADERS])


def _by_place(rows: list[Row]) -> str:
    names = dict.fromkeys(row.count.name for row in rows)
    table = [[name, *_cells([row for row in rows if row.count.name == name])] for name in names]
    return _markdown(table, ["place", *HEADERS])


def _by_eye(counts: list[Count]) -> str:
    table = [
        [
            f"{count.name}, {count.direction}",
            *map(str, (BY_EYE[count.direction], count.count, count.likely)),
            f"{count.low} to {count.high}",
        ]
        for count in counts
    ]
    return _markdown(table, ["line", "by eye", "count", "likely", "interval"])


def _cells(rows: list[Row]) -> list[str]:
    truth = np.array([row.truth for row in rows])
    count, likely, low, high = (_column(rows, name) for name in ("count", "likely", "low", "high"))
    held = (low <= truth) & (truth <= high)
    return [
        f"{100 * (count == truth).mean():.0f} %",
        f"{(count - truth).mean():+.1f}",
        f"{100 * (likely == truth).mean():.0f} %",
        f"{(likely - truth).mean():+.1f}",
        f"{100 * held.mean():.0f} %",
        f"{(high - low).mean():.1f}",
    ]


def _column(rows: list[Row], name: str) -> NDArray[np.int64]:
    return np.array([getattr(row.count, name) for row in rows])


def _markdown(table: list[list[str]], headers: list[str]) -> str:
    return tabulate(table, headers, tablefmt="github", disable_numparse=True)
