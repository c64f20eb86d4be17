"""The measures of each way to compare looks, on each footage."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.flat_linking_footage import LinkableFootage, Way
from benchmarks.flat_linking_measures import (
    ALL_CROPS,
    BAND_NATS,
    FEW_CROPS,
    TrackletPairs,
    calibration_error,
    log_loss,
    tracklet_pairs,
)
from flatsort.descriptors.registry import load_descriptor
from flatsort.linking.link_tracks import JOIN_NATS
from flatsort.progress import ProgressBar


@dataclass(frozen=True)
class Measured:
    """One way on one footage.

    Attributes:
        group: kind of footage.
        footage: name of the footage.
        way: name of the way.
        pairs: pairs of tracklets, each described by as many crops as there are.
        values: name of a measure -> its value.
    """

    group: str
    footage: str
    way: str
    pairs: TrackletPairs
    values: dict[str, float]


def measure(footages: Iterable[LinkableFootage], ways: list[Way], cache: Path) -> list[Measured]:
    """Measure each way on each footage."""
    found = []
    for footage in footages:
        for way in ProgressBar(ways, desc=footage.name, unit="descriptor", leave=False):
            found.append(_measure(footage, way, cache))
    return found


def _measure(footage: LinkableFootage, way: Way, cache: Path) -> Measured:
    metric = way.metric(load_descriptor(way.word))
    features = footage.describe(way.word, cache)
    few, pairs = (
        tracklet_pairs(footage, footage.looks(features, metric, most))
        for most in (FEW_CROPS, ALL_CROPS)
    )
    scores = {nats: footage.link(features, metric, nats).columns(("Purity",)) for nats in BAND_NATS}
    band = [score["IDF1"] for score in scores.values()]
    values = {
        "calibration error": 100 * calibration_error(pairs),
        "log loss, 4 crops": log_loss(few),
        "log loss, all": log_loss(pairs),
        "IDF1": scores[JOIN_NATS]["IDF1"],
        "purity": scores[JOIN_NATS]["Purity"],
        "IDF1, worst": min(band),
        "IDF1, spread": max(band) - min(band),
    }
    return Measured(footage.group, footage.name, way.name, pairs, values)
