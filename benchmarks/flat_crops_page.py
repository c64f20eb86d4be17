"""The page on what flatness buys on crops of people."""

from pathlib import Path

import numpy as np
from tabulate import tabulate

from benchmarks.flat_crops_bootstrap import DRAWS, LEVEL, Interval, Measure, difference, interval
from benchmarks.flat_crops_figures import COLUMNS, Column, figures
from benchmarks.flat_crops_measures import NEAREST
from benchmarks.flat_crops_runs import Measured, Sizes
from benchmarks.flat_crops_text import (
    COST,
    DEFINITIONS,
    ONE_TRAINING,
    PICTURE,
    SEVERAL_TRAININGS,
    TITLE,
    TRAININGS,
    pairs_text,
    plane_text,
)
from benchmarks.flat_crops_trainings import (
    Training,
    are_alike,
    read_training,
    starts_text,
    trainings_table,
)
from benchmarks.flat_linking_footage import FIRST_SEED, SCENES


def make_page(
    measured: list[Measured],
    kinds: dict[str, list[Path]],
    sizes: Sizes,
    command: str,
    picture: str,
) -> str:
    """Return the page in Markdown.

    Args:
        measured: every training on every footage.
        kinds: name -> weights files; each is compared with the first kind of as many latents.
        sizes: numbers of crops.
        command: the command line that writes the page.
        picture: name of the picture's file.
    """
    groups = list(dict.fromkeys(each.group for each in measured))
    scenes = len({each.footage for each in measured if each.group == SCENES})
    most = max(map(len, kinds.values()))
    trainings = {kind: [read_training(path) for path in paths] for kind, paths in kinds.items()}
    pairs = _pairs(trainings)
    residuals = {
        kind: float(np.mean([each.affine_residual for each in some]))
        for kind, some in trainings.items()
    }
    level = f"{100 * LEVEL:.0f} %"
    reach = ONE_TRAINING if most == 1 else SEVERAL_TRAININGS.format(level=level)
    found = {group: {kind: figures(measured, kind, group) for kind in kinds} for group in groups}
    titles = {group: f"{scenes} rendered scenes" if group == SCENES else group for group in groups}
    parts = [
        TITLE.format(command=command),
        pairs_text(pairs),
        *(_summary(titles[group], found[group], pair, most) for group in groups for pair in pairs),
        starts_text(trainings, pairs),
        plane_text(residuals),
        "## Definitions",
        DEFINITIONS.format(
            queries=sizes.queries,
            crops=sizes.crops,
            chance=f"{100 * NEAREST / (sizes.crops - 1):.0f} %",
            scenes=scenes,
            first=FIRST_SEED,
            level=level,
            draws=f"{DRAWS:,}",
        ),
        reach,
    ]
    for group in groups:
        parts += [
            f"## {titles[group][0].upper()}{titles[group][1:]}",
            _values(found[group], most),
            _differences(found[group], pairs, most),
        ]
    parts += [
        "## Cost of geodesics",
        COST,
        _costs(measured, kinds),
        "## Pictures between two people",
        PICTURE,
        f"![decoded pictures between two people]({picture})",
        "## What was trained",
        TRAININGS,
        trainings_table(trainings),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _pairs(trainings: dict[str, list[Training]]) -> list[tuple[str, str]]:
    """Return each kind with the first kind of as many latents, which stands first in the pair."""
    kinds = list(trainings)
    firsts = {
        kind: next(each for each in kinds if are_alike(trainings[each], trainings[kind]))
        for kind in kinds
    }
    return [(first, kind) for kind, first in firsts.items() if first != kind]


def _summary(
    title: str, found: dict[str, dict[str, Measure]], pair: tuple[str, str], trainings: int
) -> str:
    """Return how two kinds compare, as a list."""
    flat, other = pair
    outcomes: dict[str, list[str]] = {}
    for name, column in COLUMNS.items():
        change = difference(found[flat][name], found[other][name], trainings)
        outcomes.setdefault(_word(change, column, flat, other), []).append(name)
    lists = [f"  - {word}: {'; '.join(names)}" for word, names in outcomes.items()]
    return "\n".join([f"- {title}, `{flat}` against `{other}`:", *lists])


def _values(found: dict[str, dict[str, Measure]], trainings: int) -> str:
    table = []
    for name, column in COLUMNS.items():
        cells = [
            _text(interval(each[name], trainings, column.limits), column) for each in found.values()
        ]
        table.append([column.title, *cells])
    return _markdown(table, ["", *found])


def _differences(
    found: dict[str, dict[str, Measure]], pairs: list[tuple[str, str]], trainings: int
) -> str:
    """Return a table of differences with verdicts, one column per pair."""
    table = []
    for name, column in COLUMNS.items():
        changes = [
            difference(found[one][name], found[other][name], trainings) for one, other in pairs
        ]
        cells = [
            f"{_text(change, column, '+')}: {_word(change, column, *pair)}"
            for change, pair in zip(changes, pairs, strict=True)
        ]
        table.append([column.title, *cells])
    return _markdown(table, ["", *(f"{one} minus {other}" for one, other in pairs)])


def _text(value: Interval, column: Column, sign: str = "") -> str:
    # Adding zero turns -0.0 into 0.0.
    mean, low, high = (
        f"{round(each, column.digits) + 0.0:{sign}.{column.digits}f}"
        for each in (value.mean, value.low, value.high)
    )
    return f"{mean} ({low} to {high})"


def _word(change: Interval, column: Column, flat: str, other: str) -> str:
    """Return what a difference says."""
    # The printed interval decides: a difference that rounds to 0 is none.
    if round(change.low, column.digits) <= 0 <= round(change.high, column.digits):
        return "cannot tell"
    if column.larger_is_better is None:
        return f"{flat if change.mean < 0 else other} is nearer"
    return f"{flat if (change.mean > 0) == column.larger_is_better else other} is better"


def _costs(measured: list[Measured], kinds: dict[str, list[Path]]) -> str:
    table = []
    for kind in kinds:
        costs = [each.cost for each in measured if each.kind == kind]
        points, geodesic, distance = (
            float(np.mean([getattr(cost, name) for cost in costs]))
            for name in ("decoded_points", "geodesic_s", "distance_s")
        )
        ratio = float(f"{geodesic / distance:.1g}")
        table.append([kind, f"{points:,.0f}", f"{1e3 * geodesic:,.0f} ms", f"{ratio:,.0f}"])
    headers = ["", "decoded points per geodesic", "time", "times a Euclidean distance"]
    return _markdown(table, headers)


def _markdown(table: list[list[str]], headers: list[str]) -> str:
    return tabulate(table, headers, tablefmt="github", disable_numparse=True)
