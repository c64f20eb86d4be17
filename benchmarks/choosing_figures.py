"""The figures of one descriptor, looked up in the files."""

from dataclasses import dataclass
from statistics import fmean, median
from typing import Any

from benchmarks.choosing_inputs import Inputs
from benchmarks.descriptor_page import COMPARED_BATCH
from benchmarks.descriptor_page import OSNET as OSNET_TITLE
from benchmarks.evidence_bootstrap import Interval
from benchmarks.evidence_contestants import HISTOGRAM, MOTION, OSNET

TIMED = ("onnxruntime", "float32")
"""Engine and precision of the speeds: those of `track.py`."""
UNSEEN_SUFFIX = "-unseen"
"""End of the names of weights that did not see MOT16-09."""


@dataclass(frozen=True)
class Family:
    """Descriptors of one kind, which differ in the footage that they learned from.

    Attributes:
        name: name of a descriptor; with UNSEEN_SUFFIX that of a second one.
        kind: its kind in the evidence; None if the evidence has none.
        purpose: the use that it is made for.
    """

    name: str
    kind: str | None
    purpose: str


FAMILIES = (
    Family("none", MOTION, "speed: motion alone, reads no frames"),
    Family(HISTOGRAM, HISTOGRAM, "any footage without training: colours of strips"),
    Family("pca", None, "comparison: principal components, no network"),
    Family("vhpvae", "vhpvae", "comparison: the paper's VAE without the flatness term"),
    Family("fmvae-300", "fmvae-300", "comparison: the paper's flat VAE, beta 300"),
    Family("fmvae", "fmvae", "the paper's flat VAE, beta 3000"),
    Family("fmvae-track", "fmvae-track", "tracking: ignores how one person's picture changes"),
    Family("strangers", "strangers", "people and cameras that no footage showed: learned features"),
    Family("curved-10", "curved", "experiments: few latents, flat on a surface that bends"),
    Family(OSNET_TITLE, OSNET, "comparison from outside, as `onnx:FILE`; learned from labels"),
)
"""The rows of the table, in their order."""


def names_of(family: Family, inputs: Inputs) -> list[str]:
    """Return the descriptors of a family that the table lists.

    Weights are listed if their file is there, OSNet if a benchmark has figures of it.
    """
    if family.kind == OSNET:
        is_there = bool(report_of(inputs, OSNET_TITLE)) or bool(speed_of(inputs, OSNET_TITLE))
        return [OSNET_TITLE] if is_there else []
    if family.kind in (MOTION, HISTOGRAM):
        return [family.name]
    names = (family.name, family.name + UNSEEN_SUFFIX)
    return [name for name in names if name in inputs.weights]


def report_of(inputs: Inputs, name: str) -> dict[str, Any] | None:
    """Return the descriptor's part of the report; OSNet has the name of its file there."""
    found = inputs.report["descriptors"]
    if name == OSNET_TITLE:
        return next((each for key, each in found.items() if OSNET in key.lower()), None)
    return found.get(name)


def speed_of(inputs: Inputs, name: str) -> float | None:
    """Return the crops per second of a network alone; None if it was not measured."""
    for each in inputs.speeds["speeds"]:
        used = each["network"], each["engine"], each["precision"], each["batch"]
        if used == (name, *TIMED, COMPARED_BATCH):
            return COMPARED_BATCH / median(each["seconds"])
    return None


def twin_of(inputs: Inputs, name: str) -> str | None:
    """Return the first measured network with the architecture of weights that were not measured."""
    weights = inputs.weights.get(name)
    if weights is None or weights.architecture is None:
        return None
    return next(
        (
            other
            for other, each in inputs.weights.items()
            if each.architecture == weights.architecture and speed_of(inputs, other)
        ),
        None,
    )


def score_of(
    inputs: Inputs, group: str, preset: str, kind: str | None, measure: str
) -> dict[str, Any] | None:
    """Return mean and spread of a kind in the evidence; None if it has none."""
    scores = inputs.evidence["groups"].get(group, {}).get("scores", {})
    return scores.get(preset, {}).get(kind, {}).get(measure)


def difference_of(
    inputs: Inputs, group: str, preset: str, pair: tuple[str, str], measure: str
) -> Interval | None:
    """Return the first kind of a pair minus the second one; None if they were not compared."""
    found = inputs.evidence["groups"].get(group, {}).get("differences", {}).get(preset, {})
    one, other = pair
    if values := found.get(one, {}).get(other, {}).get(measure):
        return Interval(**values)
    if values := found.get(other, {}).get(one, {}).get(measure):
        return Interval(-values["measured"], -values["high"], -values["low"])
    return None


def benchmark_of(inputs: Inputs, name: str, preset: str) -> tuple[float, float] | None:
    """Return IDF1 and purity of a preset with a descriptor on the report's sequence, in %.

    They are means over the detectors of the benchmark. Without looks, the tracker beside DeepSORT
    is SORT. None if the benchmark has no such tracker.
    """
    alone = "sort" if preset == "deepsort" else preset
    tracker = alone if name == "none" else f"{preset} {name}"
    scores = [
        each["scores"][tracker]["whole"]
        for each in inputs.accuracy["sets"].values()
        if each["sequences"] == [inputs.report["sequence"]] and tracker in each["scores"]
    ]
    if not scores:
        return None
    return fmean(each["IDF1"] for each in scores), fmean(each["Purity"] for each in scores)
