"""The figures of the evidence as JSON values, for other pages: docs/evidence.json."""

from itertools import combinations
from statistics import stdev
from typing import Any

from benchmarks.evidence_bootstrap import (
    Bootstrap,
    Interval,
    Scored,
    picture_scores,
    tracked_scores,
)
from benchmarks.evidence_contestants import HISTOGRAM, MOTION, OSNET, TITLES
from benchmarks.evidence_people import MEASURES
from benchmarks.evidence_runs import PRESETS, Evidence
from benchmarks.evidence_tables import GROUPS, PICTURE_MEASURES, Difference, preset_of

COMPARED = (
    *(MOTION, HISTOGRAM, "vhpvae", "fmvae-300", "fmvae", "fmvae-track", "strangers", "curved"),
    OSNET,
)
"""Kinds that a user can choose: the shipped ones, and one outside network. All pairs of them are
compared."""
PICTURES = "pictures"
"""Stands in the place of a preset for the figures of comparing pictures."""


def figures(evidence: Evidence, found: list[Difference]) -> dict[str, Any]:
    """Return the means, their spread over trainings, and the differences with their intervals.

    Args:
        evidence: all that was measured.
        found: the comparisons of the page. Their intervals are taken over, so that two pages never
            disagree about one; the other pairs are drawn here.

    Returns:
        "groups": group of recordings -> "recordings", their number, "scores" and "differences".
        "scores": preset or PICTURES -> kind -> measure -> "mean", and "spread", the standard
        deviation over trainings; None where there is one training.
        "differences": preset or PICTURES -> one kind -> other kind -> measure -> one minus the
        other: "measured", "low" and "high". Each pair of COMPARED is there once, the kind that
        comes later in COMPARED first. People are not drawn for pictures, so a group of one
        recording has no intervals there.
    """
    groups = {}
    for group, parts in GROUPS.items():
        tracked = [each for each in evidence.tracked if each.group in parts]
        pictures = [each for each in evidence.pictures if each.group in parts]
        if not tracked:
            continue
        recordings = len({each.recording for each in tracked})
        bootstrap = Bootstrap(recordings)
        ways: dict[str, dict[str, dict[str, Scored]]] = {way: {} for way in (*PRESETS, PICTURES)}
        for measure in MEASURES:
            scores = tracked_scores(tracked, measure)
            for preset in PRESETS:
                used = {kind: scores.get((kind, preset_of(kind, preset))) for kind in TITLES}
                ways[preset][measure] = {kind: each for kind, each in used.items() if each}
        for measure in PICTURE_MEASURES:
            ways[PICTURES][measure] = picture_scores(pictures, measure)
        known = {
            (each.preset, each.one, each.other, each.measure): each.interval
            for each in found
            if each.group == group
        }
        groups[group] = {
            "recordings": recordings,
            "scores": {way: _scores(measures) for way, measures in ways.items()},
            "differences": {
                way: _differences(bootstrap, way, measures, known)
                for way, measures in ways.items()
                if way != PICTURES or recordings > 1
            },
        }
    return {"groups": groups}


def _scores(measures: dict[str, dict[str, Scored]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for measure, kinds in measures.items():
        for kind, scored in kinds.items():
            trainings = scored.measured.mean(axis=0)
            spread = stdev(trainings.tolist()) if len(trainings) > 1 else None
            cells = found.setdefault(kind, {})
            cells[measure] = {"mean": float(trainings.mean()), "spread": spread}
    return found


def _differences(
    bootstrap: Bootstrap,
    way: str,
    measures: dict[str, dict[str, Scored]],
    known: dict[tuple[str, str, str, str], Interval],
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for measure, kinds in measures.items():
        for other, one in combinations([kind for kind in COMPARED if kind in kinds], 2):
            interval = known.get((way, one, other, measure))
            interval = interval or bootstrap.difference(kinds[one], kinds[other])
            found.setdefault(one, {}).setdefault(other, {})[measure] = vars(interval)
    return found
