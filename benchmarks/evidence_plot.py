"""The forest plot of the evidence: each difference with its interval."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.evidence_people import MEASURES
from benchmarks.evidence_runs import PRESETS
from benchmarks.evidence_tables import ALL, COMPARISONS, GROUPS, Difference

COLOURS = dict(zip(GROUPS, ("black", "tab:blue", "tab:orange", "tab:green"), strict=True))


def forest_plot(found: list[Difference]) -> Figure:
    """Draw one panel per preset and measure, one line per difference and group of recordings."""
    # SORT and the motion of flatsort share a row, which has the name of the first.
    titles = {(each.one, each.other): each.title for each in reversed(found)}
    pairs_shown = [pair for pair in COMPARISONS if pair in titles]
    figure = Figure(figsize=(15, 1.2 + 0.75 * len(pairs_shown)), layout="constrained")
    panels = figure.subplots(1, len(PRESETS) * len(MEASURES), sharey=True)
    pairs = [(preset, measure) for preset in PRESETS for measure in MEASURES]
    for axes, (preset, measure) in zip(panels, pairs, strict=True):
        some = [each for each in found if (each.preset, each.measure) == (preset, measure)]
        _draw(axes, some, pairs_shown)
        axes.set(title=f"{measure}, {preset}", xlabel="difference, percentage points")
    panels[0].set_yticks(range(len(pairs_shown)), [titles[pair] for pair in pairs_shown])
    panels[0].invert_yaxis()
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(GROUPS))
    return figure


def _draw(axes: Axes, found: list[Difference], pairs: list[tuple[str, str]]) -> None:
    axes.axvline(0, color="grey", linewidth=0.8)
    for place, (group, colour) in enumerate(COLOURS.items()):
        some = [each for each in found if each.group == group]
        intervals = [each.interval for each in some]
        axes.errorbar(
            [each.measured for each in intervals],
            [pairs.index((each.one, each.other)) + 0.16 * (place - 1.5) for each in some],
            # A percentile interval need not hold the measured value.
            xerr=[
                [max(0.0, each.measured - each.low) for each in intervals],
                [max(0.0, each.high - each.measured) for each in intervals],
            ],
            fmt="D" if group == ALL else "o",
            markersize=6 if group == ALL else 4,
            color=colour,
            linewidth=1.2,
            label=group,
        )
    axes.grid(alpha=0.3, axis="x")
