"""The page on what a flat latent space brings to linking."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t
from tabulate import tabulate

from benchmarks.accuracy_scores import jackknife_error
from benchmarks.flat_linking_footage import FIRST_SEED, SCENES, Way
from benchmarks.flat_linking_measures import transfer_losses
from benchmarks.flat_linking_runs import Measured

TITLE = """\
# One distance for all: does a flat space link better?

The paper's claim is that in a flat latent space one distance means the same everywhere. Linking
puts it to the test: it learns on each footage how strongly a distance speaks for one person, and
adds up the evidence of many tracklets. `fmvae` is flat and `vhpvae` is not; both have the same
network, crops and training. Written by `python -m benchmarks.flat_linking`."""
DEFINITIONS = """\
All figures come from tracks by motion alone, cut into tracklets, on {footage}.
Pairs are two tracklets with a known person that share no frame; pairs of one person weigh as much
as pairs of two.

- **Calibration error**: mean difference between the stated P(one person) and the true share, in %.
- **Log loss**: mean of -ln P(truth), in nats. Without any knowledge it is 0.69. "4 crops" describes
  each tracklet by four crops, "all" by up to 24: evidence adds up if "all" is smaller.
- **Threshold loss**: percentage points of balanced error that the best threshold of one footage
  costs on another one, compared with that one's own best threshold.
- **Worst, spread**: the smallest IDF1, and the difference from the largest, while the evidence that
  a join must exceed goes from -1 to 3 nats.

Nothing was tuned on these scenes (seeds {first} and above). `fmvae`, `vhpvae` and `fmvae-track` saw
crops of MOT16-09 in their training, without labels. A supervised network learned identities. Each
descriptor is one training, so the intervals speak of other scenes and not of other trainings."""
COLUMNS = (
    "calibration error",
    "log loss, 4 crops",
    "log loss, all",
    "IDF1",
    "purity",
    "IDF1, worst",
    "IDF1, spread",
)
TRANSFER = "threshold loss"
PAIRS = (("fmvae", "vhpvae"), ("fmvae, Euclidean", "vhpvae, Euclidean"))
LARGER_IS_BETTER = ("IDF1", "purity", "IDF1, worst")
CONFIDENCE = 0.95


def make_page(measured: list[Measured], ways: list[Way]) -> str:
    """Return the page in Markdown."""
    groups = list(dict.fromkeys(each.group for each in measured))
    names = [way.name for way in ways]
    scenes = len({each.footage for each in measured if each.group == SCENES})
    boxes = len({each.footage for each in measured}) - scenes
    footage = f"MOT16-09 with the boxes of {boxes} detectors, and {scenes} rendered scenes"
    parts = [TITLE, DEFINITIONS.format(footage=footage, first=FIRST_SEED)]
    for group in groups:
        some = [each for each in measured if each.group == group]
        title = "Rendered scenes, means" if group == SCENES else f"{group}, means over detectors"
        parts += [f"## {title}", _means(some, names)]
    some = [each for each in measured if each.group == SCENES]
    parts += [
        "## Flat minus not flat",
        f"Paired differences over the {scenes} scenes with {CONFIDENCE:.0%} intervals (Student's t "
        "over scenes; the jackknife over scenes for the threshold loss). Where the interval holds "
        "0, these scenes cannot tell.",
        _differences(some),
    ]
    return "\n\n".join(parts) + "\n"


def _means(measured: list[Measured], names: list[str]) -> str:
    table = []
    for name in names:
        cells = [
            f"{_values(measured, name, column).mean():.{_digits(column)}f}" for column in COLUMNS
        ]
        table.append([name, *cells, f"{100 * _mean_loss(_losses(measured, name)):.1f}"])
    return _markdown(table, ["descriptor", *COLUMNS, TRANSFER])


def _differences(measured: list[Measured]) -> str:
    table = []
    for column in (*COLUMNS, TRANSFER):
        cells = []
        for flat, other in PAIRS:
            if column == TRANSFER:
                change = 100 * (_losses(measured, flat) - _losses(measured, other))
                mean, error = _mean_loss(change), _jackknife(change)
            else:
                change = _values(measured, flat, column) - _values(measured, other, column)
                mean, error = change.mean(), change.std(ddof=1) / np.sqrt(len(change))
            margin = t.ppf((1 + CONFIDENCE) / 2, len(change) - 1) * error
            cells.append(_verdict(mean, margin, column))
        table.append([column, *cells])
    return _markdown(table, ["", *(f"{flat} minus {other}" for flat, other in PAIRS)])


def _verdict(mean: float, margin: float, column: str) -> str:
    """Return a difference with its interval, and what it says."""
    digits = _digits(column)
    text = f"{mean:+.{digits}f} ({mean - margin:+.{digits}f} to {mean + margin:+.{digits}f})"
    if abs(mean) <= margin:
        return f"{text}: cannot tell"
    return (
        f"{text}: {'flat' if (mean > 0) == (column in LARGER_IS_BETTER) else 'not flat'} is better"
    )


def _values(measured: list[Measured], way: str, column: str) -> NDArray[np.float64]:
    """Return one value per footage, in the order of the footages."""
    return np.array([each.values[column] for each in measured if each.way == way])


def _losses(measured: list[Measured], way: str) -> NDArray[np.float64]:
    return transfer_losses([each.pairs for each in measured if each.way == way])


def _mean_loss(losses: NDArray[np.float64]) -> float:
    """Return the mean over ordered pairs of two footages."""
    return float(losses[~np.eye(len(losses), dtype=bool)].mean())


def _jackknife(losses: NDArray[np.float64]) -> float:
    """Return the standard error of that mean, by leaving out each footage once."""
    places = np.arange(len(losses))
    without = [_mean_loss(losses[np.ix_(places != each, places != each)]) for each in places]
    return jackknife_error(without)


def _digits(column: str) -> int:
    return 3 if column.startswith("log loss") else 1


def _markdown(table: Iterable[list[str]], headers: list[str]) -> str:
    return tabulate(table, headers, tablefmt="github", disable_numparse=True)
