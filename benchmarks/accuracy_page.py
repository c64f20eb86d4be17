"""The page of the accuracy benchmark, docs/benchmark.md, and its picture."""

from pathlib import Path
from typing import Any

from benchmarks.accuracy_plot import draw
from benchmarks.accuracy_scores import COMPARED, jackknife_error
from benchmarks.accuracy_trackers import LEAST_CONFIDENCE
from benchmarks.machine import facts_line
from flatsort.evaluation.tracks.counts import OPTIONAL_COLUMNS
from flatsort.evaluation.tracks.score_table import format_cell
from flatsort.files.atomic import atomic_writer
from flatsort.images.figure_file import write_figure

OUR_BEST = "flatsort"
"""The tracker that the page compares with the best peer."""
SHORT = ("HOTA", "IDF1", "Purity", "Continuity", "MOTA", "IDs", "AssPr", "AssRe")
"""The columns of the tables of second halves."""
PICTURE = "benchmark.png"


def write_page(figures: dict[str, Any], folder: Path) -> None:
    """Write benchmark.md and its picture into a folder.

    Args:
        figures: the figures of the steps `track`, `score` and `time`.
        folder: the folder.
    """
    sets = {key: each for key, each in figures["sets"].items() if each.get("scores")}
    parts = [
        _introduction(figures),
        *(_set_section(each, figures["trackers"]) for each in sets.values()),
        _settings(figures["trackers"], sets),
    ]
    write_figure(folder / PICTURE, draw(sets["yolox"], figures["trackers"]))
    with atomic_writer(folder / "benchmark.md") as file:
        file.write("\n\n".join(parts) + "\n")


def _introduction(figures: dict[str, Any]) -> str:
    columns = "\n".join(f"- **{name}**: {text}." for name, text in OPTIONAL_COLUMNS.items())
    return (
        "# Benchmark\n\n"
        "Our trackers beside others, on the same boxes. Written by "
        "`python -m benchmarks.accuracy`; do not edit by hand.\n\n"
        "A tracker with a second stage for weak boxes gets all boxes of a confidence of "
        f"{LEAST_CONFIDENCE} and above; every other tracker gets only strong boxes. Peers have "
        "their own defaults and, if they take one, the sequence's frame rate; "
        "[Settings](#settings) lists the rest. "
        "No tracker follows the camera by frames, so that the boxes are enough to measure again. "
        f"The thresholds of `{OUR_BEST}` were tuned on these same sequences. Rows are sorted "
        "by HOTA; our trackers are bold. Beside the columns of the paper's Table 2 and HOTA:\n\n"
        f"{columns}\n\n"
        f"![HOTA and IDF1 against processor time per frame]({PICTURE})\n\n"
        f"{_timing(figures.get('timing'))}"
    )


def _timing(timing: dict[str, Any] | None) -> str:
    if timing is None:
        return "The times have not been measured."
    busy = (
        f" The machine was busy: its load reached {timing['load']:.1f} on {timing['processors']} "
        "processors, so the times are longer than on an idle machine; `--step time page` measures "
        "them again."
        if timing["load"] > timing["processors"]
        else ""
    )
    return (
        "**us** is the processor time of an update per frame, in microseconds: the median of "
        f"{timing['repeat']} turns over the first {timing['frames']} frames of each sequence. "
        "Boxes are in memory, in the tracker's own form; frames, for trackers that look at them, "
        f"are decoded, and the time includes describing the boxes.{busy} "
        f"{facts_line(timing['machine'])}"
    )


def _set_section(entry: dict[str, Any], trackers: dict[str, Any]) -> str:
    names, scores = entry["sequences"], entry["scores"]
    where = names[0] if len(names) == 1 else f"{len(names)} sequences"
    lines = [
        f"## {entry['title']}, {where}",
        f"{entry['note']} Strong boxes have a confidence of {entry['strong']} and above.",
        _score_table(entry, trackers),
    ]
    if all(score["without"] for score in scores.values()) and OUR_BEST in scores:
        lines += ["", _comparison(scores, trackers)]
    if all(score["halves"] for score in scores.values()):
        lines += [
            f"### {entry['title']}, second halves",
            "The trackers run over whole sequences; only the second half of the frames is scored.",
            _table(scores, trackers, "halves", SHORT),
        ]
    return "\n\n".join(line for line in lines if line)


def _score_table(entry: dict[str, Any], trackers: dict[str, Any]) -> str:
    scores = entry["scores"]
    columns = list(next(iter(scores.values()))["whole"])
    seconds = entry.get("seconds_per_frame", {})
    times = {name: f"{seconds[name] * 1e6:,.0f}" if name in seconds else "" for name in scores}
    return _table(scores, trackers, "whole", columns, times)


def _table(
    scores: dict[str, Any],
    trackers: dict[str, Any],
    part: str,
    columns: list[str] | tuple[str, ...],
    times: dict[str, str] | None = None,
) -> str:
    """Return one row per tracker, best HOTA first, with the columns of a part of its score."""
    from tabulate import tabulate

    rows = []
    for name in sorted(scores, key=lambda each: -scores[each][part]["HOTA"]):
        values = scores[name][part]
        label = f"**{name}**" if trackers[name]["is_ours"] else name
        cells = [format_cell(column, values[column]) for column in columns]
        rows.append([label, *([times[name]] if times else []), *cells])
    header = ["Tracker", *(["us"] if times else []), *columns]
    align = ["left", *["right"] * (len(header) - 1)]
    return tabulate(rows, header, tablefmt="github", colalign=align, disable_numparse=True)


def _comparison(scores: dict[str, Any], trackers: dict[str, Any]) -> str:
    """Return the table of OUR_BEST against the best peer in each column, with the jackknife."""
    from tabulate import tabulate

    ours = scores[OUR_BEST]
    peers = [name for name in scores if not trackers[name]["is_ours"]]
    rows = []
    for column in COMPARED:
        best = max(peers, key=lambda name: scores[name]["whole"][column])
        theirs = scores[best]
        gains = {
            left_out: ours["without"][left_out][column] - theirs["without"][left_out][column]
            for left_out in ours["without"]
        }
        least = min(gains, key=gains.__getitem__)
        rows.append(
            [
                column,
                f"{ours['whole'][column]:.2f}",
                best,
                f"{theirs['whole'][column]:.2f}",
                f"{ours['whole'][column] - theirs['whole'][column]:+.2f}",
                f"{jackknife_error(list(gains.values())):.2f}",
                f"{gains[least]:+.2f} without {least}",
            ]
        )
    header = ["", OUR_BEST, "best peer", "its value", "difference", "standard error", "least"]
    table = tabulate(rows, header, tablefmt="github", disable_numparse=True)
    return (
        f"`{OUR_BEST}` against the peer that is best in each column. The standard error of the "
        "difference is the jackknife's over sequences; **least** is the smallest difference that "
        f"remains when one sequence is left out.\n\n{table}"
    )


def _settings(trackers: dict[str, Any], sets: dict[str, Any]) -> str:
    from tabulate import tabulate

    scored = {name for each in sets.values() for name in each["scores"]}
    rows = [
        [
            name,
            f"{each['package']} {each['version']}".strip(),
            each["settings"],
            "all" if each["takes_all"] else "strong",
        ]
        for name, each in trackers.items()
        if name in scored
    ]
    table = tabulate(rows, ["tracker", "package", "settings", "boxes"], tablefmt="github")
    missing = sorted({each["package"] for name, each in trackers.items() if name not in scored})
    note = f"\n\nNot installed, so not measured: {', '.join(missing)}." if missing else ""
    return f"## Settings\n\n{table}{note}"
