"""The figures of each kind of training on a group of footages, ready for intervals."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.flat_crops_bootstrap import FootageMeans, FootagePairs, Measure, SharedMeans
from benchmarks.flat_crops_runs import EUCLIDEAN, OWN, REPLICATES, Measured
from benchmarks.flat_linking_footage import SCENES
from benchmarks.flat_linking_measures import transfer_losses


@dataclass(frozen=True)
class Column:
    """A measure on the page.

    Attributes:
        title: its name, with its unit.
        digits: digits after the point.
        larger_is_better: whether a larger value speaks for a kind; None if neither does.
        limits: its smallest and its largest possible value.
    """

    title: str
    digits: int
    larger_is_better: bool | None = False
    limits: tuple[float, float] = (0.0, math.inf)


_PERCENT, _SHARE, _CORRELATION = (0.0, 100.0), (0.0, 1.0), (-1.0, 1.0)
TRANSFERS = {f"threshold loss, {name}": name for name in (OWN, EUCLIDEAN)}
COLUMNS = {
    **{name: Column(f"{name}, points", 2, limits=_PERCENT) for name in TRANSFERS},
    **{
        f"calibration error, {name}": Column(f"calibration error, {name}, %", 1, limits=_PERCENT)
        for name in (OWN, EUCLIDEAN)
    },
    **{f"log loss, {name}": Column(f"log loss, {name}, nats", 3) for name in (OWN, EUCLIDEAN)},
    **{
        f"recall, {name}": Column(f"recall@5, {name}, %", 0, True, _PERCENT)
        for name in ("geodesics", "straight lines")
    },
    **{
        f"rank correlation, {name}": Column(f"rank correlation, {name}", 3, True, _CORRELATION)
        for name in ("geodesics", "straight lines")
    },
    **{
        f"{name} / straight line": Column(f"{name} / straight line", 3, True, _SHARE)
        for name in ("geodesic", "chord")
    },
    "unevenness": Column("unevenness of steps", 3),
    "midpoint to subspace": Column("midpoint to subspace", 3, larger_is_better=None),
    "midpoint to nearest crop": Column("midpoint to nearest crop", 3, larger_is_better=None),
}


def figures(measured: list[Measured], kind: str, group: str) -> dict[str, Measure]:
    """Return name in :data:`COLUMNS` -> the figure of one kind on one group of footages.

    Thresholds go from scene to scene. In the group of MOT16-09 they go from it to each scene and
    back.
    """
    rows = [each for each in measured if each.kind == kind]
    here = [each for each in rows if each.group == group]
    found: dict[str, Measure] = {
        name: FootageMeans(
            np.array([[each.values[name] for each in some] for some in _split(here)])
        )
        for name in here[0].values
    }
    scenes = [each for each in rows if each.group == SCENES]
    for name, distance in TRANSFERS.items():
        if group == SCENES:
            found[name] = FootagePairs(100 * _losses(_split(scenes), distance))
        else:
            losses = 100 * _losses(_split([*here, *scenes]), distance)
            to_and_fro = (losses[:, :, 0, 1:] + losses[:, :, 1:, 0]) / 2
            found[name] = SharedMeans(to_and_fro.transpose(0, 2, 1))
    return found


def _losses(trainings: list[list[Measured]], distance: str) -> NDArray[np.float64]:
    """Return (T, 1 + R, F, F), the threshold losses of T trainings with their replicates."""
    return np.array(
        [
            [
                transfer_losses([each.pairs[distance].replicate(number) for each in some])
                for number in range(1 + REPLICATES)
            ]
            for some in trainings
        ]
    )


def _split(rows: list[Measured]) -> list[list[Measured]]:
    """Return the rows of each training, in the order of the footages."""
    trainings = sorted({each.training for each in rows})
    return [[each for each in rows if each.training == number] for number in trainings]
