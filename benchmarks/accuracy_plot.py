"""The picture of the accuracy benchmark: accuracy against processor time."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

COLUMNS = ("HOTA", "IDF1")
"""One panel each."""
OURS, PEERS = "tab:red", "tab:blue"


def draw(entry: dict[str, Any], trackers: dict[str, Any]) -> Figure:
    """Draw one panel per column; the horizontal axis is microseconds per frame, logarithmic.

    Args:
        entry: title, scores and times of one set of boxes.
        trackers: name of a tracker -> its description.
    """
    figure = Figure(figsize=(12, 5.5), layout="constrained")
    seconds = entry.get("seconds_per_frame", {})
    for axes, column in zip(figure.subplots(1, len(COLUMNS)), COLUMNS, strict=True):
        points = {
            name: (seconds[name] * 1e6, score["whole"][column])
            for name, score in entry["scores"].items()
            if name in seconds
        }
        _scatter(axes, points, trackers)
        axes.set(
            xscale="log",
            xlabel="processor time of the tracker per frame, us",
            ylabel=f"{column}, %",
            title=f"{column} on boxes of {entry['title']}, {len(entry['sequences'])} sequences",
        )
        axes.grid(alpha=0.3)
    return figure


def _scatter(axes: Axes, points: dict[str, tuple[float, float]], trackers: dict[str, Any]) -> None:
    """Draw named points; a name stands left of its point if the point is far right."""
    slowest = max((time for time, _ in points.values()), default=1.0)
    for name, (time, value) in points.items():
        is_ours = trackers[name]["is_ours"]
        axes.scatter(time, value, color=OURS if is_ours else PEERS, s=60 if is_ours else 25)
        is_right = time > slowest / 10
        axes.annotate(
            name,
            (time, value),
            xytext=(-6 if is_right else 6, 0),
            textcoords="offset points",
            ha="right" if is_right else "left",
            va="center",
            fontsize=8,
            weight="bold" if is_ours else "normal",
        )
