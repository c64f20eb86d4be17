"""The page on adapting: quality by the minutes of learning, and tracks with the result."""

from typing import Any

from matplotlib.figure import Figure
from tabulate import tabulate

from benchmarks.accuracy_boxes import WITH_FRAMES
from benchmarks.adaptation_runs import COLUMNS, SIMULATED
from flatsort.processors import available_cores

GOALS = {1 / 3: 0.94, 1.0: 0.965, 3.0: 0.975, 10.0: 0.982}
"""AUC on MOT16-09 that the learning should reach, by minutes."""
CURVE_BOXES = ("YOLOX-x", SIMULATED)
"""Boxes that descriptors learn from for different times."""
TRACK_GOALS = {
    "YOLOX-x": "IDF1 84, HOTA 70, purity 97",
    "Faster R-CNN": "IDF1 65, HOTA 53",
    "YOLOX-nano": "IDF1 63, purity 95",
}
"""What tracking offline should reach."""
SCORES = ("AUC", "rank-1", "mAP")
TITLE = """\
# How quickly a descriptor learns

Written by `python -m benchmarks.adaptation`; do not edit by hand.

`track.py --adapt MINUTES` and `adapt.py --minutes MINUTES` learn a descriptor from the footage
itself before it is tracked. No label is used, and the learning starts from nothing.

1. Boxes that overlap from frame to frame are linked into tracklets.
2. The **closed form** is fitted to them: a linear guess of the mean picture of a crop's tracklet,
   in whitened values, with an isometric decoder. It takes seconds, and its decoder is exactly flat.
3. FlatSORT's tracks are cut where they are in doubt, and joined by movement and by these looks,
   also over absences. The closed form is fitted again to the people found so.
4. If there is time for 300 steps, the VHP-FMVAE trains on from there. Of the closed form and the
   trained weights, those are kept that err less on crops held out of both.

The minutes are the time for steps 2 to 4. People are found before it, and their boxes are kept for
the next run. AUC, rank-1 and mAP are those of the [descriptor report](descriptors/report.md), by
the centred cosine. They are measured on the footage that the descriptor learned from, as it is
used, and not on other footage.

Rank of the whitening, learning rate, augmentation, and the single round of linking were set by
hand on MOT16-09 and on scenes 300 to 302, so these figures are a little too good. The choice
between the closed form and the training uses no labels. Nor does DeepSORT's gate: it is the median
distance within a tracklet, because at the distance of equal errors the trials of the verdict mixed
up many more people on MOT16-09 and on scene 301. Linking has no gate.
"""


def make_page(rows: list[dict[str, Any]], picture: str) -> str:
    """Return the page in Markdown.

    Args:
        rows: facts and scores of each learning, as `benchmarks.adaptation_runs` gives them.
        picture: file name of the picture, beside the page.
    """
    curve = _of_curves(rows)
    tracked = [row for row in rows if row["tracks"]]
    loads = [load for row in rows for load in row["load"]]
    parts = [
        TITLE.rstrip(),
        f"The machine has {available_cores()} cores and was shared with other work: its load was "
        f"{min(loads):.1f} to {max(loads):.1f}. A learning uses one core, and on a loaded machine "
        "it takes fewer steps per minute than on an idle one.",
        f"![AUC by minutes of learning]({picture})",
        "## Scores by minutes",
        "Learning from the boxes of YOLOX-x (MOT16-09) or of the scene's own detector. **Took** is "
        "the time until the weights were written, with the cutting of the crops where it was not "
        "done before: steps are planned beforehand, and other work may slow them down.",
        _curve_table(curve),
        "## Tracking MOT16-09 offline",
        "Each descriptor learned for three minutes from the boxes that it then links; here the "
        "verdict, which chooses between the old and the new one, is not asked. **--fill** "
        "fills gaps of an identity, **--thresholds auto** learns FlatSORT's thresholds from the "
        "boxes; [linking.md](linking.md) has the same for the shipped descriptors. From the fewer "
        "boxes of the weaker detectors less is learned: see their AUC.",
        _track_table(tracked),
    ]
    return "\n\n".join(parts) + "\n"


def plot_curves(rows: list[dict[str, Any]]) -> Figure:
    """Draw AUC by minutes of learning, one line per footage, with the goals."""
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    curve = _of_curves(rows)
    for name in dict.fromkeys(row["footage"] for row in curve):
        points = sorted(
            (row["minutes"], row["scores"]["AUC"]) for row in curve if row["footage"] == name
        )
        is_real = name == WITH_FRAMES
        axes.plot(
            *zip(*points, strict=True),
            marker="o",
            label=name,
            linewidth=2.5 if is_real else 1.2,
            linestyle="-" if is_real else "--",
        )
    axes.plot(list(GOALS), list(GOALS.values()), "kx", label="goal on MOT16-09")
    axes.set_xscale("log")
    axes.set_xticks(list(GOALS), ["20 s", "1 min", "3 min", "10 min"])
    axes.minorticks_off()
    axes.set(xlabel="time of learning", ylabel="AUC")
    axes.grid(alpha=0.3)
    axes.legend()
    return figure


def _of_curves(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows of MOT16-09 with the boxes of YOLOX-x, and of the scenes."""
    return [row for row in rows if row["boxes"] in CURVE_BOXES]


def _curve_table(rows: list[dict[str, Any]]) -> str:
    table = []
    order = list(dict.fromkeys(row["footage"] for row in rows))
    for row in sorted(rows, key=lambda row: (order.index(row["footage"]), row["minutes"])):
        goal = GOALS.get(row["minutes"]) if row["footage"] == WITH_FRAMES else None
        table.append(
            [
                row["footage"],
                _duration(row["minutes"]),
                f"{row['seconds']:.0f} s",
                f"{row['steps']:,}",
                _kept(row),
                *(f"{row['scores'][name]:.3f}" for name in SCORES),
                "" if goal is None else f"{goal:.3f}",
            ]
        )
    return _markdown(table, ["footage", "time", "took", "steps", "kept", *SCORES, "goal, AUC"])


def _track_table(rows: list[dict[str, Any]]) -> str:
    table = [
        [
            row["boxes"],
            f"{row['scores']['AUC']:.3f}",
            way,
            *(_score(name, columns[name]) for name in COLUMNS),
            TRACK_GOALS[row["boxes"]],
        ]
        for row in rows
        for way, columns in row["tracks"].items()
    ]
    return _markdown(table, ["boxes", "AUC", "way", *COLUMNS, "goal"])


def _score(name: str, value: float) -> str:
    return f"{value:.0f}" if name == "IDs" else f"{value:.1f}"


def _kept(row: dict[str, Any]) -> str:
    if row["steps"]:
        return "trained"
    return "closed form"


def _duration(minutes: float) -> str:
    return f"{60 * minutes:.0f} s" if minutes < 1 else f"{minutes:g} min"


def _markdown(table: list[list[str]], header: list[str]) -> str:
    return tabulate(table, header, tablefmt="github", disable_numparse=True)
