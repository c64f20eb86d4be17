"""The page of the comparison on rendered scenes."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t
from tabulate import tabulate

from benchmarks.scenes_runs import CONTESTANTS, FRAMES, OURS, RATE, STEPS, Contestant, Row

TITLE = """\
# Trackers on rendered scenes

The same trackers on streets that no descriptor was trained on. Each scene has other people,
clothes, paths, camera and light. Thresholds of FlatSORT for looks were set by hand on scenes of
the same renderer, mostly with other seeds. The rows "offline" track by motion and then link the
tracks of the whole scene; "filled" ones also fill gaps of up to 1.5 s. Written by
`python -m benchmarks.scenes`."""

COLUMNS = ("IDF1", "HOTA", "Purity", "Continuity", "IDs")
OPTIONAL = ("Purity", "Continuity")
CONFIDENCE = 0.95


def make_page(rows: list[Row]) -> str:
    """Return the page in Markdown."""
    scenes = {row.scene.seed: row.scene for row in rows}
    rates = ", ".join(f"{RATE / step:.3g}" for step in STEPS)
    parts = [
        TITLE,
        f"{len(scenes)} scenes of {FRAMES / RATE:g} seconds, at {rates} frames per second by turns."
        " Each figure is a mean over the scenes.",
        _means(rows),
        "## The difference to flatsort with fmvae-track-unseen",
        "Mean over the scenes of the paired difference, *tracker* minus *flatsort, "
        f"fmvae-track-unseen*, with its {CONFIDENCE:.0%} interval (Student's t over scenes). Where "
        "the interval holds 0, these scenes cannot tell which one is better.",
        _differences(rows),
        "## By frame rate",
        "IDF1 / Purity.",
        _by_rate(rows),
    ]
    return "\n\n".join(parts) + "\n"


def _means(rows: list[Row]) -> str:
    table = [
        [each.name, *(f"{_values(rows, each, column).mean():.1f}" for column in COLUMNS)]
        for each in CONTESTANTS
    ]
    return _markdown(table, ["tracker", *COLUMNS])


def _differences(rows: list[Row]) -> str:
    table = []
    for each in CONTESTANTS:
        if each != OURS:
            pairs = [
                _values(rows, each, column) - _values(rows, OURS, column) for column in COLUMNS
            ]
            table.append([each.name, *map(_interval, pairs)])
    return _markdown(table, ["tracker", *COLUMNS])


def _by_rate(rows: list[Row]) -> str:
    rates = sorted({row.scene.rate for row in rows}, reverse=True)
    table = []
    for each in CONTESTANTS:
        cells = []
        for rate in rates:
            some = [row for row in rows if row.scene.rate == rate]
            means = [_values(some, each, column).mean() for column in ("IDF1", "Purity")]
            cells.append(" / ".join(f"{mean:.1f}" for mean in means))
        table.append([each.name, *cells])
    return _markdown(table, ["tracker", *(f"{rate:.3g} frames/s" for rate in rates)])


def _values(rows: list[Row], contestant: Contestant, column: str) -> NDArray[np.float64]:
    """Return one value per scene, in the order of the scenes."""
    return np.array(
        [row.score.columns(OPTIONAL)[column] for row in rows if row.contestant == contestant]
    )


def _interval(differences: NDArray[np.float64]) -> str:
    count, mean = len(differences), differences.mean()
    if count < 2:
        return f"{mean:+.1f}"
    error = differences.std(ddof=1) / np.sqrt(count)
    margin = t.ppf((1 + CONFIDENCE) / 2, count - 1) * error
    return f"{mean:+.1f} ({mean - margin:+.1f} to {mean + margin:+.1f})"


def _markdown(table: Iterable[list[str]], headers: list[str]) -> str:
    return tabulate(table, headers, tablefmt="github", disable_numparse=True)
