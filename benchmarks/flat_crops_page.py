"""The page on what flatness buys on crops of people."""

from pathlib import Path

import numpy as np
from tabulate import tabulate

from benchmarks.accuracy_boxes import WITH_FRAMES
from benchmarks.flat_crops_bootstrap import DRAWS, LEVEL, Interval, Measure, difference, interval
from benchmarks.flat_crops_figures import COLUMNS, Column, figures
from benchmarks.flat_crops_measures import NEAREST
from benchmarks.flat_crops_runs import Measured, Sizes
from benchmarks.flat_crops_text import (
    COST,
    DEFINITIONS,
    NO_ABLATIONS,
    ONE_TRAINING,
    PICTURE,
    SEVERAL_TRAININGS,
    TITLE,
    TRAININGS,
    plane_text,
)
from benchmarks.flat_linking_footage import FIRST_SEED, SCENES
from flatsort.reid_vae.weights.weights_file import read_card


def make_page(
    measured: list[Measured], kinds: dict[str, list[Path]], sizes: Sizes, picture: str
) -> str:
    """Return the page in Markdown.

    Args:
        measured: every training on every footage.
        kinds: name -> weights files; the first kind is flat, and the others are compared with it.
        sizes: numbers of crops.
        picture: name of the picture's file.
    """
    groups = list(dict.fromkeys(each.group for each in measured))
    scenes = len({each.footage for each in measured if each.group == SCENES})
    most = max(map(len, kinds.values()))
    cards = {kind: [read_card(path) for path in paths] for kind, paths in kinds.items()}
    residuals = {
        kind: float(np.mean([card["affine_residual"]["decoder"] for card in some]))
        for kind, some in cards.items()
    }
    reach = ONE_TRAINING if most == 1 else SEVERAL_TRAININGS
    found = {group: {kind: figures(measured, kind, group) for kind in kinds} for group in groups}
    titles = {group: f"{scenes} rendered scenes" if group == SCENES else group for group in groups}
    parts = [
        TITLE,
        *(_summary(titles[group], found[group], most) for group in groups),
        plane_text(residuals),
        "## Definitions",
        DEFINITIONS.format(
            queries=sizes.queries,
            crops=sizes.crops,
            chance=f"{100 * NEAREST / (sizes.crops - 1):.0f} %",
            scenes=scenes,
            first=FIRST_SEED,
            level=f"{100 * LEVEL:.0f} %",
            draws=f"{DRAWS:,}",
        ),
        reach,
    ]
    for group in groups:
        parts += [
            f"## {titles[group][0].upper()}{titles[group][1:]}",
            _values(found[group], most),
            _differences(found[group], most),
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
        _trainings(kinds, cards),
    ]
    if all(
        card["settings"]["constants"].get(term, True)
        for some in cards.values()
        for card in some
        for term in ("mixed", "normalised")
    ):
        parts.append(NO_ABLATIONS)
    return "\n\n".join(parts) + "\n"


def _summary(title: str, found: dict[str, dict[str, Measure]], trainings: int) -> str:
    """Return how the first two kinds compare, as a list with one line per outcome."""
    flat, other, *_ = found
    outcomes: dict[str, list[str]] = {}
    for name, column in COLUMNS.items():
        change = difference(found[flat][name], found[other][name], trainings)
        outcomes.setdefault(_word(change, column, flat, other), []).append(name)
    lists = [f"  - {word}: {'; '.join(names)}" for word, names in outcomes.items()]
    return "\n".join([f"- {title}, `{flat}` against `{other}`:", *lists])


def _values(found: dict[str, dict[str, Measure]], trainings: int) -> str:
    table = []
    for name, column in COLUMNS.items():
        cells = [_text(interval(each[name], trainings), column) for each in found.values()]
        table.append([column.title, *cells])
    return _markdown(table, ["", *found])


def _differences(found: dict[str, dict[str, Measure]], trainings: int) -> str:
    flat, *others = found
    table = []
    for name, column in COLUMNS.items():
        changes = [difference(found[flat][name], found[each][name], trainings) for each in others]
        cells = [
            _verdict(change, column, flat, other)
            for change, other in zip(changes, others, strict=True)
        ]
        table.append([column.title, *cells])
    return _markdown(table, ["", *(f"{flat} minus {other}" for other in others)])


def _text(value: Interval, column: Column, sign: str = "") -> str:
    # Adding zero turns -0.0 into 0.0.
    mean, low, high = (
        f"{round(each, column.digits) + 0.0:{sign}.{column.digits}f}"
        for each in (value.mean, value.low, value.high)
    )
    return f"{mean} ({low} to {high})"


def _verdict(change: Interval, column: Column, flat: str, other: str) -> str:
    """Return a difference with its interval, and what it says."""
    return f"{_text(change, column, '+')}: {_word(change, column, flat, other)}"


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


def _trainings(kinds: dict[str, list[Path]], cards: dict[str, list[dict]]) -> str:
    table = []
    for kind, paths in kinds.items():
        for path, card in zip(paths, cards[kind], strict=True):
            settings, measured = card["settings"], card["measured"]
            constants = settings["constants"]
            table.append(
                [
                    kind,
                    path.stem,
                    str(settings["seed"]),
                    str(settings["steps"]),
                    f"{constants['beta']:g}",
                    "yes" if WITH_FRAMES in card["data"]["sequences"] else "no",
                    "yes" if constants.get("mixed", True) else "no",
                    "yes" if constants.get("normalised", True) else "no",
                    f"{measured['rms_error']:.3f}",
                    f"{measured['c_squared']:.3g}",
                    f"{100 * card['affine_residual']['decoder']:.2g} %",
                ]
            )
    headers = [
        "kind",
        "weights",
        "seed",
        "steps",
        "beta",
        f"saw {WITH_FRAMES}",
        "mixup",
        "normalisation",
    ]
    return _markdown(table, [*headers, "error", "c^2", "affine residual"])


def _markdown(table: list[list[str]], headers: list[str]) -> str:
    return tabulate(table, headers, tablefmt="github", disable_numparse=True)
