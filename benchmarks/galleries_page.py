"""Write the figures of benchmarks/galleries.py as a page."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from tabulate import tabulate

from benchmarks.galleries_engines import BATCH, NEAREST
from benchmarks.galleries_latents import BOXES_PER_TRACK
from benchmarks.galleries_real import QUANTILES, Kind
from benchmarks.galleries_simulation import TRACKS, WORDS
from benchmarks.machine import facts_line
from flatsort.retrieval.box_gallery import EXACT_BOXES, SPARE
from flatsort.retrieval.inverted_lists import PROBED, lists_for

COMMAND = "python -m benchmarks.galleries --clips data/clips/*"
GOAL_RECALL, GOAL_BYTES = 0.95, 6e9
_Z = 1.96
"""Half the width of a 95 % interval, in standard errors."""
INTRODUCTION = """\
# Large galleries

How the engines of `search query` behave as the number of boxes grows. Written by `{command}`.

**kd-tree** and **faiss** compare exactly, with all boxes in memory. **approximate** is the engine
of a gallery (`--out NAME.gallery`): faiss sorts boxes into lists and rounds each number to one
byte. A query looks into {probed} lists. The exact distances of features on disk then rank the
candidates, {spare} per wanted box. **lancedb** is the database (`--out NAME.lance`). Its index is
of the same kind, with as many lists and the same exact ranking. A search is exact up to {exact:,}
boxes. Above that number the gallery's own engine answers, and the answer says so.
"""
LEGEND = """\
**Recall** is the share of the {nearest} nearest boxes that an engine finds, as a comparison with
all boxes knows them, with its 95 % interval over {queries} queries. **Own memory** is the peak of
the memory that the process itself holds. **Mapped** is the peak of the pages of mapped files; the
kernel drops them when memory is short. Each engine has a process of its own. **Open** is the time
until the first query can start; the exact engines build their index in this time. **Queries/s** are
those of one query at a time, and of {batch} at a time."""
CHOICE = """\
## How the defaults were chosen

The table holds the recall of the approximate engine with several numbers of lists, for queries with
a seed of their own. The default is {probed}. It was chosen from such queries among 100,000 and
1,000,000 boxes, so that the recall stays above the goal when it falls again from one million to ten
as much as it fell before. The number of lists is 2 times the square root of the number of boxes."""
SIMULATION = """\
## The simulated boxes

{words}

The table compares them with the labelled boxes from which the model was fitted, by Euclidean
distances of prepared features. Both kinds have as many people, tracks and boxes. Distances are the
{quantiles} quantiles over one query per track. The last rows are the recall of the approximate
engine, for the {nearest} nearest boxes of other tracks. Where the simulated boxes have the lower
recall, they are the harder case. In the labelled footage, tracks of a person follow one another
within seconds and people overlap, so some neighbours are nearer than any simulated one."""


def make_page(rows: list[dict[str, Any]], kinds: list[Kind], machine: dict[str, str | int]) -> str:
    """Return the page in Markdown.

    Args:
        rows: the figures of each size and engine.
        kinds: labelled and simulated boxes of one size.
        machine: facts on the machine.
    """
    parts = [
        INTRODUCTION.format(command=COMMAND, probed=PROBED, spare=SPARE, exact=EXACT_BOXES),
        *_verdict(rows),
        "## Search",
        _search_table(rows),
        LEGEND.format(nearest=NEAREST, queries=len(rows[0]["search"]["shares"]), batch=BATCH),
        "## Build",
        _build_table(rows),
        "Both are built block by block. The time includes the copy of all features, and the "
        "measurement of the recall with boxes of the gallery itself.",
        CHOICE.format(probed=PROBED),
        _choice_table(rows),
        SIMULATION.format(
            words=WORDS.format(tracks=TRACKS, boxes=BOXES_PER_TRACK),
            quantiles=", ".join(f"{100 * each:.0f} %" for each in QUANTILES),
            nearest=NEAREST,
        ),
        _kind_table(kinds),
        facts_line(machine),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def recall_with_interval(shares: list[float]) -> tuple[float, float, float]:
    """Return the mean of shares and its 95 % interval, which ends at 1."""
    values: NDArray[np.float64] = np.array(shares)
    half = _Z * values.std(ddof=1) / len(values) ** 0.5
    return values.mean(), max(0.0, values.mean() - half), min(1.0, values.mean() + half)


def _verdict(rows: list[dict[str, Any]]) -> list[str]:
    """Return a sentence on the goal for the largest approximate gallery."""
    found = [row for row in rows if row["engine"] == "approximate"]
    if not found:
        return []
    row = found[-1]
    recall, low, high = recall_with_interval(row["search"]["shares"])
    own = max(row[step]["memory"]["anonymous"] for step in ("build", "search"))
    is_met = recall >= GOAL_RECALL and own < GOAL_BYTES
    return [
        f"With {row['size']:,} boxes, the approximate engine finds {recall:.3f} ({low:.3f} to "
        f"{high:.3f}) of the ten nearest boxes and needs at most {own / 1e9:.2f} GB. The goal, "
        f"{GOAL_RECALL} and less than {GOAL_BYTES / 1e9:.0f} GB, is "
        f"{'met' if is_met else 'missed'}."
    ]


def _search_table(rows: list[dict[str, Any]]) -> str:
    table = []
    for row in rows:
        figures = row["search"]
        recall, low, high = recall_with_interval(figures["shares"])
        table.append(
            [
                f"{row['size']:,}",
                row["engine"],
                f"{recall:.4f} ({low:.4f} to {high:.4f})",
                *_memory(figures["memory"]),
                f"{figures['seconds_to_open']:.1f} s",
                f"{1 / figures['seconds_per_query']:,.0f}",
                f"{1 / figures['seconds_per_query_in_batches']:,.0f}",
            ]
        )
    one, many = "Queries/s, one", f"Queries/s, {BATCH}"
    return _markdown(
        table,
        ["Boxes", "Engine", "Recall", "Own memory", "Mapped", "Open", one, many],
    )


def _build_table(rows: list[dict[str, Any]]) -> str:
    table = [
        [
            f"{row['size']:,}",
            row["engine"],
            f"{row['build']['seconds']:.0f} s",
            *_memory(row["build"]["memory"]),
        ]
        for row in rows
        if "build" in row
    ]
    return _markdown(table, ["Boxes", "Engine", "Time", "Own memory", "Mapped"])


def _choice_table(rows: list[dict[str, Any]]) -> str:
    tuned = [row for row in rows if "tune" in row]
    table = [
        [
            f"{row['size']:,}",
            f"{lists_for(row['size']):,}",
            *(f"{recall:.4f}" for recall in row["tune"].values()),
        ]
        for row in tuned
    ]
    probed = list(tuned[0]["tune"]) if tuned else []
    return _markdown(table, ["Boxes", "Lists", *(f"{count} looked into" for count in probed)])


def _kind_table(kinds: list[Kind]) -> str:
    table = []
    for name in kinds[0].distances:
        cells = [", ".join(f"{value:.2f}" for value in kind.distances[name]) for kind in kinds]
        table.append([name, *cells])
    for probed in kinds[0].recalls:
        name = f"recall, {probed} of {kinds[0].lists} lists"
        table.append([name, *(f"{kind.recalls[probed]:.3f}" for kind in kinds)])
    heads = [f"{kind.name}, {kind.boxes:,} boxes" for kind in kinds]
    return _markdown(table, ["", *heads])


def _memory(memory: dict[str, int]) -> list[str]:
    """Return the process's own memory and the mapped pages."""
    return [f"{memory[name] / 1e9:.2f} GB" for name in ("anonymous", "of_files")]


def _markdown(table: list[list[str]], headers: list[str]) -> str:
    return tabulate(table, headers, tablefmt="github", disable_numparse=True)
