"""The picture of the accuracy benchmark: accuracy against processor time."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

COLUMNS = ("HOTA", "IDF1")
"""One panel each."""
OURS, PEERS = "tab:red", "tab:blue"
SLOW_US = 150.0
"""Microseconds per frame beyond which a name stands at the margin, where names do not collide."""
MOST_NAMES = 26
"""Number of names that fit above each other."""


def draw(entry: dict[str, Any], trackers: dict[str, Any]) -> Figure:
    """Draw one panel per column; the horizontal axis is microseconds per frame, logarithmic.

    Args:
        entry: title, scores and times of one set of boxes.
        trackers: name of a tracker -> its description.
    """
    figure = Figure(figsize=(14, 5.5), layout="constrained")
    seconds = entry.get("seconds_per_frame", {})
    for axes, column in zip(figure.subplots(1, len(COLUMNS)), COLUMNS, strict=True):
        points = {
            name: (seconds[name] * 1e6, score["whole"][column])
            for name, score in entry["scores"].items()
            if name in seconds
        }
        _scatter(axes, points, trackers)
        axes.set(
            xlabel="processor time of the tracker per frame, us",
            ylabel=f"{column}, %",
            title=f"{column} on boxes of {entry['title']}, {len(entry['sequences'])} sequences",
        )
        axes.grid(alpha=0.3)
    return figure


def _scatter(axes: Axes, points: dict[str, tuple[float, float]], trackers: dict[str, Any]) -> None:
    """Draw named points: names of fast trackers beside the points, of slow ones at the margin."""
    times = [time for time, _ in points.values()]
    values = [value for _, value in points.values()]
    # A name starts a third right of its point. Without room for it inside the axes, equal times
    # would leave the layout no width for the axes.
    axes.set_xscale("log")
    axes.set_xlim(min(times) / 2, max(times) * 2)
    gap = (max(values) - min(values)) / MOST_NAMES
    for is_slow in (False, True):
        group = {name: point for name, point in points.items() if (point[0] > SLOW_US) == is_slow}
        heights = _spread({name: value for name, (_, value) in group.items()}, gap)
        for name, (time, value) in group.items():
            is_ours = trackers[name]["is_ours"]
            axes.scatter(time, value, color=OURS if is_ours else PEERS, s=60 if is_ours else 25)
            axes.annotate(
                name,
                (time, value),
                xytext=(1.02, heights[name]) if is_slow else (time * 1.35, heights[name]),
                textcoords=axes.get_yaxis_transform() if is_slow else "data",
                va="center",
                fontsize=8,
                weight="bold" if is_ours else "normal",
                arrowprops={"arrowstyle": "-", "color": "0.7", "lw": 0.6, "relpos": (0, 0.5)},
                annotation_clip=False,
            )


def _spread(heights: dict[str, float], gap: float) -> dict[str, float]:
    """Move heights up until neighbours lie at least a gap apart; return them by name."""
    spread: dict[str, float] = {}
    least = float("-inf")
    for name in sorted(heights, key=heights.__getitem__):
        spread[name] = max(heights[name], least)
        least = spread[name] + gap
    return spread
